// What logins looked like: in a list, and one of them with every check. Never what was said about a person.
import type { CertificateView } from '../../../connections/certificates/operations.ts'
import { explainAttempt, type Explained } from '../../../connections/failure-words.ts'
import type { AttemptRow } from '../../../login/operations.ts'
import {
  Code,
  DataTable,
  EmptyState,
  Fingerprint,
  Instant,
  KeyValues,
  Notice,
  Pagination,
  Section,
  Status,
} from '../../kit/blocks.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { nameOfCheck, outcomeOf } from '../../kit/words.ts'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'

export function AttemptTable(props: {
  at: ConnectionContext
  attempts: readonly AttemptRow[]
  /** Login e-mails by user, as far as they are known here. */
  people: ReadonlyMap<string, string>
}) {
  const { at, attempts, people } = props
  const { now } = at.context
  return (
    <DataTable
      caption="Latest logins"
      captionHidden={true}
      columns={[
        {
          name: 'When',
          cell: ({ sid, createdAt }) => (
            <a href={`${at.base}/attempts/${sid}`}>
              <Instant at={createdAt} now={now} />
            </a>
          ),
        },
        {
          name: 'Who',
          cell: ({ userSid }) => userSid && (people.get(userSid) ?? <Code>{userSid}</Code>),
        },
        {
          name: 'Outcome',
          cell: (attempt) => <Outcome of={attempt} />,
        },
        { name: 'Begun', cell: ({ idpInitiated }) => (idpInitiated ? 'at the IdP' : 'here') },
      ]}
      rows={attempts}
      empty={
        <EmptyState title="No login yet">
          Each login appears here with every check, what was expected and what came.
        </EmptyState>
      }
    />
  )
}

function Outcome({ of: { code, isTest } }: { of: Pick<AttemptRow, 'code' | 'isTest'> }) {
  if (code === null) return <Status tone="good">{isTest ? 'Test passed' : outcomeOf(code)}</Status>
  return (
    <>
      <Status tone="danger">Refused</Status> {outcomeOf(code)}
    </>
  )
}

export function AttemptsPage(props: {
  at: ConnectionContext
  attempts: readonly AttemptRow[]
  people: ReadonlyMap<string, string>
  /** Those alone that are known to be one user’s. */
  isOfOne: boolean
  links: PageLinks
}) {
  const { at, links } = props
  return (
    <at.Frame
      title="Logins"
      breadcrumb={crumbs(at)}
      lead={`${props.isOfOne ? 'Of one user. ' : ''}Newest first. The last 500 refusals are kept, everything else for 90 days.`}
    >
      <AttemptTable {...props} />
      <Pagination {...links} />
    </at.Frame>
  )
}

export function AttemptPage(props: {
  at: ConnectionContext
  attempt: AttemptRow
  certificate: CertificateView | undefined
  person: string | undefined
}) {
  const { at, attempt, certificate, person } = props
  const { code, message, certificateFingerprint } = attempt
  const { preset, context } = at
  const { title, remedy, checks } = explainAttempt(attempt, preset)
  return (
    <at.Frame
      title={title ?? outcomeOf(code)}
      breadcrumb={[...crumbs(at), { name: 'Logins', href: `${at.base}/attempts` }]}
    >
      {remedy && (
        <Notice tone="danger" title="How to mend it">
          <p>{remedy}</p>
        </Notice>
      )}
      <Section id="attempt" title="The login">
        <KeyValues
          rows={[
            { name: 'Reference', value: <Code>{attempt.sid}</Code> },
            { name: 'When', value: <Instant at={attempt.createdAt} now={context.now} /> },
            {
              name: 'Outcome',
              value: (
                <>
                  <Outcome of={attempt} /> {code !== null && <Code>{code}</Code>}
                </>
              ),
            },
            { name: 'Who', value: person ?? (attempt.userSid && <Code>{attempt.userSid}</Code>) },
            { name: 'Begun', value: attempt.idpInitiated ? 'at the IdP' : 'here' },
            {
              name: 'Signed by the key of',
              value: certificateFingerprint && (
                <>
                  {certificate && (
                    <>
                      <a href={`${at.base}/certificates/${certificateFingerprint}`}>
                        {certificate.subject}
                      </a>
                      <br />
                    </>
                  )}
                  <Fingerprint hex={certificateFingerprint} />
                </>
              ),
            },
          ]}
        />
      </Section>
      <Section
        id="checks"
        title="Checks"
        lead={
          code !== null && checks.length > 0 && checks.every(({ ok }) => ok)
            ? 'The message passed every check. It was refused for what is said above.'
            : 'In order. A login stops at the first that fails; a test goes on.'
        }
      >
        <CheckTable checks={checks} />
      </Section>
      {message && (
        <Section
          id="message"
          title="The message"
          lead="As it came, with everything personal or secret taken out."
        >
          <label for="redacted-message" class="visually-hidden">
            The message
          </label>
          <textarea id="redacted-message" class="code" readonly={true} rows={16} spellcheck={false}>
            {message}
          </textarea>
        </Section>
      )}
    </at.Frame>
  )
}

function CheckTable({ checks }: Pick<Explained, 'checks'>) {
  return (
    <DataTable
      caption="Checks"
      captionHidden={true}
      columns={[
        {
          name: 'Check',
          cell: ({ code, clause }) => (
            <>
              {nameOfCheck(code)}
              <br />
              <small>{clause}</small>
            </>
          ),
        },
        {
          name: 'Result',
          cell: ({ ok }) => (
            <Status tone={ok ? 'good' : 'danger'}>{ok ? 'Passed' : 'Failed'}</Status>
          ),
        },
        { name: 'Expected', cell: ({ expected }) => <Code>{expected}</Code> },
        {
          name: 'Received',
          cell: ({ received, remedy }) => (
            <>
              <Code>{received}</Code>
              {remedy && (
                <p>
                  <b>How to mend it:</b> {remedy}
                </p>
              )}
            </>
          ),
        },
      ]}
      rows={checks}
      empty={<EmptyState title="No check was made: it was refused before" />}
    />
  )
}
