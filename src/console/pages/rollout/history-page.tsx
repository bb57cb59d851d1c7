// The history of a rollout.
import type { EventRow } from '../../../events/store.ts'
import { Pagination } from '../../kit/blocks.tsx'
import { EventList } from '../shared/event-list.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'

export function RolloutHistoryPage(props: {
  at: RolloutContext
  events: readonly EventRow[]
  links: PageLinks
}) {
  const { at, events, links } = props
  const { Frame, context } = at.page
  return (
    <Frame
      title="History"
      breadcrumb={crumbsBelow(at)}
      lead={
        <>
          Every change to this rollout, newest first. Both sides see this history. Entries are never
          removed.
        </>
      }
      narrow={true}
    >
      <EventList events={events} now={context.now} />
      <Pagination {...links} />
    </Frame>
  )
}
