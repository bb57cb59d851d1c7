// The rollouts of a connection with their states, and the form for a new one.
import type { Problem } from '../../../problem.ts'
import type { Rollout, RolloutProgress } from '../../../rollout/operations.ts'
import { DataTable, EmptyState, Instant, Pagination, Status } from '../../kit/blocks.tsx'
import { ButtonLink, Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'
import { crumbs } from '../shared/connection-context.ts'
import type { PageLinks } from '../../kit/lists.ts'
import { messageOf } from '../../kit/words.ts'
import { ProgressBars } from './bars.tsx'
import { standingOf } from './words.ts'

/** Progress per rollout, for those whose lists were counted. */
export type Counted = ReadonlyMap<string, RolloutProgress['counts']>

export function RolloutTable(props: {
  at: ConnectionContext
  rollouts: readonly Rollout[]
  counted: Counted
}) {
  const { at, rollouts, counted } = props
  const { now } = at.context
  return (
    <DataTable<Rollout>
      caption="Rollouts"
      captionHidden={true}
      columns={[
        {
          name: 'Rollout',
          cell: ({ sid, name }) => <a href={`${at.base}/rollouts/${sid}`}>{name}</a>,
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
          name: 'Progress',
          cell: ({ sid, fromConnectionSid }) => {
            const counts = counted.get(sid)
            const isMove = fromConnectionSid !== null
            if (!counts || counts.listed === 0) return ''
            return <ProgressBars counts={counts} short={true} isMove={isMove} />
          },
        },
      ]}
      rows={rollouts}
      empty={
        <EmptyState
          title="No rollout yet"
          action={
            at.may.operate && (
              <ButtonLink href={`${at.base}/rollouts/new`} label="Create rollout" tone="primary" />
            )
          }
        >
          A rollout moves a list of people from passwords to single sign-on, step by step, without
          locking anyone out.
        </EmptyState>
      }
    />
  )
}

export function RolloutsPage(props: {
  at: ConnectionContext
  rollouts: readonly Rollout[]
  links: PageLinks
}) {
  const { at, rollouts, links } = props
  return (
    <at.Frame
      title="Rollouts"
      breadcrumb={crumbs(at)}
      actions={
        at.may.operate && (
          <ButtonLink href={`${at.base}/rollouts/new`} label="Create rollout" tone="primary" />
        )
      }
    >
      <RolloutTable at={at} rollouts={rollouts} counted={new Map()} />
      <Pagination {...links} />
    </at.Frame>
  )
}

export function NewRolloutPage(props: { at: ConnectionContext; name: string; problem?: Problem }) {
  const { at, name, problem } = props
  return (
    <at.Frame
      title="New rollout"
      breadcrumb={crumbs(at)}
      problem={problem}
      lead="Nothing changes for users yet. Next, you select the people."
      narrow={true}
    >
      <Form action={`${at.base}/rollouts`}>
        <TextField
          name="name"
          label="Name"
          hint="For administrators, such as “Everyone” or “Sales first”."
          value={name}
          required={true}
          error={problem?.field === 'name' ? messageOf(problem, at.reader) : undefined}
        />
        <SubmitRow primary="Create rollout" cancel={{ href: at.base }} />
      </Form>
    </at.Frame>
  )
}
