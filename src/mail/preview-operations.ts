// The templates of mails and their examples, for operators.
import type { OperationContext } from '../events/operation-context.ts'
import { cut } from '../cut.ts'
import type { MailMessage } from '../platform/mail/message.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { exampleOf } from './example.ts'
import { refuseOthers } from './log-operations.ts'
import type { MailOffice } from './open-mail.ts'
import { TEMPLATE_NAMES, type TemplateName } from './templates/templates.ts'

/** Refuses `forbidden`. */
export function listMailTemplates(
  context: OperationContext,
): Result<readonly TemplateName[], Problem> {
  return refuseOthers(context) ?? ok(TEMPLATE_NAMES)
}

/** The mail with its example. Refuses `forbidden` and `not_there`. */
export function previewMail(
  context: OperationContext,
  office: Pick<MailOffice, 'origin' | 'product'>,
  template: string,
): Result<{ name: TemplateName; message: MailMessage }, Problem> {
  const refused = refuseOthers(context)
  if (refused) return refused
  const name = TEMPLATE_NAMES.find((one) => one === template)
  if (!name) return problem('not_there', 'a mail template', cut(template, 100))
  return ok({ name, message: exampleOf(name, office) })
}
