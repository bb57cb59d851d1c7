// The attempts of the room, newest first: what came of each in words, and every check for whoever opens it.
import type { RoomAttempt, RoomCheck } from '../../../rollout/validation/room-operations.ts'
import { Code, EmptyState, Fingerprint, Icon, KeyValues, marked } from '../../kit/blocks.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'
import { nameOfCheck, outcomeOf } from '../../kit/words.ts'
import { AttemptStatus, Moment, offsetInWords } from './show.tsx'

export function AttemptList(props: { at: ConnectionContext; attempts: readonly RoomAttempt[] }) {
  const { at, attempts } = props
  return (
    <ol class="attempts" id="attempt-list" data-list={true}>
      {attempts.length === 0 && (
        <li id="no-attempt" data-part={true} class="none-yet">
          <EmptyState title="Nobody has tried yet">
            Each attempt appears here by itself, on both sides, with every check: what was expected,
            what came, and how to mend it.
          </EmptyState>
        </li>
      )}
      {attempts.map((attempt) => (
        <Attempt at={at} attempt={attempt} />
      ))}
    </ol>
  )
}

function Attempt({ at, attempt }: { at: ConnectionContext; attempt: RoomAttempt }) {
  const { sid, code, user, createdAt, isTest, isCurrent, idpInitiated, remedy } = attempt
  const title = code === null ? null : (attempt.title ?? outcomeOf(code))
  const who = user?.email ?? (user ? user.sid : 'person not known')
  const outcome = title === null ? (isTest ? 'test passed' : 'signed in') : `refused: ${title}`
  return (
    <li id={sid} data-part={true} data-say={`New attempt, ${who}: ${outcome}.`}>
      <details>
        <summary>
          <span class="outcome">
            <AttemptStatus code={code} isTest={isTest} /> {title && <b>{title}</b>}
          </span>{' '}
          <span class="facts">
            <span>{who}</span> <Moment at={createdAt} />
            {isTest && <span>Test sign-in</span>}
            {idpInitiated && <span>Begun at the IdP</span>}
            {!isCurrent && <span>Earlier configuration</span>}
          </span>
          {remedy && <span class="remedy">{attempt.status?.remedy ?? remedy}</span>}
        </summary>
        <div class="opened">
          <Failure attempt={attempt} />
          <Facts at={at} attempt={attempt} />
          <EveryCheck checks={attempt.checks} />
          <Message attempt={attempt} />
          <p class="ways">
            <a href={`${at.base}/attempts/${sid}`}>A page of its own</a>
            {at.may.configure && (
              <a href={`${at.base}/what-if?attempt=${sid}`}>What if the settings were others?</a>
            )}
          </p>
        </div>
      </details>
    </li>
  )
}

/** What stopped it: what differs is marked. */
function Failure({ attempt: { code, checks, status } }: { attempt: RoomAttempt }) {
  if (code === null) return null
  const failed = checks.find(({ ok }) => !ok)
  if (!failed)
    return (
      <p class="hint">
        {checks.length > 0
          ? 'The message passed every check. It was refused for what is said above.'
          : 'It was refused before the first check.'}
      </p>
    )
  return (
    <div class="failure">
      <h3>{nameOfCheck(failed.code)}</h3>
      <dl class="compared">
        <div class="good">
          <dt>Expected</dt>
          <dd class="code">{marked(failed.expected, failed.received)}</dd>
        </div>
        <div class="danger">
          <dt>Received</dt>
          <dd class="code">{marked(failed.received, failed.expected)}</dd>
        </div>
      </dl>
      {failed.remedy && (
        <p>
          <b>How to mend it:</b> {failed.remedy}
        </p>
      )}
      {status && failed.code === 'status' && (
        <p class="hint">
          Where that is written:{' '}
          {status.source.startsWith('https://') ? (
            <a href={status.source} rel="noreferrer">
              {status.source}
            </a>
          ) : (
            status.source
          )}
        </p>
      )}
    </div>
  )
}

function Facts({ at, attempt }: { at: ConnectionContext; attempt: RoomAttempt }) {
  const { sid, code, revision, certificate, clockOffset } = attempt
  return (
    <KeyValues
      rows={[
        { name: 'Reference', value: <Code>{sid}</Code> },
        ...(code === null ? [] : [{ name: 'Code', value: <Code>{code}</Code> }]),
        {
          name: 'Certificate used',
          value: certificate && (
            <>
              {certificate.subject === null ? (
                'a certificate that is not trusted any more'
              ) : (
                <a href={`${at.base}/certificates/${certificate.fingerprint}`}>
                  {certificate.subject}
                </a>
              )}
              <br />
              <Fingerprint hex={certificate.fingerprint} />
            </>
          ),
        },
        {
          name: 'IdP’s clock',
          value: clockOffset === null ? null : offsetInWords(clockOffset),
        },
        { name: 'Revision', value: revision === null ? null : String(revision) },
      ]}
    />
  )
}

function EveryCheck({ checks }: { checks: readonly RoomCheck[] }) {
  if (checks.length === 0) return null
  const failed = checks.filter(({ ok }) => !ok).length
  return (
    <details>
      <summary>
        Every check: {checks.length - failed} passed
        {failed > 0 && `, ${failed} failed`}
      </summary>
      <CheckList checks={checks} />
    </details>
  )
}

function CheckList({ checks }: { checks: readonly RoomCheck[] }) {
  return (
    <ol class="check-list">
      {checks.map(({ code, ok, clause, expected, received, remedy }) => (
        <li class={ok ? 'good' : 'danger'}>
          <Icon shape={ok ? 'good' : 'danger'} />
          <div>
            <span class="visually-hidden">{ok ? 'Passed: ' : 'Failed: '}</span>
            <b>{nameOfCheck(code)}</b> <small>{clause}</small>
            {ok && expected === received ? (
              <div class="code">{received}</div>
            ) : (
              <dl>
                <div>
                  <dt>Expected</dt>
                  <dd class="code">{expected}</dd>
                </div>
                <div>
                  <dt>Received</dt>
                  <dd class="code">{received}</dd>
                </div>
              </dl>
            )}
            {remedy && (
              <p>
                <b>How to mend it:</b> {remedy}
              </p>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}

function Message({ attempt: { sid, message } }: { attempt: RoomAttempt }) {
  if (!message) return null
  return (
    <details>
      <summary>The message, without what is personal or secret</summary>
      <label for={`${sid}-message`} class="visually-hidden">
        The message
      </label>
      <textarea id={`${sid}-message`} class="code" readonly={true} rows={14} spellcheck={false}>
        {message}
      </textarea>
    </details>
  )
}
