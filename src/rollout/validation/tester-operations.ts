// Testers: the few who try a connection before anybody else. SSO is switched on for them alone.
import { getConnection, getConnectionTo } from '../../connections/operations.ts'
import { closedBecause, type Connection } from '../../connections/connection.ts'
import { isOpenState, OPEN_STATES } from '../../connections/standing.ts'
import { emailKey } from '../../directory/email-key.ts'
import type { User } from '../../directory/store/users.ts'
import type { Blocker } from '../../directory/switch-on.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { findLastAttempts, type LastAttempt } from '../../login/history/store/attempts.ts'
import { askHistory } from '../../platform/db/history.ts'
import { LIMITS, limitReached } from '../../limits.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import {
  deleteTester,
  findNominees,
  findTesters,
  insertTesters,
  type Nominee,
  type TesterRow,
} from './store/testers.ts'

/** Login e-mails that one nomination may name. */
export const MAXIMUM_NOMINEES = 50
const TRIES = 3

export type Tester = {
  user: {
    sid: string
    email: string
    firstName: string | null
    lastName: string | null
    signInMethod: User['signInMethod']
    suspendedAt: number | null
  }
  /** False where somebody has switched SSO through this connection off for them since. */
  isEnabled: boolean
  nominatedBy: string
  nominatedAt: number
  /** When they first got in through the IdP that is configured now; null: not yet. */
  provedAt: number | null
  /** The last attempt known to be theirs: an attempt without a valid signature is nobody's. */
  lastAttempt: {
    sid: string
    /** Null: accepted. */
    code: string | null
    isTest: boolean
    createdAt: number
    /** Of the connection's revision; another one than the present one says little. */
    revision: number | null
  } | null
}

export type RefusedNominee = {
  email: string
  /**
   * `unknown`: no user of the tenant, or no plain address. `duplicate`: named twice, or a tester
   * already.
   */
  code: 'unknown' | Blocker | 'duplicate'
}

/**
 * Nominates by login e-mail. Reports the people who cannot be testers; the others become testers.
 * Refuses `not_there`, `forbidden`, `input`, `limit_reached`, `lifecycle` before testing,
 * `plan_required`, `connection_suspended` (of a tenant), and `revision_changed` where the
 * connection kept changing.
 */
export async function nominateTesters(
  context: OperationContext,
  connectionSid: string,
  emails: readonly string[],
): Promise<Result<{ testers: Tester[]; refused: RefusedNominee[] }, Problem>> {
  if (emails.length === 0 || emails.length > MAXIMUM_NOMINEES)
    return problem('input', `1 to ${MAXIMUM_NOMINEES} e-mails`, `${emails.length}`, 'emails')
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await getConnectionTo('test', context, connectionSid)
    if (!found.ok) return found
    const connection = found.value
    if (!isOpenState(connection.state))
      return problem('lifecycle', OPEN_STATES.join(', '), connection.state)
    const closed = closedBecause(connection)
    if (closed) return problem(closed, 'a connection people can log in through', connection.state)

    const { nominees, refused } = await sort(context, connection, emails)
    const testers = await findTesters(context.db, connectionSid)
    if (testers.length + nominees.length > LIMITS.testers.most)
      return limitReached('testers', 'emails')
    if (nominees.length === 0 || (await insertTesters(context, connection, nominees))) {
      const after = await findTesters(context.db, connectionSid)
      return ok({ testers: await toTesters(context, connectionSid, after), refused })
    }
  }
  return problem('revision_changed', 'a connection and users that stay as they are', 'others')
}

/** Newest first. Refuses `not_there`. */
export async function listTesters(
  context: OperationContext,
  connectionSid: string,
): Promise<Result<Tester[], Problem>> {
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  const rows = await findTesters(context.db, connectionSid)
  return ok(await toTesters(context, connectionSid, rows))
}

/**
 * Takes a nomination back. Who signed in by password before does so again, unless a rollout or an
 * operator has switched SSO on for them since. Refuses `not_there` and `forbidden`.
 */
export async function withdrawTester(
  context: OperationContext,
  connectionSid: string,
  userSid: string,
): Promise<Result<null, Problem>> {
  const found = await getConnectionTo('test', context, connectionSid)
  if (!found.ok) return found
  return (await deleteTester(context, found.value, userSid))
    ? ok(null)
    : problem('not_there', 'a tester of this connection', userSid)
}

/**
 * Who of those named can be a tester, and why the others cannot. A user of another tenant looks
 * like none.
 */
async function sort(
  context: OperationContext,
  connection: Connection,
  emails: readonly string[],
): Promise<{ nominees: User[]; refused: RefusedNominee[] }> {
  const keys = emails.map((email) => emailKey(email.trim()))
  const known = await findNominees(
    context.db,
    connection,
    keys.filter((key) => key !== undefined),
  )
  const nominees: User[] = []
  const refused: RefusedNominee[] = []
  for (const [index, email] of emails.entries()) {
    const key = keys[index]
    const one = key === undefined ? undefined : known.find(({ user }) => user.emailKey === key)
    const code = refusalOf(one)
    if (keys.indexOf(key) < index && key !== undefined) refused.push({ email, code: 'duplicate' })
    else if (code) refused.push({ email, code })
    else nominees.push(one!.user)
  }
  return { nominees, refused }
}

function refusalOf(nominee: Nominee | undefined): RefusedNominee['code'] | undefined {
  if (!nominee) return 'unknown'
  const { isOpen, nominatedAt, blocker } = nominee
  if (blocker !== null) return blocker
  // A tester who was put back to a password in the meantime can be nominated again.
  return nominatedAt !== null && isOpen ? 'duplicate' : undefined
}

/** Where HISTORY cannot be read, no last attempt is known. */
export async function toTesters(
  { history }: OperationContext,
  connectionSid: string,
  rows: readonly TesterRow[],
): Promise<Tester[]> {
  if (rows.length === 0) return []
  const sids = rows.map(({ userSid }) => userSid)
  const found = await askHistory(history, 'read_last_attempts', (db) =>
    findLastAttempts(db, connectionSid, sids),
  )
  const last = new Map(found.ok ? found.value.map((row) => [row.userSid, row]) : [])
  return rows.map((row) => toTester(row, last.get(row.userSid)))
}

function toTester(row: TesterRow, last: LastAttempt | undefined): Tester {
  const { userSid, email, firstName, lastName, signInMethod, suspendedAt } = row
  return {
    user: { sid: userSid, email, firstName, lastName, signInMethod, suspendedAt },
    isEnabled: row.isOpen === 1 && suspendedAt === null,
    nominatedBy: row.nominatedBy,
    nominatedAt: row.nominatedAt,
    provedAt: row.provedAt,
    lastAttempt: last
      ? {
          sid: last.sid,
          code: last.code,
          isTest: last.isTest,
          createdAt: last.createdAt,
          revision: last.revision,
        }
      : null,
  }
}
