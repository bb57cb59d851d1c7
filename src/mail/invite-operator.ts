// The invitation of an operator: an account, and a link by mail. Where no mail can be sent, the
// caller gets the link, and it proves no address.
import { addOperator, createInvitation, personOf, type Operator } from '../access/operations.ts'
import type { OperationContext } from '../events/operation-context.ts'
import type { Role } from '../events/roles.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import type { MailOffice } from './open-mail.ts'

export type InvitedOperator = {
  operator: Operator
  /** Null: it was mailed, and only the mailbox has it. */
  url: string | null
  expiresAt: number
}

/** Refuses `forbidden`, `input`, `already_there` and `limit_reached`. */
export async function inviteOperator(
  context: OperationContext,
  office: MailOffice,
  input: { name: string; email: string; role: Role },
): Promise<Result<InvitedOperator, Problem>> {
  const added = await addOperator(context, input)
  return added.ok ? sendInvitation(context, office, added.value) : added
}

async function sendInvitation(
  context: OperationContext,
  office: MailOffice,
  operator: Operator,
): Promise<Result<InvitedOperator, Problem>> {
  if (office.mailer) {
    const made = await createInvitation(context, operator, { byMail: true })
    if (!made.ok) return made
    if (await mailInvitation(context, office, made.value))
      return ok({ operator, url: null, expiresAt: made.value.expiresAt })
  }
  const made = await createInvitation(context, operator, { byMail: false })
  if (!made.ok) return made
  const { secret, expiresAt } = made.value
  return ok({ operator, url: urlOf(office, secret), expiresAt })
}

/** Whether it was sent. */
async function mailInvitation(
  context: OperationContext,
  office: MailOffice,
  { operator, secret, expiresAt }: { operator: Operator; secret: string; expiresAt: number },
): Promise<boolean> {
  const data = {
    url: urlOf(office, secret),
    expiresAt,
    invitedBy: personOf(context.actor),
    role: operator.role,
  }
  const { origin, product } = office
  const receiver = { name: operator.name, role: 'person' } as const
  const at = { origin, product, receiver, tenant: null, connection: null }
  // Loaded here: the command line, which sends no mail, cannot load the pages of letters.
  const [{ post }, { writeMail }] = await Promise.all([
    import('./post/post.ts'),
    import('./write.ts'),
  ])
  const message = writeMail('operator_invitation', data, at, { address: operator.email })
  const letter = { about: operator.sid, tenantSid: null, message, isSecret: true }
  const cause = `${operator.sid} ${context.now}`
  const [mail] = await post(context, office, cause, [
    { template: 'operator_invitation', ...letter },
  ])
  return mail?.outcome === 'sent'
}

function urlOf({ origin }: MailOffice, secret: string): string {
  return `${origin}/console/sign-in?link=${secret}`
}
