// The SQL of users as the IdP of one connection may see and change them. Each change is one batch
// with its event.
import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { admitNewcomers } from '../../directory/newcomers/store.ts'
import { isMovingTo } from '../../directory/moves/store.ts'
import { selectBlocker, withMoving } from '../../directory/store/switch-on.ts'
import type { Blocker } from '../../directory/switch-on.ts'
import { users } from '../../directory/tables.ts'
import { countDeactivation, dropOwner, keepOwners } from './owners.ts'
import { scimCounts, scimUsers } from '../tables.ts'
import { difference, recordEvent, type AuditEvent } from '../../events/store.ts'
import { LIMITS } from '../../limits.ts'
import { guardedBatch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { rowsOf } from '../../platform/db/sql.ts'
import type { User } from '../../directory/store/users.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { Key } from '../filter.ts'

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
  /** True where no other connection has the user, or they are moving: creating links them. */
  isFree: boolean
  /** True where the user signs in through another connection: the IdP changes its link alone. */
  isAnothers: boolean
  /** True where SCIM suspended the user. */
  isSuspendedBySCIM: boolean
  /** The external id of a user whom this IdP has deleted. */
  deletedExternalID: string | null
  /** What keeps a user without a link from getting one. */
  blocker: LinkBlocker | null
}

const linkOf = ({ connectionSid }: ScimScope) =>
  and(eq(scimUsers.userSid, users.sid), eq(scimUsers.connectionSid, connectionSid))

/**
 * Users of the tenant whom the IdP may know: those who are its own, and people who move to its
 * connection from another one.
 */
function isFree(scope: ScimScope): SQL {
  return sql`(${isOwn(scope)}
    OR (+${users.tenantSid} = ${scope.tenantSid} AND ${isMovingTo(scope.connectionSid)}))`
}

/**
 * Users of the tenant who are neither bound to another connection nor linked by its IdP: these the
 * IdP may change.
 */
function isOwn({ tenantSid, connectionSid }: ScimScope): SQL {
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
      isAnothers: sql<number>`coalesce(${users.connectionSid} <> ${scope.connectionSid}, 0)`,
      isSuspendedBySCIM,
      blocker: selectBlocker(withMoving(scope), LINK_BLOCKERS),
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
    isAnothers: flags.isAnothers === 1,
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

export type SavingAction =
  'user.created' | 'user.provisioned' | 'user.updated' | 'user.deprovisioned'

/**
 * Creates or changes a user and their link. Writes only differences, so that two concurrent changes
 * do not undo each other. False, and nothing done, where the IdPs of the tenant have created as
 * many users as they may. Throws the UNIQUE violation where the login e-mail or the userName is
 * taken.
 */
export async function savePerson(
  { db, actor, now, scope }: ScimContext,
  before: Candidate,
  { user, link }: { user: User; link: Link },
  event: Pick<AuditEvent, 'before' | 'after'> & { type: SavingAction },
): Promise<boolean> {
  const { sid, tenantSid } = user
  const ofUser = difference(before.user, user).after
  const isCreated = event.type === 'user.created'
  const isSuspended = before.user.suspendedAt === null && user.suspendedAt !== null
  const deactivation = { tenantSid, connectionSid: scope.connectionSid, userSid: sid }
  const storm = isSuspended || event.type === 'user.deprovisioned'
  const ofOwners =
    event.type === 'user.deprovisioned' && !before.isAnothers
      ? [dropOwner({ db }, sid)]
      : isSuspended
        ? keepOwners({ db, actor, now }, deactivation)
        : []
  const saved = await guardedBatch(db, {
    event: recordEvent(db, { actor, now, tenantSid, subjectSid: sid, ...event }),
    count: isCreated ? countCreation(db, tenantSid) : undefined,
    created: isCreated ? db.insert(users).values(user) : undefined,
    changed:
      !isCreated && Object.keys(ofUser).length > 0
        ? db
            .update(users)
            .set(ofUser)
            .where(and(eq(users.sid, sid), isOwn(scope)))
        : undefined,
    link: db
      .insert(scimUsers)
      .values(link)
      .onConflictDoUpdate({
        target: [scimUsers.connectionSid, scimUsers.userSid],
        set: before.link ? difference(before.link, link).after : link,
      }),
    newcomers:
      isCreated || (wasNeverActive(before) && user.suspendedAt === null)
        ? admitNewcomers({ db, actor, now }, [sid], scope.connectionSid)
        : [],
    ofOwners,
    storm: storm ? countDeactivation({ db, actor, now }, deactivation) : [],
  })
  return saved !== undefined
}

/** The IdP created the user inactive, who is a newcomer once it activates them. */
function wasNeverActive({ user, link }: Candidate): boolean {
  return (
    !user.hasPassword &&
    link !== null &&
    link.suspendedAt === link.createdAt &&
    user.suspendedAt === link.suspendedAt
  )
}

/** One more; NULL, which rolls the batch back, where there are as many as there may be. */
function countCreation(db: Database, tenantSid: string) {
  const { created } = scimCounts
  const next = (count: SQL | number) =>
    sql<number>`CASE WHEN ${count} < ${LIMITS.scimUsers.most} THEN ${count} + 1 END`
  return db
    .insert(scimCounts)
    .values({ tenantSid, created: next(0) })
    .onConflictDoUpdate({ target: scimCounts.tenantSid, set: { created: next(sql`${created}`) } })
}
