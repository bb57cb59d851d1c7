// The history of one connection.
import type { EventRow } from '../../../events/store.ts'
import { Pagination } from '../../kit/blocks.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { EventList } from '../shared/event-list.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'

export function HistoryPage(props: {
  at: ConnectionContext
  events: readonly EventRow[]
  links: PageLinks
}) {
  const { at, events, links } = props
  return (
    <at.Frame
      title="History"
      breadcrumb={crumbs(at)}
      current={`${at.base}/history`}
      lead="Changes of this connection, newest first."
      narrow={true}
    >
      <EventList events={events} now={at.context.now} />
      <Pagination {...links} />
    </at.Frame>
  )
}
