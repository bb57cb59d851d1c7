// The SQL of the IdP's own list and of aliases. Each change is one batch with its audit event.
import { and, eq, gt, ne, sql } from 'drizzle-orm'
import { describeActor } from '../../events/actor.ts'
import { recordEvent } from '../../events/store.ts'
import { isNotNullViolation, type Database } from '../../platform/db/client.ts'
import { users } from '../../directory/tables.ts'
import { aliases, idpUsers } from './tables.ts'
import { portionOf } from '../../platform/db/sql.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { Rollout } from '../cohort/store.ts'
import { findListsOf, lookAgain, WHOLE_LIST } from '../list/store.ts'

export type Alias = typeof aliases.$inferSelect

type RolloutRef = { sid: string; tenantSid: string }

/** Puts addresses on the list, as of this upload. */
export async function insertIdpUsers(
  db: Database,
  connectionSid: string,
  upload: string,
  emailKeys: readonly string[],
): Promise<void> {
  await db
    .insert(idpUsers)
    .select(
      sql`SELECT ${connectionSid}, value, ${upload} FROM json_each(${JSON.stringify(emailKeys)}) WHERE true`,
    )
    .onConflictDoUpdate({
      target: [idpUsers.connectionSid, idpUsers.emailKey],
      set: { upload: sql`excluded.upload` },
    })
}

/** Ends an upload: what is not in it goes, a part a call. Answers how many rows of earlier uploads are left. */
export async function finishUpload(
  { db, actor, now }: OperationContext,
  { sid, tenantSid }: RolloutRef,
  upload: string,
): Promise<{ left: number; listed: number }> {
  const earlier = and(eq(idpUsers.connectionSid, sid), ne(idpUsers.upload, upload))
  const old = and(earlier, ne(idpUsers.emailKey, WHOLE_LIST))
  await db.delete(idpUsers).where(portionOf(idpUsers, old))
  const left = await db.$count(idpUsers, old)
  if (left > 0) return { left, listed: 0 }
  const listed = await countIdpUsers(db, sid, upload)
  await db.batch([
    db
      .insert(idpUsers)
      .values({ connectionSid: sid, emailKey: WHOLE_LIST, upload })
      .onConflictDoUpdate({
        target: [idpUsers.connectionSid, idpUsers.emailKey],
        set: { upload },
      }),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      subjectSid: sid,
      action: 'connection.upload_idp_users',
      after: { users: listed },
    }),
  ])
  return { left: 0, listed }
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
        sql`${idpUsers.emailKey} IN (${WHOLE_LIST}, ${emailKey})`,
      ),
    )
  return {
    isUploaded: rows.some((row) => row.emailKey === WHOLE_LIST),
    isListed: rows.some((row) => row.emailKey === emailKey),
  }
}

/**
 * Maps an address to a user, and looks at his rows again. False where the address is somebody else's login e-mail; throws
 * the UNIQUE violation where it is mapped already.
 */
export async function insertAlias(
  context: OperationContext,
  connection: RolloutRef,
  alias: { emailKey: string; userSid: string },
): Promise<boolean> {
  const { db, actor, now } = context
  const { emailKey, userSid } = alias
  const who = describeActor(actor)
  // Logins by the alias would otherwise open an account of somebody else.
  const createdBy = sql<string>`CASE WHEN NOT EXISTS (SELECT 1 FROM users WHERE users.email_key = ${emailKey} AND users.sid <> ${userSid}) THEN ${who} END`
  const lists = await findListsOf(db, connection.sid, userSid)
  try {
    await db.batch([
      db
        .insert(aliases)
        .values({ connectionSid: connection.sid, emailKey, userSid, createdBy, createdAt: now }),
      recordAlias(context, connection, 'map_alias', alias),
      ...lookAgainAt(context, lists, userSid),
    ])
    return true
  } catch (error) {
    if (isNotNullViolation(error)) return false
    throw error
  }
}

/** Takes an alias away, and looks at the user's rows again. */
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
    recordAlias(context, connection, 'unmap_alias', alias),
    ...lookAgainAt(context, lists, alias.userSid),
  ])
}

function lookAgainAt({ db, now }: OperationContext, lists: readonly Rollout[], userSid: string) {
  return lists.flatMap((rollout) => lookAgain(db, rollout, { userSids: [userSid] }, now))
}

function recordAlias(
  { db, actor, now }: OperationContext,
  { sid: connectionSid, tenantSid }: RolloutRef,
  verb: string,
  { emailKey, userSid }: { emailKey: string; userSid: string },
) {
  return recordEvent(db, {
    actor,
    now,
    tenantSid,
    subjectSid: userSid,
    action: `user.${verb}`,
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

/** The login e-mails of users on a rollout's newest list. */
export function findEmailsOnList(
  db: Database,
  { sid, version }: Pick<Rollout, 'sid' | 'version'>,
  userSids: readonly string[],
): Promise<{ userSid: string; emailKey: string }[]> {
  return db.all(
    sql`SELECT users.sid AS userSid, users.email_key AS emailKey FROM json_each(${JSON.stringify(userSids)}) AS named
      JOIN rollout_members ON rollout_members.rollout_sid = ${sid} AND rollout_members.version = ${version} AND rollout_members.user_sid = named.value
      JOIN users ON users.sid = named.value`,
  )
}

/** What to look for: the address, and local parts that would be the same person's. */
export type Wanted = { emailKey: string; locals: readonly string[] }

/** Neighbours in the order of addresses that are compared, on either side. */
const NEIGHBOURS = 40

/**
 * Addresses of the IdP's list that may be the same person's: those with the same local part in any domain, and those next in
 * the order of addresses, which share the longest beginning. Reads a bounded number of rows for each.
 */
export async function findCandidates(
  db: Database,
  connectionSid: string,
  wanted: readonly Wanted[],
): Promise<string[][]> {
  const near = (condition: string, order: 'ASC' | 'DESC') =>
    sql`(SELECT json_group_array(email_key) FROM (SELECT idp_users.email_key FROM idp_users WHERE idp_users.connection_sid = ${connectionSid} AND ${sql.raw(condition)} AND idp_users.email_key <> ${WHOLE_LIST} ORDER BY idp_users.email_key ${sql.raw(order)} LIMIT ${NEIGHBOURS}))`
  // 'A' comes after '@': the range is every address with that local part.
  const same = sql`(SELECT json_group_array(found.email_key) FROM json_each(named.value, '$.locals') AS local JOIN idp_users AS found ON found.connection_sid = ${connectionSid} AND found.email_key >= local.value || '@' AND found.email_key < local.value || 'A')`
  const rows = await db.all<{ same: string; above: string; below: string }>(
    sql`SELECT ${same} AS same, ${near("idp_users.email_key > named.value ->> '$.emailKey'", 'ASC')} AS above, ${near("idp_users.email_key < named.value ->> '$.emailKey'", 'DESC')} AS below FROM json_each(${JSON.stringify(wanted)}) AS named ORDER BY named.key`,
  )
  return rows.map(({ same: equal, above, below }) =>
    [equal, above, below].flatMap((text) => JSON.parse(text) as string[]),
  )
}
