// Compares two versions of a list: people added and removed.
import type { Comparison } from '../../../rollout/operations.ts'
import { EmptyState, Section } from '../../kit/blocks.tsx'
import { Button, Form, SelectField } from '../../kit/forms.tsx'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'
import { figure, people } from './words.ts'

export function VersionsPage(props: {
  at: RolloutContext
  from: number
  to: number
  comparison: Comparison
}) {
  const { at, from, to, comparison } = props
  const { page, rollout, path } = at
  const options = Array.from({ length: Math.min(rollout.version, 200) }, (_, index) => {
    const version = `${rollout.version - index}`
    return { value: version, label: `Version ${version}` }
  })
  const more = (side: 'added' | 'dropped', next: string | null) =>
    next && <a href={`${path}/versions?from=${from}&to=${to}&${side}=${next}`}>Show more</a>
  return (
    <page.Frame
      title={`Changes from version ${from} to ${to}`}
      breadcrumb={crumbsBelow(at)}
      narrow={true}
    >
      <Form method="get" action={`${path}/versions`} inline={true}>
        <SelectField name="from" label="From" options={options} value={`${from}`} />
        <SelectField name="to" label="To" options={options} value={`${to}`} />
        <Button label="Compare versions" />
      </Form>
      {comparison.added.total + comparison.dropped.total === 0 && <EmptyState title="No changes" />}
      {(['added', 'dropped'] as const).map((side) => {
        const { total, users, next } = comparison[side]
        return total === 0 ? null : (
          <Section
            id={side}
            title={side === 'added' ? `${people(total)} added` : `${people(total)} removed`}
            lead={users.length < total ? `${figure(users.length)} of them:` : undefined}
          >
            <ul class={`changes ${side}`}>
              {users.map(({ email }) => (
                <li>{email}</li>
              ))}
            </ul>
            {more(side, next)}
          </Section>
        )
      })}
    </page.Frame>
  )
}
