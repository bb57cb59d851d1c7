// Logins in a list, and one login with every check. Values of attributes are not kept.
import type { CertificateView } from '../../../connections/certificates/operations.ts'
import { explainAttempt, type Explained } from '../../../connections/failure-words.ts'
import type { AttemptRow, ListedAttempts } from '../../../login/operations.ts'
import {
  Code,
  DataTable,
  EmptyState,
  Fingerprint,
  Instant,
  KeyValues,
  Notice,
  Pagination,
  Reference,
  Section,
  Status,
} from '../../kit/blocks.tsx'
import { EmptyList, ListFilters } from '../../kit/list-filters.tsx'
import type { ListPage } from '../../kit/lists.ts'
import { HistoryNotice } from '../../kit/history-notice.tsx'
import { ReceivedEmailSection } from './received-email.tsx'
import type { ReceivedEmail } from '../../../rollout/validation/received-email.ts'
import { nameOfCheck, outcomeOf, resultOf } from '../../kit/words.ts'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'

const NO_LOGIN = (
  <EmptyState title="No login yet">
    Each login appears here with its checks: the expected and the received values.
  </EmptyState>
)

export function AttemptTable(props: {
  at: ConnectionContext
  /** Null: they cannot be read now. */
  attempts: readonly AttemptRow[] | null
  /** Login e-mails by user, as far as they are known here. */
  people: ReadonlyMap<string, string>
  /** Of the page of all logins. */
  list?: ListPage
}) {
  const { at, attempts, people, list } = props
  const { now } = at.context
  if (!attempts) return <HistoryNotice />
  return (
    <DataTable
      caption="Latest logins"
      captionHidden={true}
      columns={[
        {
          name: 'Time',
          cell: ({ sid, createdAt }) => (
            <a href={`${at.base}/attempts/${sid}`}>
              <Instant at={createdAt} now={now} />
            </a>
          ),
        },
        {
          name: 'User',
          cell: ({ userSid }) => userSid && (people.get(userSid) ?? <Code>{userSid}</Code>),
        },
        {
          name: 'Result',
          cell: (attempt) => <Outcome of={attempt} />,
        },
        { name: 'Started at', cell: ({ idpInitiated }) => (idpInitiated ? 'IdP' : 'Gatepost') },
      ]}
      rows={attempts}
      empty={list ? <EmptyList list={list}>{NO_LOGIN}</EmptyList> : NO_LOGIN}
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

const KEPT =
  'Newest first. The last 250 refusals of each kind are kept; accepted logins until they are too ' +
  'old, or the history is full.'

export function AttemptsPage(props: {
  at: ConnectionContext
  list: ListPage
  /** Undefined: they cannot be read now. */
  found: (Omit<ListedAttempts, 'items'> & { items: readonly AttemptRow[] }) | undefined
  people: ReadonlyMap<string, string>
}) {
  const { at, list, found, people } = props
  return (
    <at.Frame title="Logins" breadcrumb={crumbs(at)} lead={KEPT} problem={list.problem}>
      <ListFilters list={list} reader={at.reader} total={found?.total} rows={['login', 'logins']} />
      <AttemptTable at={at} attempts={found?.items ?? null} people={people} list={list} />
      <Pagination {...list.links(found?.next ?? null)} />
    </at.Frame>
  )
}

export function AttemptPage(props: {
  at: ConnectionContext
  attempt: AttemptRow
  certificate: CertificateView | undefined
  person: string | undefined
  /** Of a test whose e-mail nobody has. */
  received: ReceivedEmail | null
}) {
  const { at, attempt } = props
  const { code, message } = attempt
  const { preset } = at
  const { title, remedy, checks } = explainAttempt(attempt, preset, at.reader)
  return (
    <at.Frame
      title={title ?? outcomeOf(code)}
      breadcrumb={[...crumbs(at), { name: 'Logins', href: `${at.base}/attempts` }]}
    >
      {remedy && (
        <Notice tone="danger" title="How to fix it">
          <p>{remedy}</p>
        </Notice>
      )}
      {props.received && (
        <ReceivedEmailSection at={at} attemptSid={attempt.sid} received={props.received} />
      )}
      <AttemptFacts {...props} />
      <Section
        id="checks"
        title="Checks"
        lead={
          code !== null && checks.length > 0 && checks.every(({ ok }) => ok)
            ? 'The response passed every check. The page title gives the reason of the refusal.'
            : 'In order. A login stops at the first failure; a test continues.'
        }
      >
        {attempt.hasDetail ? <CheckTable checks={checks} /> : <DetailNotKept />}
      </Section>
      {message && (
        <Section
          id="message"
          title="Response"
          lead="As received, without personal data and secrets."
        >
          <label for="redacted-message" class="visually-hidden">
            Response
          </label>
          <textarea id="redacted-message" class="code" readonly={true} rows={16} spellcheck={false}>
            {message}
          </textarea>
        </Section>
      )}
    </at.Frame>
  )
}

function DetailNotKept() {
  return (
    <p>
      They are no longer stored. Checks and response are kept for tests, for the newest refusals,
      for the first 20 logins after a change, and for the newest 10.
    </p>
  )
}

function AttemptFacts(props: Parameters<typeof AttemptPage>[0]) {
  const { at, attempt, certificate, person } = props
  const { code, certificateFingerprint } = attempt
  const { context } = at
  return (
    <Section id="attempt" title="Login">
      <KeyValues
        rows={[
          { name: 'Reference', value: <Reference sid={attempt.sid} /> },
          { name: 'Time', value: <Instant at={attempt.createdAt} now={context.now} /> },
          {
            name: 'Result',
            value: (
              <>
                <Outcome of={attempt} /> {code !== null && <Code>{code}</Code>}
              </>
            ),
          },
          { name: 'User', value: person ?? (attempt.userSid && <Code>{attempt.userSid}</Code>) },
          { name: 'Started at', value: attempt.idpInitiated ? 'IdP' : 'Gatepost' },
          ...testValuesOf(attempt),
          {
            name: 'Signing certificate',
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
          cell: (check) => {
            const { tone, word } = resultOf(check)
            return <Status tone={tone}>{word}</Status>
          },
        },
        { name: 'Expected', cell: ({ expected }) => <Code>{expected}</Code> },
        {
          name: 'Received',
          cell: ({ received, remedy }) => (
            <>
              <Code>{received}</Code>
              {remedy && (
                <p>
                  <b>How to fix it:</b> {remedy}
                </p>
              )}
            </>
          ),
        },
      ]}
      rows={checks}
      empty={<EmptyState title="No checks: it was refused before them" />}
    />
  )
}

/** What a test sign-in said that did not fit. */
function testValuesOf({ testValues }: Pick<AttemptRow, 'testValues'>) {
  const { nameID, emails } = testValues ?? {}
  // Of an unknown person the tester's own page shows all of it, and this one a mask.
  if (emails?.length === 1) return []
  return [
    ...(nameID === undefined
      ? []
      : [{ name: 'NameID, shown for seven days', value: <Code>{nameID}</Code> }]),
    ...(emails === undefined
      ? []
      : [
          {
            name: 'E-mails, shown for seven days',
            value: emails.map((email) => (
              <>
                <Code>{email}</Code>
                <br />
              </>
            )),
          },
        ]),
  ]
}
