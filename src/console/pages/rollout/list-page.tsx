// The list of a rollout: filters, rows, and the decisions about them.
import type { Finding, MembersPage, Summary } from '../../../rollout/operations.ts'
import { FINDINGS } from '../../../rollout/operations.ts'
import type { Problem } from '../../../problem.ts'
import { Notice, Pagination } from '../../kit/blocks.tsx'
import { Button, ButtonForm, ButtonLink, Form, SelectField, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import type { ListQuery } from './list-query.ts'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'
import { MemberTable, type Suggestions } from './member-table.tsx'
import { figure, FINDING_WORDS, people } from './words.ts'

export type ListProps = {
  at: RolloutContext
  members: MembersPage
  query: ListQuery
  summary: Summary
  suggestions: Suggestions
  problem?: Problem | undefined
  /** What was entered, when the form is shown again. */
  entered?: { users: readonly string[]; reason: string } | undefined
  /** Rows that could not be included. */
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
      title={`List version ${members.version}`}
      breadcrumb={crumbsBelow(at)}
      problem={problem}
      problemField={problem?.field === 'users' ? 'reason' : undefined}
      lead={
        <>
          {people(summary.included)} included, {figure(summary.excluded)} excluded. Excluded{' '}
          {rollout.fromConnectionSid === null
            ? 'people keep their present sign-in method.'
            : 'people stay at the connection before.'}
        </>
      }
      actions={
        <ButtonLink href={`${path}/list.csv${query.query}`} label="Download CSV" download="" />
      }
    >
      {refused.length > 0 && (
        <Notice tone="warning" title={`${people(refused.length)} could not be included`}>
          <p>Each affected row shows what to do.</p>
        </Notice>
      )}
      <Filters {...props} />
      <LinkedFilter {...props} />
      {mayDecide && /proved/.test(query.filter.finding ?? '') && (
        <Notice
          tone="info"
          title="These findings may be outdated"
          action={
            <ButtonForm
              action={`${path}/refresh`}
              hidden={{ here: hereOf(props) }}
              label="Update findings"
            />
          }
        />
      )}
      {mayDecide ? (
        <form class="form" method="post" action={`${path}/decide`}>
          <input type="hidden" name="version" value={`${members.version}`} />
          <input type="hidden" name="here" value={hereOf(props)} />
          <Decide {...props} />
          <MemberTable {...props} chosen={props.entered?.users ?? []} />
        </form>
      ) : (
        <MemberTable {...props} chosen={null} />
      )}
      <Pagination
        newerHref={query.backHref}
        olderHref={query.nextHref(members.next)}
        newerLabel="← Previous"
        olderLabel="Next →"
      />
      {mayDecide && members.items.length > 0 && <DecideAll {...props} />}
    </Frame>
  )
}

/** The query of this page, which forms send back. */
function hereOf({ at, query }: ListProps): string {
  return query.here.slice(`${at.path}/list`.length)
}

const YES_NO = (yes: string, no: string) => [
  { value: 'yes', label: yes },
  { value: 'no', label: no },
]

/** Filters that links set and no field shows. */
function LinkedFilter({ query: { filter } }: ListProps) {
  const shown = [
    filter.enforcedUnproved && 'people who may use SSO only and have never signed in',
    filter.lockedOut && 'people whom moving the whole list would lock out',
    filter.skipped && 'rows that the last step skipped',
  ].filter(Boolean)
  return shown.length === 0 ? null : <p>Shown: {shown.join(', ')}.</p>
}

function Filters({ at, query, summary }: ListProps) {
  const { filter } = query
  const shown = (value: boolean | undefined) => (value === undefined ? '' : value ? 'yes' : 'no')
  return (
    <Form method="get" action={`${at.path}/list`} inline={true}>
      <SelectField
        name="finding"
        label="Finding"
        placeholder="All"
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
        label="Included"
        placeholder="All"
        options={YES_NO('Included', 'Excluded')}
        value={shown(filter.included)}
      />
      <SelectField
        name="decided"
        label="Decision"
        placeholder="All"
        options={YES_NO('Decided', 'Not decided')}
        value={shown(filter.decided)}
      />
      {filter.skipped !== undefined && (
        <input type="hidden" name="skipped" value={shown(filter.skipped)} />
      )}
      {filter.enforcedUnproved !== undefined && (
        <input type="hidden" name="unproved" value={shown(filter.enforcedUnproved)} />
      )}
      {filter.lockedOut !== undefined && (
        <input type="hidden" name="lockedOut" value={shown(filter.lockedOut)} />
      )}
      <TextField
        name="email"
        label="Login e-mail starts with"
        kind="search"
        value={filter.email ?? ''}
      />
      <Button label="Filter" />
      {query.query !== '' && <a href={`${at.path}/list`}>Clear filters</a>}
    </Form>
  )
}

/** Actions for selected rows. Pressing Enter in the reason field excludes. */
function Decide({ at, problem, entered }: ListProps) {
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.page.reader) : undefined
  const isMove = at.rollout.fromConnectionSid !== null
  return (
    <div class="section toolbar">
      <TextField
        name="reason"
        label="Reason for selected rows"
        hint={
          <>
            Required to exclude people; shown in the row. A change after the review requires a new
            review and go-ahead.
          </>
        }
        placeholder="Such as “has left the company”"
        value={entered?.reason ?? ''}
        error={errorOf('reason') ?? errorOf('users')}
      />
      <div class="submit">
        <Button label="Exclude" name="do" value="exclude" />
        <Button label="Include" name="do" value="include" />
        {isMove && at.page.may.operate && <Button label="Move now" name="do" value="move" />}
        {at.page.may.rollBack && (
          <>
            {isMove && <Button label="Take back" name="do" value="earlier" tone="danger" />}
            <Button label="Give password back" name="do" value="sso_enabled" tone="danger" />
            <Button label="Turn SSO off" name="do" value="password" tone="danger" />
          </>
        )}
      </div>
    </div>
  )
}

/** For all rows, or all with one finding. Other filters would decide about rows unseen. */
function DecideAll({ at, members, query, summary, problem, entered }: ListProps) {
  const { finding, ...others } = query.filter
  if (Object.values(others).some((value) => value !== undefined)) return null
  const rows = finding ? summary.findings[finding].rows : summary.rows
  const which = finding ? ` with “${FINDING_WORDS[finding].label}”` : ''
  return (
    <details class="section">
      <summary>{`Change all rows${which} (${people(rows)})`}</summary>
      <Form
        action={`${at.path}/decide-all`}
        hidden={{ version: `${members.version}`, finding: finding ?? '' }}
      >
        <TextField
          name="reason"
          id="reason-all"
          label="Reason"
          hint="Required to exclude people."
          value={problem ? (entered?.reason ?? '') : ''}
        />
        <div class="submit">
          <Button label={`Exclude ${people(rows)}`} name="do" value="exclude" />
          <Button label={`Include ${people(rows)}, except blocked`} name="do" value="include" />
        </div>
      </Form>
    </details>
  )
}
