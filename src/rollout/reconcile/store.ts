// The SQL of the IdP's own list and of aliases. Each change is one batch with its audit event.
import { and, eq, exists, gt, inArray, isNull, ne, notExists, sql, type SQL } from 'drizzle-orm'
import { selectBlocker, withMoving } from '../../directory/store/switch-on.ts'
import { BLOCKERS_OF_KNOWN } from '../../directory/switch-on.ts'
import { isSaved, savedUpload } from '../../directory/store/saved-list.ts'
import { users } from '../../directory/tables.ts'
import { rolloutMembers } from '../list/tables.ts'
import { aliases, idpUsers, WHOLE_LIST } from './tables.ts'
import { describeActor, may } from '../../events/actor.ts'
import { recordEvent } from '../../events/store.ts'
import { guardedBatch } from '../../platform/db/batch.ts'
import { LIMITS } from '../../limits.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { excluded, rowsOf } from '../../platform/db/sql.ts'
import { isPortion } from '../../platform/db/sweep.ts'
import { withinLimit } from '../../platform/db/within-limit.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { Rollout } from '../cohort/store.ts'
import type { ListDifference } from './difference/store.ts'
import type { Person } from './nearest-match.ts'
import { findListsOf, isOnList, refreshRows } from '../list/store/parts.ts'

export type Alias = typeof aliases.$inferSelect

type RolloutRef = { sid: string; tenantSid: string }

/**
 * Puts addresses on the list, as of this upload. False, and nothing done, where these would be more
 * than the connection may have.
 */
export async function insertIdpUsers(
  db: Database,
  connectionSid: string,
  upload: string,
  emailKeys: readonly string[],
): Promise<boolean> {
  const named = rowsOf(emailKeys)
  const there = and(eq(idpUsers.connectionSid, connectionSid), ne(idpUsers.emailKey, WHOLE_LIST))
  const known = and(there, eq(idpUsers.emailKey, sql`${named.value}`))
  // Once for all rows: a scalar subquery without references to the row.
  const within = withinLimit(LIMITS.idpUsers.most, upload, {
    table: idpUsers,
    where: there,
    adding: sql`(SELECT count(*) FROM ${named.from}
      WHERE NOT EXISTS (SELECT 1 FROM ${idpUsers} WHERE ${known}))`,
  })
  const columns = { connectionSid, emailKey: named.value, upload: sql`(SELECT ${within})` }
  const inserted = await guardedBatch(db, {
    rows: insertFromSelect(db, idpUsers, columns, (select) =>
      select.from(named.from).where(sql`true`),
    ).onConflictDoUpdate({
      target: [idpUsers.connectionSid, idpUsers.emailKey],
      set: {
        upload: excluded(idpUsers.upload),
        earlier: sql`CASE WHEN ${idpUsers.upload} = ${savedUpload(connectionSid)}
          THEN ${idpUsers.upload} ELSE ${idpUsers.earlier} END`,
      },
    }),
  })
  return inserted !== undefined
}

/**
 * Ends an upload: from now on its addresses alone count. Deletes a portion of the rows that are not
 * in it. Returns how many rows of earlier uploads are left.
 */
export async function finishUpload(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: RolloutRef,
  upload: string,
  difference: ListDifference,
): Promise<{ left: number; listed: number }> {
  const earlier = and(eq(idpUsers.connectionSid, sid), ne(idpUsers.upload, upload))
  const old = and(earlier, ne(idpUsers.emailKey, WHOLE_LIST))
  const listed = await countIdpUsers(db, sid, upload)
  const saved = { at: now, by: describeActor(actor), users: listed }
  const [whole] = await db.all<{ upload: string | null }>(sql`SELECT ${savedUpload(sid)} AS upload`)
  // A call that is repeated goes on with the deletion.
  if (whole?.upload === upload) return deleteEarlier(db, old!, listed)
  await db.batch([
    db
      .insert(idpUsers)
      .values({ connectionSid: sid, emailKey: WHOLE_LIST, upload, saved })
      .onConflictDoUpdate({
        target: [idpUsers.connectionSid, idpUsers.emailKey],
        set: { upload, saved },
      }),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: sid,
      type: 'connection.idp_users_uploaded',
      after: { users: listed, ...difference },
    }),
  ])
  return deleteEarlier(db, old!, listed)
}

async function deleteEarlier(db: Database, old: SQL, listed: number) {
  await db.delete(idpUsers).where(isPortion(idpUsers, old))
  return { left: await db.$count(idpUsers, old), listed }
}

/** Addresses that came with an upload. */
export function countIdpUsers(
  db: Database,
  connectionSid: string,
  upload: string,
): Promise<number> {
  return db.$count(
    idpUsers,
    and(
      eq(idpUsers.connectionSid, connectionSid),
      eq(idpUsers.upload, upload),
      ne(idpUsers.emailKey, WHOLE_LIST),
    ),
  )
}

/** Whether the IdP's list is there whole, and has the address. */
export async function findIdpUser(
  db: Database,
  connectionSid: string,
  emailKey: string,
): Promise<{ isUploaded: boolean; isListed: boolean }> {
  const rows = await db
    .select({ emailKey: idpUsers.emailKey })
    .from(idpUsers)
    .where(
      and(
        eq(idpUsers.connectionSid, connectionSid),
        isSaved(idpUsers, connectionSid),
        inArray(idpUsers.emailKey, [WHOLE_LIST, emailKey]),
      ),
    )
  return {
    isUploaded: rows.some((row) => row.emailKey === WHOLE_LIST),
    isListed: rows.some((row) => row.emailKey === emailKey),
  }
}

