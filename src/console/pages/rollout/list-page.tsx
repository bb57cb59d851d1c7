// The list of a rollout, row by row: filters, findings with their cures, and what is decided about whom.
import type { Finding, Match, Member, MembersPage, Summary } from '../../../rollout/operations.ts'
import { blockerOf, FINDINGS } from '../../../rollout/operations.ts'
import type { Problem } from '../../../problem.ts'
import { DataTable, EmptyState, None, Notice, Pagination, Status } from '../../kit/blocks.tsx'
import { Button, ButtonForm, ButtonLink, Form, SelectField, TextField } from '../../kit/forms.tsx'
import { messageOf, SIGN_IN_METHODS } from '../../kit/words.ts'
import type { ListQuery } from './list-query.ts'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'
import { cureOf, figure, FINDING_WORDS, people, whySkipped } from './words.ts'

type Suggestions = Readonly<Record<string, Match>>

export type ListProps = {
  at: RolloutContext
  members: MembersPage
  query: ListQuery
  summary: Summary
  suggestions: Suggestions
  problem?: Problem | undefined
  /** What the form was sent with, where it comes back. */
  entered?: { users: readonly string[]; reason: string } | undefined
  /** Rows that stayed out though they were to be taken in. */
  refused?: readonly { userSid: string; findings: readonly Finding[] }[]
}

export function ListPage(props: ListProps) {
  const { at, members, query, summary, problem, refused = [] } = props
  const { page, rollout, path } = at
  const { Frame, may } = page
  const isNewest = members.version === rollout.version && rollout.frozen
  const mayDecide = may.test && isNewest
  return (
    <Frame
      title={`The list, version ${members.version}`}
      breadcrumb={crumbsBelow(at)}
      problem={problem}
      problemField={problem?.field === 'users' ? 'reason' : undefined}
      lead={`${people(summary.included)} in, ${figure(summary.excluded)} out. Who is left out stays on the password.`}
      actions={
        <ButtonLink href={`${path}/list.csv${query.query}`} label="Download as CSV" download="" />
      }
    >
      {refused.length > 0 && (
        <Notice
          tone="warning"
          title={`${people(refused.length)} stayed out: a finding keeps them out`}
        >
          <p>Each such row says below what would cure it.</p>
        </Notice>
      )}
      <Filters {...props} />
      {mayDecide && /proved/.test(query.filter.finding ?? '') && (
        <Notice
          tone="info"
          title="As it was when the rows were last looked at"
          action={
            <ButtonForm
              action={`${path}/refresh`}
              hidden={{ here: hereOf(props) }}
              label="Look again"
            />
          }
        />
      )}
      {mayDecide ? (
        <form class="form" method="post" action={`${path}/decide`}>
          <input type="hidden" name="version" value={`${members.version}`} />
          <input type="hidden" name="here" value={hereOf(props)} />
          <Decide {...props} />
          <MemberTable {...props} mayDecide={true} />
        </form>
      ) : (
        <MemberTable {...props} mayDecide={false} />
      )}
      <Pagination
        newerHref={query.backHref}
        olderHref={query.nextHref(members.next)}
        newerLabel="← Before"
        olderLabel="Next →"
      />
      {mayDecide && members.items.length > 0 && <DecideAll {...props} />}
    </Frame>
  )
}

/** Where the page is, without what is the same for all: forms bring it back. */
function hereOf({ at, query }: ListProps): string {
  return query.here.slice(`${at.path}/list`.length)
}

const YES_NO = (yes: string, no: string) => [
  { value: 'yes', label: yes },
  { value: 'no', label: no },
]

function Filters({ at, query, summary }: ListProps) {
  const { filter } = query
  const shown = (value: boolean | undefined) => (value === undefined ? '' : value ? 'yes' : 'no')
  return (
    <Form method="get" action={`${at.path}/list`} inline={true}>
      <SelectField
        name="finding"
        label="Finding"
        placeholder="Any"
        options={FINDINGS.filter(
          (finding) => summary.findings[finding].rows > 0 || finding === filter.finding,
        ).map((finding) => ({
          value: finding,
          label: `${FINDING_WORDS[finding].label} (${figure(summary.findings[finding].rows)})`,
        }))}
        value={filter.finding}
      />
      <SelectField
        name="included"
        label="In or out"
        placeholder="Both"
        options={YES_NO('In', 'Out')}
        value={shown(filter.included)}
      />
      <SelectField
        name="decided"
        label="Decided"
        placeholder="Both"
        options={YES_NO('By somebody', 'By nobody yet')}
        value={shown(filter.decided)}
      />
      {filter.skipped !== undefined && (
        <input type="hidden" name="skipped" value={shown(filter.skipped)} />
      )}
      <TextField
        name="email"
        label="Login e-mail begins with"
        kind="search"
        value={filter.email ?? ''}
      />
      <Button label="Show" />
      {query.query !== '' && <a href={`${at.path}/list`}>Show everybody</a>}
    </Form>
  )
}

