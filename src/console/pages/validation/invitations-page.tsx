// Invitations of testers that were not sent, ready to copy.
import type { MailMessage } from '../../../platform/mail/message.ts'
import { EmptyState } from '../../kit/blocks.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'
import { MailToCopy } from '../shared/mail-to-copy.tsx'

export function InvitationsPage(props: {
  at: ConnectionContext
  sent: number
  messages: readonly MailMessage[]
}) {
  const { at, sent, messages } = props
  const [first] = messages
  return (
    <at.Frame
      title="Invitations"
      breadcrumb={[...crumbs(at), { name: 'Testers', href: `${at.base}/testers` }]}
      lead={first && `${sent} of ${messages.length} sent.`}
      narrow={true}
    >
      {first ? (
        <MailToCopy
          message={{ ...first, to: messages.map(({ to }) => to).join(', ') }}
          code={null}
        />
      ) : (
        <EmptyState title="Nobody to invite">Every tester has signed in.</EmptyState>
      )}
    </at.Frame>
  )
}
