// Events of the audit trail as a timeline: what happened, who did it, and what changed.
import type { Child } from 'hono/jsx'
import type { EventRow } from '../../../events/store.ts'
import { EmptyState, Timeline } from '../../kit/blocks.tsx'
import { definitionOf } from '../../../events/catalogue.ts'
import { Differences } from './connection-values.tsx'

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
        title: definitionOf(event.type).words,
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
