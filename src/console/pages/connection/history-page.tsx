// The audit trail: of one connection, or of everything.
import type { Child } from 'hono/jsx'
import type { EventRow } from '../../../events/store.ts'
import { EmptyState, Pagination, Timeline } from '../../kit/blocks.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { nameOfAction } from '../../kit/words.ts'
import { Differences } from './show.tsx'
import { crumbs, type ConnectionContext } from './connection-context.ts'

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
      lead="Who has done what with this connection, newest first. Nothing is ever taken out."
      narrow={true}
    >
      <EventList events={events} now={at.context.now} />
      <Pagination {...links} />
    </at.Frame>
  )
}

export function EventList(props: {
  events: readonly EventRow[]
  now: number
  /** What an event is about, where that is not plain from the page. */
  about?: (event: EventRow) => Child
}) {
  const { events, now, about } = props
  if (events.length === 0) return <EmptyState title="Nothing has happened yet" />
  return (
    <Timeline
      now={now}
      items={events.map((event) => ({
        at: event.createdAt,
        title: nameOfAction(event.action),
        by: `by ${event.actor}`,
        children: (
          <>
            {about?.(event)}
            <Differences before={event.before} after={event.after} />
          </>
        ),
      }))}
    />
  )
}
