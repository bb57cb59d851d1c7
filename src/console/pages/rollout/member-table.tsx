// The rows of a rollout's list: person, decision, findings with remedies, sign-in method.
import { blockerOf } from '../../../directory/switch-on.ts'
import type { Match, Member, MembersPage } from '../../../rollout/operations.ts'
import { DataTable, EmptyState, Instant, None, Status } from '../../kit/blocks.tsx'
import { Button } from '../../kit/forms.tsx'
import { SIGN_IN_METHODS } from '../../kit/words.ts'
import type { ListQuery } from './list-query.ts'
import type { RolloutContext } from './rollout-context.ts'
import { addresses, remedyOf, FINDING_WORDS, whySkipped } from './words.ts'

/** Addresses of the IdP that may be the same person's, by user SID. */
export type Suggestions = Readonly<Record<string, Match>>

export function MemberTable(props: {
  at: RolloutContext
  members: MembersPage
  query: ListQuery
  suggestions: Suggestions
  /** The selected users; null without checkboxes, if the actor may not decide. */
  chosen: readonly string[] | null
}) {
  const { members, query, chosen, suggestions, at } = props
  return (
    <DataTable<Member>
      caption="People"
      captionHidden={true}
      columns={[
        {
          name: 'Person',
          cell: (member) => <Person member={member} chosen={chosen} />,
        },
        {
          name: 'Decision',
          cell: (member) => <Decision member={member} now={at.page.context.now} />,
        },
        {
          name: 'Findings',
          cell: (member) => (
            <Findings
              member={member}
              suggestion={chosen ? suggestions[member.userSid] : undefined}
              at={at}
            />
          ),
        },
        {
          name: 'Sign-in method',
          cell: ({ signInMethod, skipped, included }) => (
            <>
              {SIGN_IN_METHODS[signInMethod]}
              {included && skipped && (
                <>
                  <br />
                  <small>Skipped: {whySkipped(skipped)}</small>
                </>
              )}
            </>
          ),
        },
      ]}
      rows={members.items}
      empty={
        query.query === '' ? (
          <EmptyState title="The list is empty" />
        ) : (
          <EmptyState title="No matches">No one on the list matches these filters.</EmptyState>
        )
      }
    />
  )
}

function Person({ member, chosen }: { member: Member; chosen: readonly string[] | null }) {
  const { userSid, email, firstName, lastName } = member
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
  if (!chosen) return words
  return (
    <label class="pick">
      <input type="checkbox" name="users" value={userSid} checked={chosen.includes(userSid)} />
      <span>{words}</span>
    </label>
  )
}

function Decision({ member, now }: { member: Member; now: number }) {
  const { included, reason, decidedBy, findings, blockedBy } = member
  const isBlocked = blockerOf(findings) !== undefined
  return (
    <>
      <Status tone={included ? 'good' : isBlocked ? 'danger' : 'neutral'}>
        {included ? 'Included' : isBlocked ? 'Blocked' : 'Excluded'}
      </Status>
      {blockedBy && (
        <>
          <br />
          <small>
            Automatically, <Instant at={blockedBy.at} now={now} />
            {blockedBy.upload && (
              <>
                : not among the {addresses(blockedBy.upload.users)} that {blockedBy.upload.by}{' '}
                uploaded <Instant at={blockedBy.upload.at} now={now} />
              </>
            )}
          </small>
        </>
      )}
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
  const remedy = remedyOf(findings)
  if (findings.length === 0) return <None />
  return (
    <div class="findings">
      {findings.map((finding) => (
        <Status tone={FINDING_WORDS[finding].tone}>{FINDING_WORDS[finding].label}</Status>
      ))}
      {remedy && <small>{remedy}</small>}
      {suggestion && findings.includes('alias') && at.page.may.configure && (
        <span>
          <Button
            label={`Map ${suggestion.emailKey} and include`}
            about={`for ${email}`}
            name="map"
            value={`${userSid} ${suggestion.emailKey}`}
            formaction={`${at.path}/map`}
            unchecked={true}
          />{' '}
          <small>{MATCH_WORDS[suggestion.because]}</small>
        </span>
      )}
      {findings.includes('alias') && at.page.may.configure && (
        <a href={`${at.path}/aliases?user=${userSid}`}>
          {suggestion ? 'Map another address' : 'Map an address'}
          <span class="visually-hidden"> for {email}</span>
        </a>
      )}
    </div>
  )
}

const MATCH_WORDS: Readonly<Record<Match['because'], string>> = {
  plus_address: 'same address without the “+” part',
  other_domain: 'same name at another domain',
  swapped_names: 'first and last name swapped',
  name: 'made of the person’s name',
  similar: 'similar spelling',
}