/**
 * Maps an address to a user, and refreshes the findings of their rows. `full`: the user has as many
 * as a user may have; `taken`: the address is another user's login e-mail (to a customer: of this
 * tenant), or a blocker has come. Throws the UNIQUE violation where it is mapped already.
 */
export async function insertAlias(
  context: OperationContext,
  connection: RolloutRef,
  alias: { emailKey: string; userSid: string },
): Promise<'mapped' | 'full' | 'taken'> {
  const { db, actor, now } = context
  const { emailKey, userSid } = alias
  const who = describeActor(actor)
  const { sid: connectionSid, tenantSid } = connection
  const seesAll = may(actor, 'view', { tenantSid, connectionSid })
  // Otherwise a login by the alias would open another user's account.
  const owner = db
    .select({ sid: users.sid })
    .from(users)
    .where(
      and(
        eq(users.emailKey, emailKey),
        ne(users.sid, userSid),
        seesAll ? undefined : sql`+${users.tenantSid} = ${tenantSid}`,
      ),
    )
  const blocker = selectBlocker(withMoving({ tenantSid, connectionSid }), BLOCKERS_OF_KNOWN)
  const isUnblocked = db
    .select({ sid: users.sid })
    .from(users)
    .where(and(eq(users.sid, userSid), isNull(blocker)))
  const isAllowed = and(notExists(owner), exists(isUnblocked))
  const createdBy = sql<string>`CASE WHEN ${isAllowed} THEN ${who} END`
  const ofUser = and(eq(aliases.userSid, userSid), eq(aliases.connectionSid, connection.sid))
  const counted = { table: aliases, where: ofUser }
  const createdAt = withinLimit(LIMITS.aliases.most, now, counted)
  const lists = await findListsOf(db, connection.sid, userSid)
  const mapped = await guardedBatch(db, {
    alias: db
      .insert(aliases)
      .values({ connectionSid: connection.sid, emailKey, userSid, createdBy, createdAt }),
    event: recordAlias(context, connection, 'user.alias_mapped', alias),
    refresh: refreshRowsOf(context, lists, userSid),
  })
  if (mapped) return 'mapped'
  return (await db.$count(aliases, ofUser)) >= LIMITS.aliases.most ? 'full' : 'taken'
}

/** Removes an alias, and refreshes the findings of the user's rows. */
export async function deleteAlias(
  context: OperationContext,
  connection: RolloutRef,
  alias: { emailKey: string; userSid: string },
): Promise<void> {
  const { db } = context
  const lists = await findListsOf(db, connection.sid, alias.userSid)
  await db.batch([
    db
      .delete(aliases)
      .where(and(eq(aliases.connectionSid, connection.sid), eq(aliases.emailKey, alias.emailKey))),
    recordAlias(context, connection, 'user.alias_removed', alias),
    ...refreshRowsOf(context, lists, alias.userSid),
  ])
}

function refreshRowsOf(context: OperationContext, lists: readonly Rollout[], userSid: string) {
  return lists.flatMap((rollout) => refreshRows(context, rollout, { userSids: [userSid] }))
}

function recordAlias(
  { db, actor, now }: OperationContext,
  { sid: connectionSid, tenantSid }: RolloutRef,
  type: 'user.alias_mapped' | 'user.alias_removed',
  { emailKey, userSid }: { emailKey: string; userSid: string },
) {
  return recordEvent(db, {
    actor,
    now,
    tenantSid,
    subjectSid: userSid,
    type,
    after: { email: emailKey, connectionSid },
  })
}

export async function findAlias(
  db: Database,
  connectionSid: string,
  emailKey: string,
): Promise<Alias | undefined> {
  const [alias] = await db
    .select()
    .from(aliases)
    .where(and(eq(aliases.connectionSid, connectionSid), eq(aliases.emailKey, emailKey)))
  return alias
}

/** In the order of addresses, with the login e-mail of each; one row more than `limit`. */
export function findAliases(
  db: Database,
  connectionSid: string,
  page: { limit: number; after: string },
): Promise<(Alias & { email: string })[]> {
  return db
    .select({
      connectionSid: aliases.connectionSid,
      emailKey: aliases.emailKey,
      userSid: aliases.userSid,
      createdBy: aliases.createdBy,
      createdAt: aliases.createdAt,
      email: users.email,
    })
    .from(aliases)
    .innerJoin(users, eq(users.sid, aliases.userSid))
    .where(and(eq(aliases.connectionSid, connectionSid), gt(aliases.emailKey, page.after)))
    .orderBy(aliases.emailKey)
    .limit(page.limit + 1)
}

/** Login e-mails and names of users on a rollout's newest list. */
export function findPeopleOnList(
  db: Database,
  list: Pick<Rollout, 'sid' | 'version'>,
  userSids: readonly string[],
): Promise<(Person & { userSid: string })[]> {
  const named = rowsOf(userSids)
  return db
    .select({
      userSid: users.sid,
      emailKey: users.emailKey,
      firstName: users.firstName,
      lastName: users.lastName,
    })
    .from(named.from)
    .innerJoin(rolloutMembers, and(isOnList(list), eq(rolloutMembers.userSid, named.value)))
    .innerJoin(users, eq(users.sid, named.value))
}
