// The pages of one setup link: shown once, with its mail, and the form to send a new one.
import type { SetupLink } from '../../access/operations.ts'
import type { SentLink } from '../../mail/send-personal.ts'
import type { Problem } from '../../problem.ts'
import { Notice } from '../kit/blocks.tsx'
import { Form, SubmitRow, TextField } from '../kit/forms.tsx'
import { ShownOnce } from '../kit/secrets.tsx'
import { messageOf } from '../kit/words.ts'
import { crumbs, type ConnectionContext } from '../pages/shared/connection-context.ts'
import { MailToCopy } from '../pages/shared/mail-to-copy.tsx'

type MadeLink = { setupLink: SetupLink; secret: string } & Partial<
  Pick<SentLink, 'message' | 'mail'>
>

export function LinkPage({ at, made }: { at: ConnectionContext; made: MadeLink }) {
  const { base, origin } = at
  const { setupLink, secret, message, mail } = made
  const isSent = mail?.outcome === 'sent'
  return (
    <at.Frame
      title="New setup link"
      breadcrumb={[...crumbs(at), { name: 'Setup links', href: `${base}/setup-links` }]}
      lead={`For ${setupLink.name}`}
      narrow={true}
    >
      {message && isSent && (
        <Notice tone="success" title="Setup link sent">
          <p>To {message.to}.</p>
        </Notice>
      )}
      {message && mail && !isSent && <MailToCopy message={message} code={mail.code} />}
      <ShownOnce
        label="Setup link"
        value={`${origin}/setup/${secret}`}
        hint={
          <>
            Send it only to this person. Anyone with the link can use it until it expires or is
            revoked.
          </>
        }
        of={setupLink}
        now={at.context.now}
        href={`${base}/setup-links`}
      />
    </at.Frame>
  )
}

export function SendAgainPage(props: {
  at: ConnectionContext
  setupLink: SetupLink
  email: string
  problem?: Problem
}) {
  const { at, setupLink, email, problem } = props
  const path = `${at.base}/setup-links`
  return (
    <at.Frame
      title="Send new link"
      breadcrumb={[...crumbs(at), { name: 'Setup links', href: path }]}
      problem={problem}
      lead={`For ${setupLink.name}. The earlier link stops working.`}
      narrow={true}
    >
      <Form action={`${path}/${setupLink.sid}/send`}>
        <TextField
          name="email"
          label="E-mail"
          kind="email"
          value={email}
          required={true}
          error={problem && messageOf(problem, at.reader)}
        />
        <SubmitRow primary="Send new link" cancel={{ href: path }} />
      </Form>
    </at.Frame>
  )
}
