// Counts wrong guesses of secrets, exactly and in a bounded number of rows. A rate-limit binding
// counts for each location and cannot be asked without counting.
import { and, eq, gte, inArray, lt, ne, or, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { excluded, listed } from '../db/sql.ts'
import { failedGuesses } from './tables.ts'
import { MINUTE } from '../../durations.ts'

/** Wrong guesses in one minute, of one client. Beyond them, the answer is `too_many_requests`. */
const MOST = {
  api_key: 100,
  scim_token: 100,
  revocation_token: 100,
  setup_link: 50,
  sign_in_link: 50,
  /** The client, or the app's key, with the e-mail: no stranger elsewhere locks an owner out. */
  recovery_code: 10,
  /** By the e-mail alone: it limits nothing, and shows an owner’s operators that somebody tries. */
  recovery_code_of: 1000,
} as const

export type Guess = { kind: keyof typeof MOST; client: string }

/**
 * Counts a wrong guess. False where there were too many in this minute: then nothing is written.
 * Clients that share a bucket share its count, so a right secret must not depend on this.
 */
export async function countGuess(db: Database, guess: Guess, now: number): Promise<boolean> {
  const { minute, wrong } = failedGuesses
  const isLater = ne(minute, excluded(minute))
  const counted = await db
    .insert(failedGuesses)
    .values({ bucket: await bucketOf(guess), minute: minuteOf(now), wrong: 1 })
    .onConflictDoUpdate({
      target: failedGuesses.bucket,
      set: {
        minute: excluded(minute),
        wrong: sql`CASE WHEN ${isLater} THEN 1 ELSE ${wrong} + 1 END`,
      },
      setWhere: sql`${or(isLater, lt(wrong, MOST[guess.kind]))}`,
    })
    .returning({ wrong })
  return counted.length > 0
}

/** True where this client has guessed too often in this minute. */
export async function isGuessing(db: Database, guess: Guess, now: number): Promise<boolean> {
  const { bucket, minute, wrong } = failedGuesses
  const found = await db
    .select({ wrong })
    .from(failedGuesses)
    .where(
      and(
        eq(bucket, await bucketOf(guess)),
        eq(minute, minuteOf(now)),
        gte(wrong, MOST[guess.kind]),
      ),
    )
  return found.length > 0
}

/**
 * The last wrong guess of each, to the minute, and how many there were in it. Undefined: none. Two
 * may share a bucket.
 */
export async function findGuesses(
  db: Database,
  guesses: readonly Guess[],
): Promise<({ at: number; wrong: number } | undefined)[]> {
  const buckets = await Promise.all(guesses.map(bucketOf))
  const rows = await db
    .select()
    .from(failedGuesses)
    .where(inArray(failedGuesses.bucket, listed(buckets)))
  return buckets.map((bucket) => {
    const row = rows.find((one) => one.bucket === bucket)
    return row && { at: row.minute * MINUTE, wrong: row.wrong }
  })
}

const minuteOf = (now: number) => Math.floor(now / MINUTE)

/** 16 bits: an address or an e-mail is not kept, not even as a hash that could be looked up. */
async function bucketOf({ kind, client }: Guess): Promise<number> {
  const text = new TextEncoder().encode(`${kind} ${client}`)
  return new DataView(await crypto.subtle.digest('SHA-256', text)).getUint16(0)
}
