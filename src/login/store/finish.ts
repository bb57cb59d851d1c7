// The SQL that finishes a login: one batch spends the code and opens the session.
import { and, eq, gt, inArray, isNull, ne, notInArray, sql, type SQL } from 'drizzle-orm'
import { connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { attempts, loginCodes, spent } from '../tables.ts'
import { sessions } from '../../sessions/tables.ts'
import { batch } from '../../platform/db/batch.ts'
import { isUniqueViolation, type Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { isSessionOfAny, type SessionKey } from '../../sessions/store.ts'
import { noteUse } from './spend-response.ts'
import { countMismatch } from './daily-logins.ts'

export type Finished =
  | {
      ok: true
      returnTo: string
      expiresAt: number
      /** True if this ended sessions of another user in the same browser. */
      hasEndedOthers: boolean
    }
  | {
      ok: false
      code: 'login_code_unknown' | 'login_code_spent' | 'browser_mismatch' | 'user_not_enabled'
      attempt?: { sid: string; connectionSid: string }
    }

export type Finish = {
  codeHash: string
  browserHashes: readonly string[]
  /** The browser’s earlier sessions. Those of another user end. */
  earlier: readonly SessionKey[]
  session: { sid: string; tokenHash: string; expiresAt: number }
  now: number
}

/**
 * Spends a login code. Opens the session if browser, user, connection and tenant allow it. A code
 * from the wrong browser is spent all the same, because another person has read it.
 */
export async function finishLogin(db: Database, finish: Finish): Promise<Finished> {
  const { codeHash, browserHashes, earlier, session, now } = finish
  const isCode = and(eq(loginCodes.codeHash, codeHash), gt(loginCodes.expiresAt, now))
  const mismatched = db
    .select({ sid: loginCodes.attemptSid })
    .from(loginCodes)
    .where(and(isCode, notInArray(loginCodes.browserHash, [...browserHashes])))
  const isOpened = eq(sessions.sid, session.sid)
  const openedBy = db.select({ sid: sessions.attemptSid }).from(sessions).where(isOpened)
  try {
    const { opened, codes, ended } = await batch(db, {
      spend: insertFromSelect(
        db,
        spent,
        {
          connectionSid: loginCodes.connectionSid,
          kind: 'loginCode',
          id: loginCodes.codeHash,
          expiresAt: loginCodes.expiresAt,
        },
        (select) => select.from(loginCodes).where(isCode),
      ),
      open: openSession(db, finish, isCode),
      mismatch: db
        .update(attempts)
        .set({ code: 'browser_mismatch' })
        .where(sql`${attempts.sid} = ${mismatched}`),
      opened: db.select({ expiresAt: sessions.expiresAt }).from(sessions).where(isOpened),
      codes: db.select().from(loginCodes).where(isCode),
      use: noteUse(db, now, sql`${attempts.sid} = ${openedBy}`),
      count: countMismatch(db, sql`${mismatched}`),
      ended: earlier.length > 0 ? endOthers(db, earlier, isOpened, now) : undefined,
    })
    const [[opening], [row]] = [opened, codes]
    if (!row) return { ok: false, code: 'login_code_unknown' }
    if (opening) {
      const { expiresAt } = opening
      return { ok: true, returnTo: row.returnTo, expiresAt, hasEndedOthers: !!ended?.length }
    }
    const code = browserHashes.includes(row.browserHash) ? 'user_not_enabled' : 'browser_mismatch'
    return { ok: false, code, attempt: { sid: row.attemptSid, connectionSid: row.connectionSid } }
  } catch (error) {
    if (isUniqueViolation(error)) return { ok: false, code: 'login_code_spent' }
    throw error
  }
}

function openSession(
  db: Database,
  { browserHashes, session, now }: Finish,
  isCode: SQL | undefined,
) {
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
        .where(and(isCode, inArray(loginCodes.browserHash, [...browserHashes]))),
  )
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
