// The SQL of SCIM: tokens, and users as the IdP of one connection may see and change them. Each
// change is one batch with its event.
import { and, asc, eq, getTableColumns, gt, isNull, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { connectionStanding } from '../connections/tables.ts'
import { selectBlocker } from '../directory/store/switch-on.ts'
import type { Blocker } from '../directory/switch-on.ts'
import { users } from '../directory/tables.ts'
import { scimTokens, scimUsers } from './tables.ts'
import { difference, recordCreation, recordEvent, type AuditEvent } from '../events/store.ts'
import { LIMITS } from '../limits.ts'
import { guardedBatch, note } from '../platform/db/batch.ts'
import type { Database } from '../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../platform/db/page.ts'
import { rowsOf } from '../platform/db/sql.ts'
import { withinLimit } from '../platform/db/within-limit.ts'
import type { User } from '../directory/store/users.ts'
import type { OperationContext } from '../events/operation-context.ts'
import type { Key } from './filter.ts'

// Tokens.

const { secretHash: tokenHash, ...tokenColumns } = getTableColumns(scimTokens)

/** A token without the hash of its secret. */
export type ScimToken = Omit<typeof scimTokens.$inferSelect, 'secretHash'>

/** Times of use are stored to the hour, so that most requests write nothing. */
const USE_MILLISECONDS = 3600 * 1000

/** False, and nothing done, where there are as many tokens as there may be. */
export async function insertScimToken(
  context: OperationContext,
  row: typeof scimTokens.$inferInsert,
): Promise<boolean> {
  const { db, now } = context
  const { sid, tenantSid, connectionSid, name, expiresAt } = row
  const isValid = and(
    eq(scimTokens.connectionSid, connectionSid),
    isNull(scimTokens.revokedAt),
    gt(scimTokens.expiresAt, now),
  )
  const counted = { table: scimTokens, where: isValid }
  const createdAt = withinLimit(LIMITS.scimTokens.most, row.createdAt, counted)
  const inserted = await guardedBatch(db, {
    row: db.insert(scimTokens).values({ ...row, createdAt }),
    creation: recordCreation(
      context,
      {
        tenantSid,
        action: 'scim_token.create',
        subjectSid: connectionSid,
        after: { scimToken: sid, name, expiresAt },
      },
      sid,
    ),
  })
  return inserted !== undefined
}

export async function findScimToken(db: Database, sid: string): Promise<ScimToken | undefined> {
  const [row] = await db.select(tokenColumns).from(scimTokens).where(eq(scimTokens.sid, sid))
  return row
}

/** One row more than the page holds. */
export function findScimTokens(
  db: Database,
  connectionSid: string,
  page: PageRequest,
): Promise<ScimToken[]> {
  return db
    .select(tokenColumns)
    .from(scimTokens)
    .where(and(eq(scimTokens.connectionSid, connectionSid), newestFirst.after(scimTokens, page)))
    .orderBy(...newestFirst.order(scimTokens))
    .limit(page.limit + 1)
}

export async function revokeScimToken(context: OperationContext, token: ScimToken): Promise<void> {
  const { db, actor, now } = context
  await db.batch([
    db.update(scimTokens).set({ revokedAt: now }).where(eq(scimTokens.sid, token.sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid: token.tenantSid,
      action: 'scim_token.revoke',
      subjectSid: token.connectionSid,
      after: { scimToken: token.sid, name: token.name },
    }),
  ])
}

/**
 * The token of a secret, if it works now at that connection, and notes its use. The tokens of a
 * suspended tenant do not work; the caller learns whether the connection is suspended.
 */
export async function useScimToken(
  db: Database,
  secretHash: string,
  connectionSid: string,
  now: number,
): Promise<{ token: ScimToken; isSuspended: boolean } | undefined> {
  const [row] = await db
    .select({ token: tokenColumns, isSuspended: connectionStanding.isSuspended })
    .from(scimTokens)
    .innerJoin(connectionStanding, eq(connectionStanding.connectionSid, scimTokens.connectionSid))
    .where(
      and(
        eq(tokenHash, secretHash),
        eq(scimTokens.connectionSid, connectionSid),
        isNull(scimTokens.revokedAt),
        gt(scimTokens.expiresAt, now),
        sql`${connectionStanding.closedBecause} IS NOT 'tenant_suspended'`,
      ),
    )
  if (!row) return undefined
  const { token } = row
  if ((token.lastUsedAt ?? 0) <= now - USE_MILLISECONDS)
    await note(db.update(scimTokens).set({ lastUsedAt: now }).where(eq(scimTokens.sid, token.sid)))
  return row
}

// Users.

export type Link = typeof scimUsers.$inferSelect

/** A user with the attributes that this IdP sent. Null: it sent none, or has deleted the user. */
export type ScimPerson = { user: User; link: Link | null }

/** The tenant and the connection of the users. */
export type ScimScope = { tenantSid: string; connectionSid: string }

/** The operation’s context, with the connection of the caller’s token. */
export type ScimContext = Pick<OperationContext, 'db' | 'actor' | 'now' | 'afterResponse'> & {
  scope: ScimScope
}

/**
 * The blockers of a new link. Provisioning itself says that the IdP knows the user, and a link lets
 * nobody in whom support has suspended.
 */
const LINK_BLOCKERS = ['other_tenant', 'other_connection'] as const satisfies readonly Blocker[]

type LinkBlocker = (typeof LINK_BLOCKERS)[number]

/** A user of any tenant that a key names. */
export type Candidate = ScimPerson & {
  isVisible: boolean
  /** True where no other connection has the user: creating links them. */
  isFree: boolean
  /** True where SCIM suspended the user. */
  isSuspendedBySCIM: boolean
  /** The external id of a user whom this IdP has deleted. */
  deletedExternalID: string | null
  /** What keeps a user without a link from getting one. */
  blocker: LinkBlocker | null
}

const linkOf = ({ connectionSid }: ScimScope) =>
  and(eq(scimUsers.userSid, users.sid), eq(scimUsers.connectionSid, connectionSid))

/** Users of the tenant who are neither bound to another connection nor linked by its IdP. */
function isFree({ tenantSid, connectionSid }: ScimScope): SQL {
  const other = alias(scimUsers, 'other_link')
  const isClaimed = sql`EXISTS (SELECT 1 FROM ${scimUsers} AS ${other}
    WHERE ${other.userSid} = ${users.sid} AND ${other.connectionSid} <> ${connectionSid}
      AND ${other.userName} <> '')`
  return sql`(+${users.tenantSid} = ${tenantSid} AND (+${users.connectionSid} = ${connectionSid}
    OR (${users.connectionSid} IS NULL AND NOT ${isClaimed})))`
}

/** Users whom the IdP knows, and all others who are not suspended. */
const IS_KNOWN = sql`CASE WHEN ${scimUsers.userSid} IS NULL THEN ${users.suspendedAt} IS NULL
  ELSE ${scimUsers.userName} <> '' END`

/** Only the externalId can match more than one user. */
const MOST = 100

/** Users who have one of the keys, visible to the IdP or not. */
export async function findCandidates(
  { db, scope }: ScimContext,
  keys: readonly Key[],
): Promise<Candidate[]> {
  const byAnyLink = alias(scimUsers, 'any_link')
  const isSuspendedBySCIM = sql<number>`EXISTS (SELECT 1 FROM ${scimUsers} AS ${byAnyLink}
    WHERE ${byAnyLink.userSid} = ${users.sid} AND ${byAnyLink.suspendedAt} = ${users.suspendedAt})`
  const rows = await db
    .select({
      user: users,
      link: scimUsers,
      isVisible: sql<number>`${isFree(scope)} AND ${IS_KNOWN}`,
      isFree: sql<number>`${isFree(scope)}`,
      isSuspendedBySCIM,
      blocker: selectBlocker(scope, LINK_BLOCKERS),
    })
    .from(users)
    .leftJoin(scimUsers, linkOf(scope))
    .where(sql`${users.sid} IN (${sidsOf(scope, keys)})`)
    .orderBy(asc(users.createdAt), asc(users.sid))
  return rows.map(({ user, link, ...flags }) => ({
    user,
    link: link?.userName === '' ? null : link,
    deletedExternalID: link?.userName === '' ? link.externalID : null,
    isVisible: flags.isVisible === 1,
    isFree: flags.isFree === 1,
    isSuspendedBySCIM: flags.isSuspendedBySCIM === 1,
    blocker: flags.blocker,
  }))
}

/** The SIDs of users that have one of the keys. Cross joins keep the order: from keys to rows. */
function sidsOf({ connectionSid }: ScimScope, keys: readonly Key[]): SQL {
  const named = (by: Key['by'][], isExact = false) => {
    const values = keys.filter((key) => by.includes(key.by)).map(({ value }) => value)
    return rowsOf(isExact ? values : values.map((value) => value.toLowerCase()))
  }
  const ids = named(['id'], true)
  const emails = named(['userName', 'email'])
  const names = named(['userName'])
  const externalIDs = named(['externalId'], true)
  const linked = sql`CROSS JOIN ${scimUsers} ON ${scimUsers.connectionSid} = ${connectionSid}`
  return sql`SELECT ${ids.value} FROM ${ids.from}
    UNION SELECT ${users.sid} FROM ${emails.from}
      CROSS JOIN ${users} ON ${users.emailKey} = ${emails.value}
    UNION SELECT ${scimUsers.userSid} FROM ${names.from}
      ${linked} AND ${scimUsers.userNameKey} = ${names.value}
    UNION SELECT found.userSid FROM (SELECT ${scimUsers.userSid} AS userSid FROM ${externalIDs.from}
      ${linked} AND ${scimUsers.externalID} = ${externalIDs.value} LIMIT ${MOST}) AS found`
}

/** The most users that a list reads. Beyond it, the caller must use a filter. */
export const MOST_LISTED = 10_000

/**
 * The users that the IdP may see, in a stable order, and their count. A count of one more than the
 * limit means that there are more.
 */
export async function findPeople(
  { db, scope }: ScimContext,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ people: ScimPerson[]; total: number }> {
  const seen = and(eq(users.tenantSid, scope.tenantSid), isFree(scope), IS_KNOWN)
  const [people, counted] = await Promise.all([
    db
      .select({ user: users, link: scimUsers })
      .from(users)
      .leftJoin(scimUsers, linkOf(scope))
      .where(seen)
      .orderBy(asc(users.createdAt), asc(users.sid))
      .limit(limit)
      .offset(offset),
    db.$count(
      db
        .select({ sid: users.sid })
        .from(users)
        .leftJoin(scimUsers, linkOf(scope))
        .where(seen)
        .limit(MOST_LISTED + 1),
    ),
  ])
  return { people, total: counted }
}

export type SavingAction = 'user.create' | 'user.provision' | 'user.edit' | 'user.deprovision'

/**
 * Creates or changes a user and their link. Writes only differences, so that two concurrent changes
 * do not undo each other. Throws the UNIQUE violation where the login e-mail or the userName is
 * taken.
 */
export async function savePerson(
  { db, actor, now, scope }: ScimContext,
  before: ScimPerson,
  { user, link }: { user: User; link: Link },
  event: Pick<AuditEvent, 'before' | 'after'> & { action: SavingAction },
): Promise<void> {
  const { sid, tenantSid } = user
  await db.batch([
    event.action === 'user.create'
      ? db.insert(users).values(user)
      : db
          .update(users)
          .set(difference(before.user, user).after)
          .where(and(eq(users.sid, sid), isFree(scope))),
    db
      .insert(scimUsers)
      .values(link)
      .onConflictDoUpdate({
        target: [scimUsers.connectionSid, scimUsers.userSid],
        set: before.link ? difference(before.link, link).after : link,
      }),
    recordEvent(db, { actor, now, tenantSid, subjectSid: sid, ...event }),
  ])
}
