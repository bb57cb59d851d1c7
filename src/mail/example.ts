// The example of each template, for the preview pages and tests. Pure.
import type { MailMessage } from '../platform/mail/message.ts'
import type { ReceiverRole, TemplateContext } from './templates/template.ts'
import { TEMPLATES, type DataOf, type TemplateName } from './templates/templates.ts'
import { writeMail } from './write.ts'

const EXAMPLE_ADDRESS = 'ann@example.com'

function exampleContext(
  of: { product: string; origin: string },
  role: ReceiverRole,
): TemplateContext {
  return {
    ...of,
    receiver: { name: 'Ann Berg', role },
    tenant: {
      sid: 'TN00000000000000000000000000000000',
      name: 'Example Inc.',
      supportContact: 'help@example.com',
    },
    connection: {
      sid: 'CN00000000000000000000000000000000',
      name: 'Okta production',
      idp: {
        name: 'Okta',
        place: 'Admin Console › Applications › the application › General › SAML Settings',
        certificate: 'Sign On › SAML Signing Certificates',
        metadata: 'Sign On › Metadata details › Metadata URL',
      },
    },
  }
}

/** The mail with its example. */
export function exampleOf<Name extends TemplateName>(
  name: Name,
  of: { product: string; origin: string },
): MailMessage {
  const { example, exampleFor } = TEMPLATES[name]
  const unsubscribeURL = `${of.origin}/mail/unsubscribe/EXAMPLE`
  return writeMail(name, example as DataOf<Name>, exampleContext(of, exampleFor), {
    address: EXAMPLE_ADDRESS,
    unsubscribeURL,
  })
}
