// What a template of a mail is, and the words that several share. Pure.
import type { DeploymentBranding, TenantBranding } from '../../platform/branding.ts'
import { ENGLISH } from '../../languages/english.ts'
import { translatorOf, type Translator } from '../../languages/translate.ts'
import type { LetterBlock } from '../layout.ts'

/** What receivers choose by, and whether a mail can wait for the digest. */
export const MAIL_KINDS = {
  your_turn: {
    label: 'Your turn',
    hint: 'A step waits for your side.',
    mayStop: true,
  },
  warnings: {
    label: 'Warnings',
    hint: 'A certificate, the metadata, a URL or the service needs attention.',
    mayStop: true,
  },
  results: {
    label: 'Results',
    hint: 'A step is done: tests, go-ahead, enforcement.',
    mayStop: true,
  },
  digest: {
    label: 'Weekly digest',
    hint: 'On Mondays, what happened, what is open and what is due soon.',
    mayStop: true,
  },
  security: {
    label: 'Security',
    hint: 'Somebody used an emergency way in, or changed contacts. Cannot be switched off.',
    mayStop: false,
  },
  personal: {
    label: 'Personal',
    hint: 'A setup link or an invitation that a person sent you.',
    mayStop: false,
  },
} as const

export type MailKind = keyof typeof MAIL_KINDS

/** Who receives a mail: contacts of a tenant by role, operators, or one person by address. */
export type ReceiverRole = 'technical' | 'business' | 'security' | 'operator' | 'person'

/** What every template may use. It holds nothing that the receiver may not see. */
export type TemplateContext = {
  product: string
  /** Links lead here. */
  origin: string
  receiver: { name: string | null; role: ReceiverRole }
  tenant: ({ sid: string; name: string } & Partial<TenantBranding>) | null
  /** Of the deployment, where the tenant has nothing of its own. */
  branding?: DeploymentBranding | undefined
  connection: MailedConnection | null
  /** Of mails to end users; the others are in English. */
  t?: Translator
}

export type MailedConnection = {
  sid: string
  name: string
  /** The name of the IdP product, and where its SAML settings are. */
  idp: { name: string; place: string | null; certificate: string | null; metadata: string | null }
}

export type Written = { subject: string; title: string; blocks: readonly LetterBlock[] }

export type Template<Data> = {
  /** For the mail log and the list of previews. */
  name: string
  kind: MailKind
  write: (data: Data, at: TemplateContext) => Written
  example: Data
  /** Who receives the example. */
  exampleFor: ReceiverRole
}

export function template<Data>(declaration: Template<Data>): Template<Data> {
  return declaration
}

const IN_ENGLISH = translatorOf('en', { texts: ENGLISH })

/** The texts of a mail to an end user. */
export const textsOf = ({ t }: TemplateContext): Translator => t ?? IN_ENGLISH

export const greeting = ({ receiver }: TemplateContext): LetterBlock => ({
  p: receiver.name ? `Hello ${receiver.name},` : 'Hello,',
})

/** “Okta production (Acme)”, or what there is of it. */
export function placeOf({ connection, tenant, receiver }: TemplateContext): string {
  const isCustomer = receiver.role !== 'operator'
  if (!connection) return tenant?.name ?? 'your organization'
  return isCustomer || !tenant ? connection.name : `${connection.name} (${tenant.name})`
}

export const dayOf = (at: number): string =>
  new Date(at).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })

/** “3 March 2027, 14:05 UTC”. */
export function timeOf(at: number): string {
  return `${dayOf(at)}, ${new Date(at).toISOString().slice(11, 16)} UTC`
}

/** Where the receiver does what is asked. */
export function openBlocks(at: TemplateContext, portalPath = ''): readonly LetterBlock[] {
  const { origin, receiver, connection } = at
  if (receiver.role === 'operator')
    return connection
      ? [
          {
            button: {
              label: 'Open the connection',
              href: `${origin}/console/connections/${connection.sid}`,
            },
          },
        ]
      : [{ button: { label: 'Open the console', href: `${origin}/console` } }]
  return [
    { button: { label: 'Open the setup portal', href: `${origin}/setup${portalPath}` } },
    {
      p:
        'The portal opens in the browser in which you opened your setup link. ' +
        'If your link has expired, ask for a new one.',
    },
  ]
}

/** Where a customer asks. Operators are those who are asked. */
export function helpBlocks(at: TemplateContext): LetterBlock[] {
  const { tenant, receiver, product, branding } = at
  if (receiver.role === 'operator') return []
  const contact = tenant?.supportContact ?? branding?.supportContact
  const where = contact
    ? `Contact ${product} support: ${contact}`
    : `Ask your contact at ${product}.`
  return [{ p: `Questions? ${where}` }]
}
