// The SQL that erases in HISTORY. Lines of logins name a user by SID alone, and stay; their details
// and what a test sign-in said go.
import { and, eq, inArray, or, sql, type SQL } from 'drizzle-orm'
import { attemptDetails, attempts, dailyLogins, testValues } from '../../login/history/tables.ts'
import { DAY } from '../../durations.ts'
import { batch, changedBy } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { listed } from '../../platform/db/sql.ts'
import type { Removed } from '../erasure.ts'
import type { SoughtWord } from '../sought.ts'
import { hasWord } from './events.ts'
import type { OwnedRows } from './rows.ts'

/** Counts by day are kept so long. */
const COUNTED_DAYS = 401

type LoggedPerson = {
  userSid: string
  connectionSids: readonly string[]
  words: readonly SoughtWord[]
}

const ownLines = (sid: SQL, { userSid, connectionSids }: LoggedPerson) =>
  sql`EXISTS (SELECT 1 FROM ${attempts} WHERE ${attempts.sid} = ${sid}
    AND ${attempts.userSid} = ${userSid}
    AND ${attempts.connectionSid} IN ${listed(connectionSids)})`

const linesHere = (sid: SQL, { connectionSids }: LoggedPerson) =>
  sql`EXISTS (SELECT 1 FROM ${attempts} WHERE ${attempts.sid} = ${sid}
    AND ${attempts.connectionSid} IN ${listed(connectionSids)})`

/** Rings bound the details of a connection: one statement reads them all. */
export function rowsOfPerson(person: LoggedPerson): OwnedRows[] {
  const { connectionSids, words } = person
  const { checks, message, sid } = attemptDetails
  return [
    {
      table: attemptDetails,
      where: and(
        inArray(attemptDetails.connectionSid, listed(connectionSids)),
        or(
          ownLines(sql`${sid}`, person),
          hasWord(sql`${checks}`, words),
          hasWord(sql`coalesce(${message}, '')`, words),
        ),
      )!,
    },
    {
      table: testValues,
      where: or(
        ownLines(sql`${testValues.sid}`, person),
        and(linesHere(sql`${testValues.sid}`, person), hasWord(sql`${testValues.said}`, words)),
      )!,
    },
  ]
}

export async function forgetPerson(history: Database, person: LoggedPerson): Promise<Removed> {
  const [details, values] = rowsOfPerson(person)
  const results = await batch(
    history,
    {
      details: history.delete(details!.table).where(details!.where),
      values: history.delete(values!.table).where(values!.where),
    },
    { isRepeatable: true },
  )
  return {
    attempt_details: changedBy(results.details),
    test_values: changedBy(results.values),
  }
}

/** All that HISTORY has of connections, for `deletePortions`. */
export function rowsOfLogins(connectionSids: readonly string[], now: number): OwnedRows[] {
  const isTheirs = (column: typeof attempts.connectionSid | typeof dailyLogins.connectionSid) =>
    inArray(column, listed(connectionSids))
  const today = Math.floor(now / DAY) * DAY
  const days = Array.from({ length: COUNTED_DAYS }, (_, index) => today - index * DAY)
  return [
    {
      table: testValues,
      where: sql`EXISTS (SELECT 1 FROM ${attempts} WHERE ${attempts.sid} = ${testValues.sid}
        AND ${attempts.connectionSid} IN ${listed(connectionSids)})`,
    },
    {
      table: attemptDetails,
      where: inArray(attemptDetails.connectionSid, listed(connectionSids)),
    },
    { table: attempts, where: isTheirs(attempts.connectionSid) },
    {
      table: dailyLogins,
      where: and(
        inArray(dailyLogins.day, listed(days)),
        inArray(dailyLogins.connectionSid, listed(connectionSids)),
      )!,
    },
  ]
}

/** The lines of a user, for an export. */
export const linesOf = (userSid: string, connectionSids: readonly string[]): OwnedRows => ({
  table: attempts,
  where: and(
    inArray(attempts.connectionSid, listed(connectionSids)),
    eq(attempts.userSid, userSid),
  )!,
})
