// The SQL that asks what a login of a user would end with now: the statement of the login itself,
// with the NameID that the user is bound to.
import { and, eq, sql, type SQLWrapper } from 'drizzle-orm'
import { connections } from '../../connections/tables.ts'
import type { User } from '../../directory/store/users.ts'
import type { Database } from '../../platform/db/client.ts'
import { NAME_ID_FORMAT } from '../../saml/names.ts'
import { outcomeOf } from '../store/outcome.ts'
import { nameIDs } from '../tables.ts'

/** Through the user's own connection; null: the user has none. */
export async function findOutcomeNow(db: Database, user: User) {
  const { connectionSid } = user
  if (connectionSid === null) return null
  const entityID = sql<string>`(SELECT ${connections.entityID} FROM ${connections}
    WHERE ${connections.sid} = ${connectionSid})`
  const isBound = and(
    eq(nameIDs.connectionSid, connectionSid),
    eq(nameIDs.userSid, user.sid),
    eq(nameIDs.entityID, entityID),
  )
  const bound = (column: SQLWrapper) => sql`(SELECT ${column} FROM ${nameIDs} WHERE ${isBound})`
  // A value that is an address may be another user's.
  const value = bound(nameIDs.nameID)
  const outcome = outcomeOf(db, {
    connectionSid: sql`${connectionSid}`,
    tenantSid: sql`${user.tenantSid}`,
    entityID,
    emailKey: sql`${user.emailKey}`,
    nameID: sql`coalesce(${value}, ${user.email})`,
    format: sql`coalesce(${bound(nameIDs.format)}, ${NAME_ID_FORMAT.unspecified})`,
    isEmail: sql`(${value} IS NULL)`,
    addressKey: sql`lower(${value})`,
  })
  const [row] = await db.select({ code: outcome.code, userSid: outcome.userSid }).from(outcome)
  return row ?? null
}

const MOST_NAMES = 100

/** Names of a tenant's connections, by SID. */
export async function findConnectionNames(
  db: Database,
  tenantSid: string,
): Promise<Map<string, string>> {
  const { sid, name } = connections
  const rows = await db
    .select({ sid, name })
    .from(connections)
    .where(eq(connections.tenantSid, tenantSid))
    .limit(MOST_NAMES)
  return new Map(rows.map((row) => [row.sid, row.name]))
}