/** What is decided about the ticked rows. Enter in the reason leaves out: what is typed there is why. */
function Decide({ at, problem, entered }: ListProps) {
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  return (
    <div class="section toolbar">
      <TextField
        name="reason"
        label="Tick rows, then decide"
        hint="A reason is needed for leaving out, and stands beside the row. After the review a decision asks for another review and another go-ahead."
        placeholder="Reason, such as “has left the company”"
        value={entered?.reason ?? ''}
        error={errorOf('reason') ?? errorOf('users')}
      />
      <div class="submit">
        <Button label="Leave out" name="do" value="exclude" />
        <Button label="Take in" name="do" value="include" />
        {at.page.may.operate && (
          <>
            <Button label="Give the password back" name="do" value="sso_enabled" tone="danger" />
            <Button label="Turn SSO off" name="do" value="password" tone="danger" />
          </>
        )}
      </div>
    </div>
  )
}

function MemberTable(props: ListProps & { mayDecide: boolean }) {
  const { members, query, entered, mayDecide, suggestions, at } = props
  return (
    <DataTable<Member>
      caption="People"
      captionHidden={true}
      columns={[
        {
          name: 'Person',
          cell: ({ userSid, email, firstName, lastName }) => {
            const name = [firstName, lastName].filter(Boolean).join(' ')
            const words = (
              <>
                {email}
                {name && (
                  <>
                    <br />
                    <small>{name}</small>
                  </>
                )}
              </>
            )
            return mayDecide ? (
              <label class="pick">
                <input
                  type="checkbox"
                  name="users"
                  value={userSid}
                  checked={entered?.users.includes(userSid)}
                />
                <span>{words}</span>
              </label>
            ) : (
              words
            )
          },
        },
        { name: 'On the list', cell: (member) => <Standing member={member} /> },
        {
          name: 'Findings',
          cell: (member) => (
            <Findings
              member={member}
              suggestion={mayDecide ? suggestions[member.userSid] : undefined}
              at={at}
            />
          ),
        },
        {
          name: 'Signs in by',
          cell: ({ signInMethod, skipped, included }) => (
            <>
              {SIGN_IN_METHODS[signInMethod]}
              {included && skipped && (
                <>
                  <br />
                  <small>left out: {whySkipped(skipped)}</small>
                </>
              )}
            </>
          ),
        },
      ]}
      rows={members.items}
      empty={
        query.query === '' ? (
          <EmptyState title="Nobody is on this list" />
        ) : (
          <EmptyState title="Nobody fits">No row has all of what is asked for.</EmptyState>
        )
      }
    />
  )
}

function Standing({ member }: { member: Member }) {
  const { included, reason, decidedBy, findings } = member
  const isBlocked = blockerOf(findings) !== undefined
  return (
    <>
      <Status tone={included ? 'good' : isBlocked ? 'danger' : 'neutral'}>
        {included ? 'In' : isBlocked ? 'Kept out' : 'Out'}
      </Status>
      {reason && (
        <>
          <br />
          <small>“{reason}”</small>
        </>
      )}
      {decidedBy && (
        <>
          <br />
          <small>{decidedBy}</small>
        </>
      )}
    </>
  )
}

function Findings(props: { member: Member; suggestion: Match | undefined; at: RolloutContext }) {
  const { member, suggestion, at } = props
  const { findings, userSid, email } = member
  const cure = cureOf(findings)
  if (findings.length === 0) return <None />
  return (
    <div class="findings">
      {findings.map((finding) => (
        <Status tone={FINDING_WORDS[finding].tone}>{FINDING_WORDS[finding].label}</Status>
      ))}
      {cure && <small>{cure}</small>}
      {suggestion && findings.includes('alias') && (
        <span>
          <Button
            label={`It is ${suggestion.emailKey}: map it and take in`}
            about={`for ${email}`}
            name="map"
            value={`${userSid} ${suggestion.emailKey}`}
            formaction={`${at.path}/map`}
            unchecked={true}
          />{' '}
          <small>{BECAUSE[suggestion.because]}</small>
        </span>
      )}
      {findings.includes('alias') && at.page.may.test && (
        <a href={`${at.path}/aliases?user=${userSid}`}>
          {suggestion ? 'Another address' : 'Say which address it is'}
          <span class="visually-hidden"> for {email}</span>
        </a>
      )}
    </div>
  )
}

const BECAUSE: Readonly<Record<Match['because'], string>> = {
  plus_address: 'the same without the “+” part',
  other_domain: 'the same at another domain',
  swapped_names: 'the names swapped',
  similar: 'nearly the same',
}

/** All rows, or all with one finding: what other filters show is not decided unseen. */
function DecideAll({ at, members, query, summary, problem, entered }: ListProps) {
  const { finding, ...others } = query.filter
  if (Object.values(others).some((value) => value !== undefined)) return null
  const rows = finding ? summary.findings[finding].rows : summary.rows
  const which = finding ? `with “${FINDING_WORDS[finding].label}”` : 'of the list'
  return (
    <details class="section">
      <summary>{`Decide all ${figure(rows)} rows ${which} at once`}</summary>
      <Form
        action={`${at.path}/decide-all`}
        hidden={{ version: `${members.version}`, finding: finding ?? '' }}
      >
        <TextField
          name="reason"
          id="reason-all"
          label="Reason"
          hint="Needed for leaving out."
          value={problem ? (entered?.reason ?? '') : ''}
        />
        <div class="submit">
          <Button label={`Leave all ${figure(rows)} out`} name="do" value="exclude" />
          <Button
            label={`Take all ${figure(rows)} in, as far as they may`}
            name="do"
            value="include"
          />
        </div>
      </Form>
    </details>
  )
}
