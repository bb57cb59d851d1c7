// The SQL of which addresses of the IdP's list count: those of the upload that was sent to its end.
import { sql, type SQL } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { idpUsers, WHOLE_LIST } from '../../rollout/reconcile/tables.ts'

/** The upload that is whole; NULL: there is none. */
export function savedUpload(connectionSid: string | SQL): SQL {
  const whole = alias(idpUsers, 'whole_list')
  return sql`(SELECT ${whole.upload} FROM ${idpUsers} AS ${whole}
    WHERE ${whole.connectionSid} = ${connectionSid} AND ${whole.emailKey} = ${WHOLE_LIST})`
}

/** Whether a row counts: one of an upload that is under way does not. */
export function isSaved(
  { upload, earlier }: { upload: SQLiteColumn; earlier: SQLiteColumn },
  connectionSid: string | SQL,
): SQL {
  return sql`${savedUpload(connectionSid)} IN (${upload}, ${earlier})`
}
