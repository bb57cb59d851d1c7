// The rollouts of a connection: where each stands, and a new one.
import type { Problem } from '../../../result.ts'
import type { Rollout, RolloutProgress } from '../../../rollout/operations.ts'
import { DataTable, EmptyState, Instant, Pagination, Status } from '../../kit/blocks.tsx'
import { ButtonLink, Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import type { Visit } from '../connection/visit.ts'
import { crumbs } from '../connection/visit.ts'
import type { PageLinks } from '../../kit/lists.ts'
import { messageOf } from '../../kit/words.ts'
import { ProgressBars } from './charts.tsx'
import { standingOf } from './words.ts'

/** How far each has come, for those whose lists have been counted. */
export type Counted = ReadonlyMap<string, RolloutProgress['counts']>

export function RolloutTable(props: {
  visit: Visit
  rollouts: readonly Rollout[]
  counted: Counted
}) {
  const { visit, rollouts, counted } = props
  const { now } = visit.request
  return (
    <DataTable<Rollout>
      caption="Rollouts"
      captionHidden={true}
      columns={[
        {
          name: 'Rollout',
          cell: ({ sid, name }) => <a href={`${visit.base}/rollouts/${sid}`}>{name}</a>,
        },
        {
          name: 'State',
          cell: (rollout) => {
            const { tone, word } = standingOf(rollout, now)
            return (
              <>
                <Status tone={tone}>{word}</Status>
                {rollout.enforceAt !== null && (
                  <>
                    <br />
                    <Instant at={rollout.enforceAt} now={now} />
                  </>
                )}
              </>
            )
          },
        },
        {
          name: 'How far',
          cell: ({ sid }) => {
            const counts = counted.get(sid)
            return counts && counts.listed > 0 ? <ProgressBars counts={counts} short={true} /> : ''
          },
        },
      ]}
      rows={rollouts}
      empty={
        <EmptyState
          title="No rollout yet"
          action={
            visit.may.operate && (
              <ButtonLink href={`${visit.base}/rollouts/new`} label="New rollout" tone="primary" />
            )
          }
        >
          A rollout takes a list of people from the password to single sign-on, step by step, with
          nobody locked out.
        </EmptyState>
      }
    />
  )
}

export function RolloutsPage(props: {
  visit: Visit
  rollouts: readonly Rollout[]
  links: PageLinks
}) {
  const { visit, rollouts, links } = props
  return (
    <visit.Frame
      title="Rollouts"
      breadcrumb={crumbs(visit)}
      actions={
        visit.may.operate && (
          <ButtonLink href={`${visit.base}/rollouts/new`} label="New rollout" tone="primary" />
        )
      }
    >
      <RolloutTable visit={visit} rollouts={rollouts} counted={new Map()} />
      <Pagination {...links} />
    </visit.Frame>
  )
}

export function NewRolloutPage(props: { visit: Visit; name: string; problem?: Problem }) {
  const { visit, name, problem } = props
  return (
    <visit.Frame
      title="New rollout"
      breadcrumb={crumbs(visit)}
      problem={problem}
      lead="It changes nothing for anybody yet: first it is chosen who is meant."
      narrow={true}
    >
      <Form action={`${visit.base}/rollouts`}>
        <TextField
          name="name"
          label="Name"
          hint="For those who look after it, such as “Everybody” or “Sales first”."
          value={name}
          required={true}
          error={problem?.field === 'name' ? messageOf(problem) : undefined}
        />
        <SubmitRow primary="Create rollout" cancel={{ href: visit.base }} />
      </Form>
    </visit.Frame>
  )
}
