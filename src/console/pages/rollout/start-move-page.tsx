// The form that begins a move: to another IdP, or to another identifier of the same one.
import type { Problem } from '../../../problem.ts'
import type { MoveFrom } from '../../../rollout/operations.ts'
import { DataTable, Section } from '../../kit/blocks.tsx'
import { Form, RadioGroup, SubmitRow, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'

export type StartMoveEntered = { name: string; which: string; entityID: string }

export function StartMovePage(props: {
  at: ConnectionContext
  moves: readonly MoveFrom[]
  entered?: StartMoveEntered
  problem?: Problem
}) {
  const { at, moves, entered, problem } = props
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.reader) : undefined
  return (
    <at.Frame
      title="Move to another IdP"
      breadcrumb={crumbs(at)}
      problem={problem}
      lead={
        <>
          Makes a second connection beside this one, as a draft. Nothing changes for people until
          you open the new sign-in to them. This connection stays for the way back.
        </>
      }
      narrow={true}
    >
      {moves.length > 0 && (
        <Section id="moves" title="Moves from this connection">
          <DataTable
            caption="Moves"
            captionHidden={true}
            columns={[
              {
                name: 'Move',
                cell: ({ sid, name, connectionSid }) => (
                  <a href={`/console/connections/${connectionSid}/rollouts/${sid}/move`}>{name}</a>
                ),
              },
            ]}
            rows={moves}
            empty=""
          />
        </Section>
      )}
      <Form action={`${at.base}/move`}>
        <RadioGroup
          name="which"
          label="What is new"
          value={entered?.which ?? 'idp'}
          options={[
            {
              value: 'idp',
              label: 'Another IdP',
              hint: 'Copies what the customer wants, such as newcomers and session settings.',
            },
            {
              value: 'entityID',
              label: 'The same IdP with another identifier (entityID)',
              hint: 'Copies everything, certificates too.',
            },
          ]}
        />
        <TextField
          name="entityID"
          label="New identifier"
          hint="Only for “The same IdP with another identifier”."
          value={entered?.entityID ?? ''}
          error={errorOf('entityID')}
        />
        <TextField
          name="name"
          label="Name of the new connection"
          value={entered?.name ?? `${at.connection.name.slice(0, 190)} (new)`}
          required={true}
          error={errorOf('name')}
        />
        <SubmitRow primary="Create draft and move" cancel={{ href: at.base }} />
      </Form>
    </at.Frame>
  )
}
