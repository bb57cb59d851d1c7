// The SQL of users as the IdP of one connection may see and change them. Each change is one batch
// with its event.
import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { admitNewcomers } from '../../directory/newcomers/store.ts'
import { selectBlocker } from '../../directory/store/switch-on.ts'
import type { Blocker } from '../../directory/switch-on.ts'
import { users } from '../../directory/tables.ts'
import { dropOwner, keepOwners } from './owners.ts'
import { scimUsers } from '../tables.ts'
import { difference, recordEvent, type AuditEvent } from '../../events/store.ts'
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
  const isSuspended = before.user.suspendedAt === null && user.suspendedAt !== null
  const deactivation = { tenantSid, connectionSid: scope.connectionSid, userSid: sid }
  const ofOwners =
    event.action === 'user.deprovision'
      ? [dropOwner({ db }, sid)]
      : isSuspended
        ? keepOwners({ db, actor, now }, deactivation)
        : []
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
    ...(event.action === 'user.create'
      ? admitNewcomers({ db, actor, now }, [sid], scope.connectionSid)
      : []),
    ...ofOwners,
  ])
}
