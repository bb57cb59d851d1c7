// Events as a timeline: what happened, who did it, and what changed; of a login its result.
import type { Child } from 'hono/jsx'
import type { FeedItem } from '../../../events/feed/feed.ts'
import { EmptyState, Timeline } from '../../kit/blocks.tsx'
import { definitionOf } from '../../../events/catalogue.ts'
import { outcomeOf } from '../../kit/words.ts'
import { Differences } from './connection-values.tsx'

type ListedEvent = Pick<FeedItem, 'createdAt' | 'type' | 'actor' | 'before' | 'after'> &
  Partial<Pick<FeedItem, 'code' | 'isTest'>>

export function EventList<Event extends ListedEvent>(props: {
  events: readonly Event[]
  now: number
  /** What an event is about, where that is not plain from the page. */
  about?: (event: Event) => Child
}) {
  const { events, now, about } = props
  if (events.length === 0) return <EmptyState title="Nothing has happened yet" />
  return (
    <Timeline
      now={now}
      items={events.map((event) => ({
        at: event.createdAt,
        title: titleOf(event),
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

/** A refused login says why. */
function titleOf({ type, code, isTest }: ListedEvent): string {
  const { words } = definitionOf(type)
  const why = code ? `: ${outcomeOf(code)}` : ''
  return isTest ? `${words}${why} (test)` : words + why
}
