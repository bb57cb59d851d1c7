// The e-mail domains of a tenant: the TXT record of each, its last check, and verification by an
// operator instead.
import type { Domain } from '../../../directory/domains/operations.ts'
import type { ExceptionRow } from '../../../directory/exceptions/operations.ts'
import type { Problem } from '../../../problem.ts'
import { CopyField, EmptyState, Instant, KeyValues, None, Section } from '../../kit/blocks.tsx'
import { ButtonForm, Form, SelectField, SubmitRow, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import type { DirectoryContext } from './directory-context.ts'
import { ExceptionsSection, newcomersInWords, type LedTo } from './newcomer-values.tsx'

/** A refused action; `at`: the domain, unless it was a new one. */
export type DomainRefusal = { problem: Problem; at?: string; entered: string }

/** A connection that a domain may lead to. */
type LeadChoice = { sid: string; name: string }

export function DomainsPage(props: {
  at: DirectoryContext
  domains: readonly Domain[]
  connections: readonly LeadChoice[]
  /** By SID: those that a domain leads to and that the reader may see. */
  ledTo: ReadonlyMap<string, LedTo>
  exceptions: readonly ExceptionRow[]
  refusal?: DomainRefusal
}) {
  const { at, domains, connections, ledTo, exceptions, refusal } = props
  const { may, base } = at
  const isNew = refusal?.at === undefined
  return (
    <at.Frame
      title="Domains"
      breadcrumb={at.above}
      problem={refusal?.problem}
      problemField={refusal && idOf(refusal)}
      lead={
        <>
          Verify the domains of your login e-mails with a DNS TXT record. A rollout can then select
          a whole domain. A subdomain is a separate domain.
        </>
      }
    >
      {domains.map((domain) => (
        <DomainSection
          at={at}
          domain={domain}
          connections={connections}
          ledTo={ledTo.get(domain.connectionSid ?? '')}
          {...(refusal?.at === domain.domain && { refusal })}
        />
      ))}
      {domains.length === 0 && <EmptyState title="No domains yet" />}
      <ExceptionsSection at={at} exceptions={exceptions} />
      {may.configure && (
        <Section id="new" title="Add domain">
          <Form action={`${base}/domains`}>
            <TextField
              name="domain"
              label="Domain"
              hint="For example, example.com."
              kind="identifier"
              value={isNew ? refusal?.entered : ''}
              required={true}
              error={refusal && isNew ? messageOf(refusal.problem, at.reader) : undefined}
            />
            <SubmitRow primary="Add domain" />
          </Form>
        </Section>
      )}
    </at.Frame>
  )
}

/** The control with the error. */
function idOf({ at, problem }: DomainRefusal): string {
  if (at === undefined) return 'domain'
  return problem.field === 'reason' ? `reason-${at}` : `domain-${at}`
}

const STATES = {
  claimed: { state: 'current', stateWords: 'Not verified' },
  dns: { state: 'done', stateWords: 'Verified' },
  operator: { state: 'done', stateWords: 'Verified manually' },
  missing: { state: 'problem', stateWords: 'Record missing' },
} as const

type DomainProps = {
  at: DirectoryContext
  domain: Domain
  connections: readonly LeadChoice[]
  ledTo: LedTo | undefined
  refusal?: DomainRefusal | undefined
}

function DomainSection(props: DomainProps) {
  const { at, domain, refusal } = props
  const { may, base, context } = at
  const { record, verifiedAt, verifiedBy, missingSince } = domain
  const name = domain.domain
  const path = `${base}/domains/${name}`
  const isOurs = verifiedAt !== null
  const copies = (
    <>
      <CopyField id={`name-${name}`} label="TXT record name" value={record.name} />
      <CopyField id={`value-${name}`} label="TXT record value" value={record.value} />
    </>
  )
  return (
    <Section
      id={`domain-${name}`}
      title={name}
      {...STATES[missingSince !== null ? 'missing' : (verifiedBy ?? 'claimed')]}
      actions={
        may.configure && (
          <ButtonForm action={`${path}/check`} label="Check record" about={`of ${name}`} />
        )
      }
    >
      {refusal && idOf(refusal) === `domain-${name}` && (
        <p class="error">{messageOf(refusal.problem, at.reader)}</p>
      )}
      <DomainFacts domain={domain} ledTo={props.ledTo} now={context.now} />
      {isOurs && missingSince === null ? (
        <details>
          <summary>TXT record</summary>
          {copies}
        </details>
      ) : (
        copies
      )}
      {may.operate && <DomainLead {...props} />}
      {may.configure && <DomainActions {...props} />}
    </Section>
  )
}

type DomainFactsProps = { domain: Domain; ledTo: LedTo | undefined; now: number }

function DomainFacts({ domain, ledTo, now }: DomainFactsProps) {
  const { verifiedAt, missingSince, checkedAt, failure, reason } = domain
  return (
    <KeyValues
      rows={[
        ...(verifiedAt === null
          ? []
          : [{ name: 'Verified', value: <Instant at={verifiedAt} now={now} /> }]),
        ...(reason === null ? [] : [{ name: 'Reason given by support', value: reason }]),
        ...(missingSince === null
          ? []
          : [{ name: 'Record missing since', value: <Instant at={missingSince} now={now} /> }]),
        { name: 'New users sign in', value: newcomersInWords(domain, ledTo) },
        {
          name: 'Last check',
          value:
            checkedAt === null ? (
              <None>Never</None>
            ) : (
              <>
                <Instant at={checkedAt} now={now} />
                {failure ? `: ${failure}` : ': found'}
              </>
            ),
        },
      ]}
    />
  )
}

function DomainLead({ at, domain, connections }: DomainProps) {
  return (
    <Form action={`${at.base}/domains/${domain.domain}/lead`}>
      <SelectField
        id={`lead-${domain.domain}`}
        name="connectionSid"
        label="Connection of newcomers"
        hint="Users added later with this domain sign in as its settings say."
        options={connections.map(({ sid, name }) => ({ value: sid, label: name }))}
        value={domain.connectionSid ?? undefined}
        placeholder="None: by password"
      />
      <SubmitRow primary="Save connection" />
    </Form>
  )
}

function DomainActions(props: DomainProps) {
  const { at, domain, refusal } = props
  const name = domain.domain
  const path = `${at.base}/domains/${name}`
  const mayVerify = at.may.operate && domain.verifiedAt === null
  return (
    <details open={refusal?.problem.field === 'reason'}>
      <summary>{mayVerify ? 'Verify without a record or remove' : 'Remove domain'}</summary>
      {mayVerify && (
        <Form action={`${path}/vouch`}>
          <TextField
            id={`reason-${name}`}
            name="reason"
            label="Reason"
            hint="Why the domain is the customer’s. The customer sees it."
            value={refusal?.entered}
            required={true}
            error={
              refusal?.problem.field === 'reason'
                ? messageOf(refusal.problem, at.reader)
                : undefined
            }
          />
          <SubmitRow primary="Verify domain" />
        </Form>
      )}
      <ButtonForm action={`${path}/remove`} label="Remove domain" about={name} tone="danger" />
    </details>
  )
}
