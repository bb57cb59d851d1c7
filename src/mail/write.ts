// A mail from its template, for one receiver. Pure.
import { brandingOf } from '../platform/branding.ts'
import type { MailMessage } from '../platform/mail/message.ts'
import { renderLetter } from './layout.ts'
import { MAIL_KINDS, textsOf, type Template, type TemplateContext } from './templates/template.ts'
import { TEMPLATES, type DataOf, type TemplateName } from './templates/templates.ts'

/** `unsubscribeURL`: for kinds that a receiver may stop. */
export function writeMail<Name extends TemplateName>(
  name: Name,
  data: DataOf<Name>,
  context: TemplateContext,
  to: { address: string; unsubscribeURL?: string | undefined },
): MailMessage {
  const { kind, write } = TEMPLATES[name] as unknown as Template<DataOf<Name>>
  const { product, accent, helpURL } = lookOf(context)
  const at = { ...context, product }
  const { subject, title, blocks } = write(data, at)
  const unsubscribeURL = MAIL_KINDS[kind].mayStop ? to.unsubscribeURL : undefined
  const letter = renderLetter(
    { title, blocks },
    { product, accent, helpURL, why: reasonOf(at), unsubscribeURL, language: at.t },
  )
  return {
    to: to.address,
    subject,
    ...letter,
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribeURL && {
        'List-Unsubscribe': `<${unsubscribeURL}>`,
        // RFC 8058: mail programs offer a button, which POSTs this.
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
  }
}

/** Customers know the product by the name that their tenant has. */
function lookOf({ product, branding, tenant, receiver }: TemplateContext) {
  const { accentColor = null, helpURL = null, supportContact = null } = branding ?? {}
  const deployment = { productName: product, accentColor, helpURL, supportContact }
  return brandingOf(deployment, receiver.role === 'operator' ? null : tenant)
}

const CONTACTS = {
  technical: 'a technical contact',
  business: 'a business contact',
  security: 'a security contact',
} as const

function reasonOf(at: TemplateContext): string {
  const { product, receiver, tenant } = at
  const { role } = receiver
  if (role === 'person') return textsOf(at).text('mailForYouAlone', { product })
  const what =
    role === 'operator'
      ? `you operate single sign-on of ${product}`
      : `you are ${CONTACTS[role]} of ${tenant?.name ?? 'your organization'} at ${product}`
  return `You receive this because ${what}.`
}
