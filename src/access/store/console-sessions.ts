// The SQL of the console: sign-in links and sessions.
import { and, eq, getTableColumns, gt, inArray, isNull, sql } from 'drizzle-orm'
import { PROVEN_STATES } from '../../connections/standing.ts'
import { connections } from '../../connections/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { OPERATORS_TENANT } from '../../operators-tenant.ts'
import { consoleSessions, operators, signInLinks } from '../tables.ts'
import { recordEvent } from '../../events/store.ts'
import { guardedBatch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { actorOfOperator } from '../operator-actor.ts'
import type { Operator } from './operators.ts'

/** The sign-in page offers so many. */
const MOST_OWN_IDPS = 5

export async function insertSignInLink(
  context: OperationContext,
  row: typeof signInLinks.$inferInsert,
): Promise<void> {
  const { db, actor, now } = context
  await db.batch([
    db.insert(signInLinks).values(row),
    recordEvent(db, {
      actor,
      now,
      tenantSid: null,
      type: 'sign_in_link.created',
      subjectSid: row.operatorSid,
      after: { expiresAt: row.expiresAt },
    }),
  ])
}

const account = getTableColumns(operators)
const isActive = isNull(operators.removedAt)

/** The operator of a link, if the link still works. */
export async function findSignInLink(
  db: Database,
  secretHash: string,
  now: number,
): Promise<{ operator: Operator; byMail: boolean } | undefined> {
  const [row] = await db
    .select({ operator: account, byMail: signInLinks.byMail })
    .from(signInLinks)
    .innerJoin(operators, eq(operators.sid, signInLinks.operatorSid))
    .where(
      and(
        eq(signInLinks.secretHash, secretHash),
        // The code of a login is no link: it needs the browser that began the login.
        isNull(signInLinks.connectionSid),
        isNull(signInLinks.spentAt),
        gt(signInLinks.expiresAt, now),
        isActive,
        eq(operators.signsInBy, 'any'),
      ),
    )
  return row
}

export type SignInWay = 'link' | 'access' | 'own_idp'

/** What every sign-in notes of the account. */
function noteSignIn(
  db: Database,
  operator: Operator,
  {
    way,
    provesEmail,
    now,
    idpBinding,
  }: {
    way: SignInWay
    provesEmail: boolean
    now: number
    /** Null: the next login through the IdP binds anew. Undefined: it stays. */
    idpBinding?: string | null
  },
) {
  const proved = provesEmail && operator.emailVerifiedAt === null
  return {
    account: db
      .update(operators)
      .set({
        lastSignedInAt: now,
        ...(proved && { emailVerifiedAt: now }),
        ...(idpBinding !== undefined && { idpBinding }),
      })
      .where(eq(operators.sid, operator.sid)),
    event: recordEvent(db, {
      actor: actorOfOperator(operator),
      now,
      tenantSid: null,
      type: 'operator.signed_in',
      subjectSid: operator.sid,
      after: { way },
    }),
  }
}

type NewSession = { secretHash: string; createdAt: number; expiresAt: number }

/** NULL, which rolls the batch back, where the account is no longer as it was read. */
function sessionOf(db: Database, { sid, role }: Operator, session: NewSession) {
  const isIt = and(eq(operators.sid, sid), eq(operators.role, role), isActive)
  const operatorSid = sql<string>`(SELECT ${operators.sid} FROM ${operators} WHERE ${isIt})`
  return db.insert(consoleSessions).values({ ...session, operatorSid, role })
}

/** Spends a link and opens a session, both or neither. False if the link was spent before. */
export async function spendSignInLink(
  db: Database,
  linkHash: string,
  { operator, byMail }: { operator: Operator; byMail: boolean },
  session: NewSession,
): Promise<boolean> {
  const now = session.createdAt
  const { spentAt, expiresAt } = signInLinks
  // If the link no longer works, this is NULL: the NOT NULL column then rolls the batch back.
  const good = sql<number>`CASE WHEN ${spentAt} IS NULL AND ${expiresAt} > ${now}
    THEN ${expiresAt} END`
  const spent = await guardedBatch(db, {
    link: db
      .update(signInLinks)
      .set({ spentAt: now, expiresAt: good })
      .where(eq(signInLinks.secretHash, linkHash)),
    session: sessionOf(db, operator, session),
    ...noteSignIn(db, operator, { way: 'link', provesEmail: byMail, now, idpBinding: null }),
  })
  return spent !== undefined
}

export type IdpSignIn = { operator: Operator; idpBinding: string | null }

/** The operator of a code that a login through the vendor's own IdP has made, if it still works. */
export async function findIdpSignIn(
  db: Database,
  codeHash: string,
  now: number,
): Promise<IdpSignIn | undefined> {
  const [row] = await db
    .select({ operator: account, idpBinding: signInLinks.idpBinding })
    .from(signInLinks)
    .innerJoin(operators, eq(operators.sid, signInLinks.operatorSid))
    .where(and(eq(signInLinks.secretHash, codeHash), isGoodCode(now), isActive))
  return row
}

/** Unspent, in time, and its connection still as it was: the operators' own, proven and open. */
function isGoodCode(now: number) {
  const isIt = and(
    eq(connections.sid, signInLinks.connectionSid),
    eq(connections.revision, signInLinks.revision),
    eq(connections.tenantSid, OPERATORS_TENANT),
    inArray(connections.state, PROVEN_STATES),
    isNull(tenants.suspendedAt),
  )
  return and(
    isNull(signInLinks.spentAt),
    gt(signInLinks.expiresAt, now),
    sql`EXISTS (SELECT 1 FROM ${connections} JOIN ${tenants}
      ON ${tenants.sid} = ${connections.tenantSid} WHERE ${isIt})`,
  )
}

/** Spends such a code and opens a session, both or neither. False if it works no more. */
export async function spendIdpSignIn(
  db: Database,
  codeHash: string,
  { operator, idpBinding }: IdpSignIn,
  session: NewSession,
): Promise<boolean> {
  const now = session.createdAt
  const good = sql<number>`CASE WHEN ${isGoodCode(now)} THEN ${signInLinks.expiresAt} END`
  const isBinding = operator.idpBinding === null && idpBinding !== null
  const spent = await guardedBatch(db, {
    link: db
      .update(signInLinks)
      .set({ spentAt: now, expiresAt: good })
      .where(eq(signInLinks.secretHash, codeHash)),
    session: sessionOf(db, operator, session),
    ...noteSignIn(db, operator, {
      way: 'own_idp',
      provesEmail: true,
      now,
      ...(isBinding && { idpBinding }),
    }),
  })
  return spent !== undefined
}

/** Connections of the operators' own tenant that open the console now, oldest first. */
export function findOwnIdps(db: Database): Promise<{ sid: string; name: string }[]> {
  return db
    .select({ sid: connections.sid, name: connections.name })
    .from(connections)
    .innerJoin(tenants, eq(tenants.sid, connections.tenantSid))
    .where(
      and(
        eq(connections.tenantSid, OPERATORS_TENANT),
        inArray(connections.state, PROVEN_STATES),
        isNull(tenants.suspendedAt),
        isNull(tenants.erasedAt),
      ),
    )
    .orderBy(connections.createdAt)
    .limit(MOST_OWN_IDPS)
}

/** Notes a sign-in by Access, which has no session of ours. */
export async function noteAccessSignIn(
  db: Database,
  operator: Operator,
  now: number,
): Promise<void> {
  await guardedBatch(db, noteSignIn(db, operator, { way: 'access', provesEmail: true, now }))
}

export async function findConsoleSession(
  db: Database,
  secretHash: string,
  now: number,
): Promise<Operator | undefined> {
  const [row] = await db
    .select(account)
    .from(consoleSessions)
    .innerJoin(operators, eq(operators.sid, consoleSessions.operatorSid))
    .where(
      and(
        eq(consoleSessions.secretHash, secretHash),
        gt(consoleSessions.expiresAt, now),
        isActive,
        eq(consoleSessions.role, operators.role),
      ),
    )
  return row
}

export async function endConsoleSession(db: Database, secretHash: string): Promise<void> {
  await db.delete(consoleSessions).where(eq(consoleSessions.secretHash, secretHash))
}
