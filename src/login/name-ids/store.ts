// The SQL of NameID bindings, as people see and release them. Logins read and write them in
// ../store/outcome.ts and ../store/spend-response.ts.
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { HOUR } from '../../durations.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEventFrom } from '../../events/store.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestSidFirst, type PageRequest } from '../../platform/db/page.ts'
import { nameIDs } from '../tables.ts'

/** A refusal is noted again after that time, so that a flood writes little. */
const NOTED_AGAIN = HOUR

/** Notes that a NameID was refused, and its hash where it tells something new. */
export async function noteRefused(
  db: Database,
  at: { connectionSid: string; entityID: string; now: number },
  userSid: string,
  refusedHash?: string,
): Promise<void> {
  await db
    .update(nameIDs)
    .set({ ...(refusedHash && { refusedHash }), refusedAt: at.now })
    .where(
      and(
        isAt(at),
        eq(nameIDs.userSid, userSid),
        refusedHash === undefined
          ? or(isNull(nameIDs.refusedAt), lt(nameIDs.refusedAt, at.now - NOTED_AGAIN))
          : undefined,
      ),
    )
}

type IdpRef = { connectionSid: string; entityID: string }

const isAt = ({ connectionSid, entityID }: IdpRef) =>
  and(eq(nameIDs.connectionSid, connectionSid), eq(nameIDs.entityID, entityID))

export type NameIDRow = Awaited<ReturnType<typeof findNameIDsOf>>[number]

/** A binding, its user's login e-mail, its connection, and whether that still has the IdP. */
function selectNameIDs(db: Database) {
  return db
    .select({
      connectionSid: nameIDs.connectionSid,
      userSid: nameIDs.userSid,
      entityID: nameIDs.entityID,
      kind: nameIDs.kind,
      format: nameIDs.format,
      nameID: nameIDs.nameID,
      firstSeenAt: nameIDs.firstSeenAt,
      lastSeenAt: nameIDs.lastSeenAt,
      refusedAt: nameIDs.refusedAt,
      email: users.email,
      connection: connections.name,
      isCurrent: sql<boolean>`${connections.entityID} = ${nameIDs.entityID}`.mapWith(Boolean),
    })
    .from(nameIDs)
    .innerJoin(users, eq(users.sid, nameIDs.userSid))
    .innerJoin(connections, eq(connections.sid, nameIDs.connectionSid))
}

/** Of one user, at all connections of the user's tenant. */
export function findNameIDsOf(db: Database, user: { sid: string; tenantSid: string }) {
  const ofTenant = db
    .select({ sid: connections.sid })
    .from(connections)
    .where(eq(connections.tenantSid, user.tenantSid))
  return selectNameIDs(db)
    .where(and(sql`${nameIDs.connectionSid} IN ${ofTenant}`, eq(nameIDs.userSid, user.sid)))
    .orderBy(nameIDs.connectionSid, nameIDs.entityID)
}

/** Of a connection and IdP, in the order of users' SIDs; one row more than the page holds. */
export function findNameIDs(db: Database, at: IdpRef, page: PageRequest) {
  const order = { sid: nameIDs.userSid }
  return selectNameIDs(db)
    .where(and(isAt(at), newestSidFirst.after(order, page)))
    .orderBy(...newestSidFirst.order(order))
    .limit(page.limit + 1)
}

/** How many users are bound at a connection and IdP. */
export async function countNameIDs(db: Database, at: IdpRef): Promise<number> {
  return db.$count(nameIDs, isAt(at))
}

/** Releases one user. False where the user is not bound there any more. */
export async function releaseOne(
  { db, actor, now }: OperationContext,
  at: IdpRef & { tenantSid: string; userSid: string },
  reason: string,
): Promise<boolean> {
  const { tenantSid, userSid, connectionSid, entityID } = at
  const isIt = and(isAt(at), eq(nameIDs.userSid, userSid))
  const { released } = await batch(db, {
    event: recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid,
        type: 'user.name_id_released',
        subjectSid: userSid,
        before: sql`json_object('nameID', ${nameIDs.nameID}, 'kind', ${nameIDs.kind},
          'format', ${nameIDs.format})`,
        after: { connectionSid, entityID, reason },
      },
      (select) => select.from(nameIDs).where(isIt),
    ),
    released: db.delete(nameIDs).where(isIt),
  })
  return released.meta.changes > 0
}

/** Releases all users of a connection and IdP, if there are `count`. False otherwise. */
export async function releaseAll(
  { db, actor, now }: OperationContext,
  at: IdpRef & { tenantSid: string },
  count: number,
  reason: string,
): Promise<boolean> {
  const { connectionSid, entityID, tenantSid } = at
  const areAsMany = sql`(SELECT count(*) FROM ${nameIDs} WHERE ${isAt(at)}) = ${count}`
  const { released } = await batch(db, {
    event: recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid,
        type: 'connection.name_ids_released',
        subjectSid: connectionSid,
        after: { users: count, entityID, reason },
      },
      (select) => select.from(sql`(SELECT 1)`).where(areAsMany),
    ),
    released: db.delete(nameIDs).where(and(isAt(at), areAsMany)),
  })
  return released.meta.changes === count
}
