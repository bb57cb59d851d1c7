// The SQL that looks for a person's address in the IdP's list.
import { sql, type SQL } from 'drizzle-orm'
import { alias as aliasTable } from 'drizzle-orm/sqlite-core'
import { isSaved } from '../../../directory/store/saved-list.ts'
import type { Database } from '../../../platform/db/client.ts'
import { rowsOf } from '../../../platform/db/sql.ts'
import { WHOLE_LIST } from '../tables.ts'
import { idpUsers } from '../tables.ts'

/** An address to look for, and local parts that may be the same person's. */
export type Wanted = { emailKey: string; locals: readonly string[] }

/** Neighbours in the order of addresses that are compared, on either side. */
const NEIGHBOURS = 40

/**
 * Addresses of the IdP's list that may be the same person's: those with the same local part in any
 * domain, and the next in the order of addresses, which share the longest beginning. Reads a
 * bounded number of rows for each.
 */
export async function findCandidates(
  db: Database,
  connectionSid: string,
  wanted: readonly Wanted[],
): Promise<string[][]> {
  const named = rowsOf(wanted)
  const key = sql`(${named.value} ->> '$.emailKey')`
  const rows = await db.all<{ same: string; above: string; below: string }>(
    sql`SELECT ${sameLocalPart(connectionSid, named.value)} AS same,
        ${neighbours(connectionSid, sql`> ${key}`, sql`ASC`)} AS above,
        ${neighbours(connectionSid, sql`< ${key}`, sql`DESC`)} AS below
      FROM ${named.from} ORDER BY ${named.position}`,
  )
  return rows.map(({ same, above, below }) =>
    [same, above, below].flatMap((text) => JSON.parse(text) as string[]),
  )
}

/** Addresses on one side of another, the nearest first. */
function neighbours(connectionSid: string, side: SQL, order: SQL): SQL {
  const { emailKey } = idpUsers
  return sql`(SELECT json_group_array(near.address) FROM
    (SELECT ${emailKey} AS address FROM ${idpUsers}
      WHERE ${idpUsers.connectionSid} = ${connectionSid}
        AND ${emailKey} ${side} AND ${emailKey} <> ${WHOLE_LIST}
        AND ${isSaved(idpUsers, connectionSid)}
      ORDER BY ${emailKey} ${order} LIMIT ${NEIGHBOURS}) AS near)`
}

/** 'A' comes after '@': the range holds every address with that local part. */
function sameLocalPart(connectionSid: string, wanted: SQL): SQL {
  const found = aliasTable(idpUsers, 'found')
  return sql`(SELECT json_group_array(${found.emailKey})
    FROM json_each(${wanted}, '$.locals') AS local JOIN ${idpUsers} AS ${found}
      ON ${found.connectionSid} = ${connectionSid} AND ${found.emailKey} >= local.value || '@'
        AND ${found.emailKey} < local.value || 'A'
        AND ${isSaved(found, connectionSid)})`
}
