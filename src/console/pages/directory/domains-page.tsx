// The e-mail domains of a tenant: the record that proves each, what came of looking for it, and an operator's word instead.
import type { Domain } from '../../../directory/domains/operations.ts'
import type { Problem } from '../../../problem.ts'
import { CopyField, EmptyState, Instant, KeyValues, None, Section } from '../../kit/blocks.tsx'
import { ButtonForm, Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import type { DirectoryContext } from './directory-context.ts'

/** What was not done; `at`: to which domain, where it was not a new one. */
export type DomainRefusal = { problem: Problem; at?: string; entered: string }

export function DomainsPage(props: {
  at: DirectoryContext
  domains: readonly Domain[]
  refusal?: DomainRefusal
}) {
  const { at, domains, refusal } = props
  const { may, base } = at
  const isNew = refusal?.at === undefined
  return (
    <at.Frame
      title="Domains"
      breadcrumb={at.above}
      problem={refusal?.problem}
      problemField={refusal && idOf(refusal)}
      lead="Of login e-mails, proved by a TXT record in DNS. A rollout may take a whole domain then. A subdomain is another domain."
    >
      {domains.map((domain) => (
        <DomainSection
          at={at}
          domain={domain}
          {...(refusal?.at === domain.domain && { refusal })}
        />
      ))}
      {domains.length === 0 && <EmptyState title="No domain yet" />}
      {may.configure && (
        <Section id="new" title="Add a domain">
          <Form action={`${base}/domains`}>
            <TextField
              name="domain"
              label="Domain"
              hint="Such as example.com."
              kind="identifier"
              value={isNew ? refusal?.entered : ''}
              required={true}
              error={refusal && isNew ? messageOf(refusal.problem) : undefined}
            />
            <SubmitRow primary="Add domain" />
          </Form>
        </Section>
      )}
    </at.Frame>
  )
}

/** The control that is to blame. */
function idOf({ at, problem }: DomainRefusal): string {
  if (at === undefined) return 'domain'
  return problem.field === 'reason' ? `reason-${at}` : `domain-${at}`
}

const STATES = {
  claimed: { state: 'current', stateWords: 'Not proved yet' },
  dns: { state: 'done', stateWords: 'Verified' },
  operator: { state: 'done', stateWords: 'Vouched for' },
  missing: { state: 'problem', stateWords: 'Record missing' },
} as const

function DomainSection(props: {
  at: DirectoryContext
  domain: Domain
  refusal?: DomainRefusal | undefined
}) {
  const { at, domain, refusal } = props
  const { may, base, context } = at
  const { now } = context
  const { record, verifiedAt, verifiedBy, missingSince, checkedAt, failure, reason } = domain
  const name = domain.domain
  const path = `${base}/domains/${name}`
  const isOurs = verifiedAt !== null
  const copies = (
    <>
      <CopyField id={`name-${name}`} label="Name of the TXT record" value={record.name} />
      <CopyField id={`value-${name}`} label="Value" value={record.value} />
    </>
  )
  return (
    <Section
      id={`domain-${name}`}
      title={name}
      {...STATES[missingSince !== null ? 'missing' : (verifiedBy ?? 'claimed')]}
      actions={
        may.configure && (
          <ButtonForm action={`${path}/check`} label="Check now" about={`the record of ${name}`} />
        )
      }
    >
      {refusal && idOf(refusal) === `domain-${name}` && (
        <p class="error">{messageOf(refusal.problem)}</p>
      )}
      <KeyValues
        rows={[
          ...(isOurs ? [{ name: 'Verified', value: <Instant at={verifiedAt} now={now} /> }] : []),
          ...(reason === null ? [] : [{ name: 'An operator’s reason', value: reason }]),
          ...(missingSince === null
            ? []
            : [{ name: 'Missing since', value: <Instant at={missingSince} now={now} /> }]),
          {
            name: 'Last check',
            value:
              checkedAt === null ? (
                <None>never</None>
              ) : (
                <>
                  <Instant at={checkedAt} now={now} />
                  {failure ? `: ${failure}` : ': found'}
                </>
              ),
          },
        ]}
      />
      {isOurs && missingSince === null ? (
        <details>
          <summary>The TXT record</summary>
          {copies}
        </details>
      ) : (
        copies
      )}
      {may.configure && (
        <details open={refusal?.problem.field === 'reason'}>
          <summary>
            {may.operate && !isOurs ? 'Verify without a record, or remove' : 'Remove'}
          </summary>
          {may.operate && !isOurs && (
            <Form action={`${path}/vouch`}>
              <TextField
                id={`reason-${name}`}
                name="reason"
                label="Why it is theirs"
                hint="The customer sees it."
                value={refusal?.entered}
                required={true}
                error={refusal?.problem.field === 'reason' ? messageOf(refusal.problem) : undefined}
              />
              <SubmitRow primary="Vouch for the domain" />
            </Form>
          )}
          <ButtonForm action={`${path}/remove`} label="Remove" about={name} tone="danger" />
        </details>
      )}
    </Section>
  )
}
