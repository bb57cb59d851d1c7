// Steps that go through a long list: several chunks a post, and a page that goes on where they were not enough. It goes on
// by itself where scripts run, and by its button where not; nothing but a post of our own page ever does work.
import type { Problem } from '../../../problem.ts'
import type { Result } from '../../../result.ts'
import type { Progress } from '../../../rollout/operations.ts'
import { Form, SubmitRow } from '../../kit/forms.tsx'
import { Bar } from './charts.tsx'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'
import { figure } from './words.ts'

/** Thousands of rows that one post goes through: each takes some statements, of which an invocation has few. */
export const CHUNKS_A_POST = 4

/** Repeats a call until it says that it is done, or for as many turns as one post has. */
export async function runChunks<T extends Pick<Progress, 'done'>>(
  call: () => Promise<Result<T, Problem>>,
  turns = CHUNKS_A_POST,
): Promise<Result<T, Problem>> {
  let last = await call()
  for (let turn = 1; turn < turns && last.ok && !last.value.done; turn++) last = await call()
  return last
}

/** Presses "Continue" where scripts run. The page is only ever the answer to a post of ours. */
const SCRIPT = `document.querySelector('[data-onward] form').requestSubmit()`

export function OnwardPage(props: {
  at: RolloutContext
  title: string
  action: string
  hidden?: Readonly<Record<string, string>>
  progress: { seen: number; remaining: number }
  /** What is counted. */
  of?: string
}) {
  const { at, title, action, hidden, progress, of = 'people on the list' } = props
  const { seen, remaining } = progress
  const total = seen + remaining
  const { Frame } = at.page
  return (
    <Frame title={title} breadcrumb={crumbsBelow(at)} script={SCRIPT} narrow={true}>
      <div class="section" data-onward={true}>
        <Bar
          tone="progress"
          label="Done"
          count={seen}
          total={total}
          words={`${figure(seen)} of ${figure(total)} ${of}`}
        />
        <p>
          Nothing is lost when you leave: what is done stays, and the rollout’s page goes on from
          here.
        </p>
        <Form action={action} hidden={hidden}>
          <SubmitRow primary="Continue" cancel={{ href: at.path, label: 'Stop for now' }} />
        </Form>
      </div>
    </Frame>
  )
}
