// The tenant of a connection, for a statement that has its SID alone.
import { sql, type SQL } from 'drizzle-orm'
import { connections } from '../../connections/tables.ts'

export function tenantOf(connectionSid: string): SQL {
  return sql`(SELECT ${connections.tenantSid} FROM ${connections}
    WHERE ${connections.sid} = ${connectionSid})`
}
