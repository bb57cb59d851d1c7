// The SQL that finishes a login: one batch spends the code and opens the session.
import { and, eq, gt, isNull, ne, sql, type SQL } from 'drizzle-orm'
import { connections, connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { loginCodes } from '../tables.ts'
import { sessions } from '../../sessions/tables.ts'
import { batch, type Named, type Results } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { isSessionOfAny, type SessionKey } from '../../sessions/store/session.ts'
import { noteSuccess } from './spend-response.ts'

export type Finished =
  | {
      ok: true
      expiresAt: number
      /** True if this ended sessions of another user in the same browser. */
      hasEndedOthers: boolean
      /** Of the statements of `also`, by their names. */
      also: Results<Named>
    }
  | {
      ok: false
      code: 'login_code_unknown' | 'login_code_spent' | 'browser_mismatch' | 'user_not_enabled'
      attempt?: { sid: string; connectionSid: string; userSid: string }
    }

export type Finish = {
  /** The name of the login, from its code. */
  name: string
  codeHash: string
  /** True: the browser brought the cookie of this very login. */
  isBound: boolean
  /** The browser’s earlier sessions. Those of another user end. */
  earlier: readonly SessionKey[]
  session: { sid: string; tokenHash: string; expiresAt: number }
  /** Statements that need the session: they see it, unless the login is refused. */
  also?: Named | undefined
  now: number
}

/**
 * Spends a login code. Opens the session if browser, user, connection and tenant allow it. A code
 * from the wrong browser is spent all the same, because another person has read it.
 */
export async function finishLogin(db: Database, finish: Finish): Promise<Finished> {
  const { name, codeHash, isBound, earlier, session, also, now } = finish
  const isNamed = and(eq(loginCodes.name, name), eq(loginCodes.codeHash, codeHash))
  const isUnspent = and(isNamed, gt(loginCodes.expiresAt, now), isNull(loginCodes.spentBy))
  // True after it was spent here, and for nobody else.
  const isCode = and(isNamed, eq(loginCodes.spentBy, session.sid))
  const isOpened = eq(sessions.sid, session.sid)
  const openedAt = db.select({ sid: sessions.connectionSid }).from(sessions).where(isOpened)
  const revision = db.select({ revision: loginCodes.revision }).from(loginCodes).where(isCode)
  const statements = {
    spend: db.update(loginCodes).set({ spentBy: session.sid }).where(isUnspent),
    open: isBound ? openSession(db, finish, isCode) : undefined,
    opened: db.select({ expiresAt: sessions.expiresAt }).from(sessions).where(isOpened),
    codes: db.select().from(loginCodes).where(isNamed),
    success: isBound
      ? noteSuccess(db, sql`${now}`, sql`${revision}`, eq(connections.sid, sql`${openedAt}`))
      : undefined,
    ended: earlier.length > 0 ? endOthers(db, earlier, isOpened, now) : undefined,
    ...also,
  }
  // The row says which session has spent the code, so a repetition changes nothing.
  const results = await batch(db, statements, { isRepeatable: true })
  const { opened, codes, ended, ...others } = results
  const [[opening], [row]] = [opened, codes]
  if (!row) return { ok: false, code: 'login_code_unknown' }
  const { attemptSid, connectionSid, userSid } = row
  const attempt = { sid: attemptSid, connectionSid, userSid }
  if (row.spentBy === null) return { ok: false, code: 'login_code_unknown', attempt }
  if (row.spentBy !== session.sid) return { ok: false, code: 'login_code_spent', attempt }
  if (!opening)
    return { ok: false, code: isBound ? 'user_not_enabled' : 'browser_mismatch', attempt }
  const { expiresAt } = opening
  return { ok: true, expiresAt, hasEndedOthers: !!ended?.length, also: others }
}

function openSession(db: Database, { session, now }: Finish, isCode: SQL | undefined) {
  const saysUntil = sql`json_extract(${loginCodes.principal}, '$.sessionNotOnOrAfter')`
  const isUser = and(
    eq(users.sid, loginCodes.userSid),
    eq(users.connectionSid, loginCodes.connectionSid),
    isNull(users.suspendedAt),
  )
  const isUsable = and(
    eq(connectionStanding.connectionSid, loginCodes.connectionSid),
    isNull(connectionStanding.closedBecause),
  )
  return insertFromSelect(
    db,
    sessions,
    {
      sid: session.sid,
      tokenHash: session.tokenHash,
      userSid: loginCodes.userSid,
      connectionSid: loginCodes.connectionSid,
      attemptSid: loginCodes.attemptSid,
      principal: loginCodes.principal,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: sql`min(${session.expiresAt}, coalesce(${saysUntil}, ${session.expiresAt}))`,
    },
    (select) =>
      select
        .from(loginCodes)
        .innerJoin(users, isUser)
        .innerJoin(connectionStanding, isUsable)
        .where(isCode),
  ).onConflictDoNothing()
}

/** Ends the browser's earlier sessions that belong to another user. */
function endOthers(db: Database, earlier: readonly SessionKey[], isOpened: SQL, now: number) {
  const userSid = db.select({ userSid: sessions.userSid }).from(sessions).where(isOpened)
  return db
    .update(sessions)
    .set({ endedAt: now, endedBecause: 'logout' })
    .where(
      and(isSessionOfAny(earlier), isNull(sessions.endedAt), ne(sessions.userSid, sql`${userSid}`)),
    )
    .returning({ sid: sessions.sid })
}
