// Both connections of a move side by side: who stands where, what comes next, who would be locked
// out, and the way back.
import type { Child } from 'hono/jsx'
import type { Member, MoveView } from '../../../rollout/operations.ts'
import { ActionRow, DataTable, KeyValues, Notice, Section, StateBadge } from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink } from '../../kit/forms.tsx'
import { SIGN_IN_METHODS } from '../../kit/words.ts'
import { Bar } from './bars.tsx'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'
import { hrefOf, STEPS } from './move-steps.ts'
import { figure, people, whyLeftBehind } from './words.ts'

export type MoveProps = {
  at: RolloutContext
  move: MoveView
  /** The first of those whom moving the whole list would lock out. */
  lockedOut: readonly Member[]
}

export function MovePage(props: MoveProps) {
  const { at, move } = props
  const { Frame } = at.page
  return (
    <Frame
      title={`Move to ${move.to.name}`}
      breadcrumb={crumbsBelow(at)}
      lead={`People of “${move.from.name}” move here, one by one or all at once.`}
      actions={<ButtonLink href={at.path} label="All steps" />}
    >
      <NextStep {...props} />
      <Sides {...props} />
      <PeopleSection {...props} />
      <DryRun {...props} />
      <Domains {...props} />
      <WayBack {...props} />
    </Frame>
  )
}

function NextStep({ at, move }: MoveProps) {
  const { title, text, place } = STEPS[move.next]
  const { base } = at.page
  const href = place && hrefOf(place, at.path, base)
  return (
    <Notice
      tone={move.next === 'done' ? 'success' : 'info'}
      title={move.next === 'done' ? title : `Next: ${title.toLowerCase()}`}
      action={place && href && <ButtonLink href={href} label={place.name} tone="primary" />}
    >
      <p>{text(move)}</p>
    </Notice>
  )
}

type SideRow = { name: string; from: Child; to: Child }

function Sides({ at, move }: MoveProps) {
  const { from, to, counts } = move
  const isOperator = at.page.reader === 'operator'
  const nameOf = ({ sid, name }: MoveView['from']) =>
    isOperator ? <a href={`/console/connections/${sid}`}>{name}</a> : name
  const rows: SideRow[] = [
    { name: 'Connection', from: nameOf(from), to: nameOf(to) },
    {
      name: 'State',
      from: <StateBadge state={from.state} />,
      to: <StateBadge state={to.state} />,
    },
    {
      name: 'IdP’s identifier',
      from: from.entityID && <code>{from.entityID}</code>,
      to: to.entityID && <code>{to.entityID}</code>,
    },
    {
      name: 'People who sign in through it',
      from: figure(counts.atFrom),
      to: `${figure(counts.moved)} moved`,
    },
    {
      name: 'Can use both',
      from: figure(counts.open),
      to: `${figure(counts.proved)} of these have signed in`,
    },
  ]
  return (
    <Section id="sides" title="Both connections">
      <DataTable<SideRow>
        caption="Both connections"
        captionHidden={true}
        columns={[
          { name: 'What', unnamed: true, cell: ({ name }) => <b>{name}</b> },
          { name: 'Before', cell: (row) => row.from },
          { name: 'New', cell: (row) => row.to },
        ]}
        rows={rows}
        empty=""
      />
    </Section>
  )
}

function PeopleSection({ move }: MoveProps) {
  const { atFrom, open, proved, moved, movedUnproved, neverAtTo } = move.counts
  const all = atFrom + moved
  return (
    <Section id="people" title="People">
      <div class="bars">
        <Bar
          label="Can use the new sign-in"
          count={open + moved}
          total={all}
          tone="progress"
          about={`${figure(open)} of them also the one before`}
        />
        <Bar
          label="Signed in through it"
          count={proved + moved - movedUnproved}
          total={all}
          tone="good"
          about={`${figure(neverAtTo)} at the connection before have not`}
        />
        <Bar
          label="Moved"
          count={moved}
          total={all}
          tone={movedUnproved > 0 ? 'warning' : 'good'}
          about={
            movedUnproved > 0
              ? `${figure(movedUnproved)} SSO only, never signed in`
              : 'to the new connection'
          }
        />
      </div>
    </Section>
  )
}

function DryRun({ at, move, lockedOut }: MoveProps) {
  const { counts, leftBehind } = move
  const { path, rollout } = at
  const more = move.lockedOut - lockedOut.length
  return (
    <Section
      id="dry-run"
      title="If the whole list moved now"
      lead="A preview. Nothing changes until somebody moves people."
    >
      <KeyValues
        rows={[
          { name: 'Would be moved', value: people(counts.toMove) },
          {
            name: 'Would be locked out',
            value:
              move.lockedOut === 0 ? (
                'no one'
              ) : (
                <a href={`${path}/list?lockedOut=yes`}>{people(move.lockedOut)}</a>
              ),
          },
          ...leftBehind.map(({ why, users }) => ({
            name: `Would stay: ${whyLeftBehind(why)}`,
            value: people(users),
          })),
        ]}
      />
      {move.lockedOut > 0 && rollout.version > 0 && (
        <>
          <h3>Who would be locked out</h3>
          <DataTable<Member>
            caption="Who would be locked out"
            captionHidden={true}
            columns={[
              { name: 'Login e-mail', cell: ({ email }) => email },
              {
                name: 'Sign-in method',
                cell: ({ signInMethod }) => SIGN_IN_METHODS[signInMethod],
              },
              { name: 'Why', cell: () => 'Never signed in through the new connection' },
            ]}
            rows={lockedOut}
            empty=""
          />
          {more > 0 && (
            <p>
              <a href={`${path}/list?lockedOut=yes`}>{`And ${people(more)} more`}</a>
            </p>
          )}
        </>
      )}
    </Section>
  )
}

function Domains({ at, move }: MoveProps) {
  const { domains, from, to } = move
  if (domains.length === 0) return null
  const mayLead = at.page.may.operate && to.closedBecause === null
  return (
    <Section id="domains" title="Domains">
      <ActionRow
        title={domains.join(', ')}
        text={`New people with these addresses sign in through “${from.name}”.`}
        control={
          mayLead && (
            <ButtonForm action={`${at.path}/move/domains`} label={`Lead them to ${to.name}`} />
          )
        }
      />
    </Section>
  )
}

function WayBack({ at, move }: MoveProps) {
  const { from, counts } = move
  const { may } = at.page
  const action = `${at.path}/roll-back`
  return (
    <Section
      id="way-back"
      title="Way back"
      lead={`People go back to “${from.name}” with the sign-in method that they had there.`}
    >
      {from.closedBecause !== null && (
        <Notice tone="warning" title={`“${from.name}” cannot be used now`}>
          <p>
            Nobody can be taken back until people can sign in through it again. Passwords can be
            given back at any time.
          </p>
        </Notice>
      )}
      {may.rollBack ? (
        <ActionRow
          title="Take people back"
          text={`Everybody, people who have never signed in, or one person. Moved now: ${people(
            counts.moved,
          )}.`}
          control={<ButtonLink href={`${action}?to=earlier`} label="Take back" tone="danger" />}
        />
      ) : (
        <p>If people cannot sign in, ask support to take them back.</p>
      )}
    </Section>
  )
}
