// The attempts in the validation room, newest first: the outcome of each, and every check on
// opening it.
import type { RoomAttempt, RoomCheck } from '../../../rollout/validation/room-operations.ts'
import {
  Code,
  EmptyState,
  Fingerprint,
  Icon,
  KeyValues,
  marked,
  Reference,
} from '../../kit/blocks.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'
import { nameOfCheck, outcomeOf, resultOf } from '../../kit/words.ts'
import { AttemptStatus, Moment, offsetInWords } from './attempt-values.tsx'

export function AttemptList(props: { at: ConnectionContext; attempts: readonly RoomAttempt[] }) {
  const { at, attempts } = props
  return (
    <ol class="attempts" id="attempt-list" data-list={true}>
      {attempts.length === 0 && (
        <li id="no-attempt" data-part={true} class="none-yet">
          <EmptyState title="No attempts yet">
            Attempts appear here automatically, on both sides. Each shows every check: what was
            expected, what was received and how to fix it.
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
  const who = user?.email ?? user?.sid ?? attempt.receivedEmail ?? 'unknown person'
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
            {idpInitiated && <span>IdP-initiated</span>}
            {!isCurrent && <span>Earlier configuration</span>}
          </span>
          {remedy && <span class="remedy">{attempt.status?.remedy ?? remedy}</span>}
        </summary>
        <div class="opened">
          <Failure attempt={attempt} />
          <Facts at={at} attempt={attempt} />
          {attempt.hasDetail ? <EveryCheck checks={attempt.checks} /> : <NotKept />}
          <Message attempt={attempt} />
          <p class="ways">
            <a href={`${at.base}/attempts/${sid}`}>
              {attempt.receivedEmail ? 'See whose e-mail this may be' : 'Open attempt page'}
            </a>
            {at.may.configure && attempt.hasDetail && (
              <a href={`${at.base}/what-if?attempt=${sid}`}>Try other settings</a>
            )}
          </p>
        </div>
      </details>
    </li>
  )
}

/** The check that failed, with the difference marked. */
function Failure({ attempt: { code, checks, status } }: { attempt: RoomAttempt }) {
  if (code === null) return null
  const failed = checks.find(({ ok }) => !ok)
  if (!failed)
    return (
      <p class="hint">
        {checks.length > 0
          ? 'The message passed every check. It was refused for the reason above.'
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
          <b>How to fix it:</b> {failed.remedy}
        </p>
      )}
      {status && failed.code === 'status' && (
        <p class="hint">
          Source:{' '}
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
        { name: 'Reference', value: <Reference sid={sid} /> },
        ...(code === null ? [] : [{ name: 'Code', value: <Code>{code}</Code> }]),
        {
          name: 'Certificate used',
          value: certificate && (
            <>
              {certificate.subject === null ? (
                'a certificate that is no longer trusted'
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
  const warnings = checks.filter(({ isWarning }) => isWarning).length
  return (
    <details>
      <summary>
        All checks: {checks.length - failed} passed
        {failed > 0 && `, ${failed} failed`}
        {warnings > 0 && `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`}
      </summary>
      <CheckList checks={checks} />
    </details>
  )
}

function CheckList({ checks }: { checks: readonly RoomCheck[] }) {
  return (
    <ol class="check-list">
      {checks.map((check) => (
        <CheckItem check={check} />
      ))}
    </ol>
  )
}

function CheckItem({ check }: { check: RoomCheck }) {
  const { code, ok, clause, expected, received, remedy } = check
  const { tone, word } = resultOf(check)
  return (
    <li class={tone}>
      <Icon shape={tone} />
      <div>
        <span class="visually-hidden">{word}: </span>
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
            <b>How to fix it:</b> {remedy}
          </p>
        )}
      </div>
    </li>
  )
}

function NotKept() {
  return <p>The checks of this login are no longer stored.</p>
}

function Message({ attempt: { sid, message } }: { attempt: RoomAttempt }) {
  if (!message) return null
  return (
    <details>
      <summary>Message without personal data and secrets</summary>
      <label for={`${sid}-message`} class="visually-hidden">
        Message{' '}
      </label>
      <textarea id={`${sid}-message`} class="code" readonly={true} rows={14} spellcheck={false}>
        {message}
      </textarea>
    </details>
  )
}
