// The SQL that finishes a login: one batch spends the code and opens the session.
import { and, eq, gt, isNull, ne, sql, type SQL } from 'drizzle-orm'
import { connections, connectionStanding } from '../../connections/tables.ts'
import { mayComeThrough } from '../../directory/moves/store.ts'
import { users } from '../../directory/tables.ts'
import { loginCodes } from '../tables.ts'
import { sessions } from '../../sessions/tables.ts'
import { batch, type Named, type Results } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import {
  isSessionOfAny,
  valuesOfBrowser,
  type BrowserValues,
  type SessionKey,
  type SessionValues,
} from '../../sessions/store/session.ts'
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
  const all = finishStatements({
    ...valuesOfBrowser(earlier),
    name,
    codeHash,
    now,
    sessionSid: session.sid,
    sessionHash: session.tokenHash,
    expiresAt: session.expiresAt,
  })
  const statements = {
    ...all,
    open: isBound ? all.open : undefined,
    success: isBound ? all.success : undefined,
    ended: earlier.length > 0 ? all.ended : undefined,
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

type FinishValues = BrowserValues &
  SessionValues & { name: string; codeHash: string; now: number; expiresAt: number }

const finishStatements = compile('finishStatements', (db, values: Placeholders<FinishValues>) => {
  const { name, codeHash, sessionSid, now } = values
  const isNamed = and(eq(loginCodes.name, name), eq(loginCodes.codeHash, codeHash))
  const isUnspent = and(isNamed, gt(loginCodes.expiresAt, now), isNull(loginCodes.spentBy))
  // True after it was spent here, and for nobody else.
  const isCode = and(isNamed, eq(loginCodes.spentBy, sessionSid))
  const isOpened = eq(sessions.sid, sessionSid)
  const openedAt = db.select({ sid: sessions.connectionSid }).from(sessions).where(isOpened)
  const revision = db.select({ revision: loginCodes.revision }).from(loginCodes).where(isCode)
  return {
    spend: db.update(loginCodes).set({ spentBy: sessionSid }).where(isUnspent),
    open: openSession(db, values, isCode),
    opened: db.select({ expiresAt: sessions.expiresAt }).from(sessions).where(isOpened),
    codes: db.select().from(loginCodes).where(isNamed),
    success: noteSuccess(db, now, sql`${revision}`, eq(connections.sid, sql`${openedAt}`)),
    ended: endOthers(db, values, isOpened),
  }
})

function openSession(db: Database, values: Placeholders<FinishValues>, isCode: SQL | undefined) {
  const { sessionSid, sessionHash, expiresAt, now } = values
  const saysUntil = sql`json_extract(${loginCodes.principal}, '$.sessionNotOnOrAfter')`
  const isUser = and(
    eq(users.sid, loginCodes.userSid),
    mayComeThrough(loginCodes.connectionSid),
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
      sid: sessionSid,
      tokenHash: sessionHash,
      userSid: loginCodes.userSid,
      connectionSid: loginCodes.connectionSid,
      attemptSid: loginCodes.attemptSid,
      principal: loginCodes.principal,
      certificate: loginCodes.certificate,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: sql`min(${expiresAt}, coalesce(${saysUntil}, ${expiresAt}))`,
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
function endOthers(db: Database, values: Placeholders<FinishValues>, isOpened: SQL) {
  const userSid = db.select({ userSid: sessions.userSid }).from(sessions).where(isOpened)
  return db
    .update(sessions)
    .set({ endedAt: values.now, endedBecause: 'logout' })
    .where(
      and(isSessionOfAny(values), isNull(sessions.endedAt), ne(sessions.userSid, sql`${userSid}`)),
    )
    .returning({ sid: sessions.sid })
}
