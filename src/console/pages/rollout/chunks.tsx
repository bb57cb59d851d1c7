// Steps over a long list: a POST runs several chunks, and a page continues when more remain. It
// continues by script or by its button; only a POST from our own page does work.
import type { Problem } from '../../../problem.ts'
import type { Result } from '../../../result.ts'
import type { Progress } from '../../../rollout/operations.ts'
import { Form, SubmitRow } from '../../kit/forms.tsx'
import { Bar } from './bars.tsx'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'
import { figure } from './words.ts'

/** Chunks of 1,000 rows per POST: an invocation may run only so many statements. */
export const CHUNKS_A_POST = 4

/** Repeats a call until it is done, or for the turns of one POST. */
export async function runChunks<T extends Pick<Progress, 'done'>>(
  call: () => Promise<Result<T, Problem>>,
  turns = CHUNKS_A_POST,
): Promise<Result<T, Problem>> {
  let last = await call()
  for (let turn = 1; turn < turns && last.ok && !last.value.done; turn++) last = await call()
  return last
}

export function ContinuePage(props: {
  at: RolloutContext
  title: string
  action: string
  hidden?: Readonly<Record<string, string>>
  progress: { seen: number; remaining: number }
  /** The unit of the progress bar. */
  of?: string
}) {
  const { at, title, action, hidden, progress, of = 'people on the list' } = props
  const { seen, remaining } = progress
  const total = seen + remaining
  const { Frame } = at.page
  return (
    <Frame title={title} breadcrumb={crumbsBelow(at)} narrow={true}>
      <div class="section" data-onward={true}>
        <Bar
          tone="progress"
          label="Done"
          count={seen}
          total={total}
          words={`${figure(seen)} of ${figure(total)} ${of}`}
        />
        <p>
          If you leave this page, finished work is kept. You can continue from the rollout’s page.
        </p>
        <Form action={action} hidden={hidden}>
          <SubmitRow primary="Continue" cancel={{ href: at.path, label: 'Pause' }} />
        </Form>
      </div>
    </Frame>
  )
}
