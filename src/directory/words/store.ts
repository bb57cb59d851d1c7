// The SQL of searches: what begins with the words, and users of a list with their number.
import { and, eq, gte, inArray, lt, sql, type SQL } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/sqlite-core'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { listed } from '../../platform/db/sql.ts'
import { users } from '../tables.ts'
import type { User } from '../store/users.ts'
import { endOfPrefix, foldSearch, spellings } from './fold.ts'
import { searchWords, userCounts } from './tables.ts'

export const SIGN_IN_METHODS = users.signInMethod.enumValues

/** Which users a list shows. */
export type UserFilter = {
  connection?: string | undefined
  method?: User['signInMethod'] | undefined
  /** Whether they signed in by SSO before, tests included. */
  signedIn?: boolean | undefined
}

/** Those of users of a connection. */
const USED_METHODS = SIGN_IN_METHODS.filter((method) => method !== 'password')

/** Words that a search reads at most; one user can be found by several. */
const MOST_WORDS = 49

/** `scope`: a tenant, or a kind of SID; undefined: users of all tenants. */
function selectWords(db: Database, scope: string | undefined, prefix: string, limit: number) {
  const { word, sid } = searchWords
  return db
    .select({ sid, word })
    .from(searchWords)
    .where(
      and(
        scope === undefined ? sql`length(${searchWords.scope}) > 2` : eq(searchWords.scope, scope),
        gte(word, prefix),
        lt(word, endOfPrefix(prefix)),
      ),
    )
    .orderBy(word, sid)
    .limit(limit)
}

/** SIDs of what has a name with a word that begins so, in the order of the words. One statement. */
export async function findSidsBySearch(
  db: Database,
  scope: 'TN' | 'CN' | 'CL',
  folded: string,
  limit: number,
): Promise<string[]> {
  const rows = await wordsOf(db, scope, folded, limit)
  return [...new Set(rows.map(({ sid }) => sid))]
}

function wordsOf(db: Database, scope: string | undefined, folded: string, limit: number) {
  const [first, second, third] = spellings(folded).map((prefix) =>
    // A limit of its own: only a subquery may have one within a UNION.
    db.select().from(selectWords(db, scope, prefix, limit).as('words')),
  )
  if (!second) return first!
  return third ? unionAll(first!, second, third) : unionAll(first!, second)
}

export type FoundUsers = {
  users: User[]
  /** Some matches were not looked at: a longer search finds them. */
  hasMore: boolean
}

/**
 * Users whose names or e-mails have a word that begins so, in the order of the words. Reads at most
 * 200 rows where the search is in Latin letters.
 */
export async function findUsersBySearch(
  db: Database,
  tenantSid: string | undefined,
  folded: string,
  filter: UserFilter = {},
): Promise<FoundUsers> {
  const found = await findByWords(db, tenantSid, folded, filter)
  const parts = folded.split(' ')
  if (found.users.length > 0 || parts.length === 1) return found
  // “ann hall” for Ann van Hall: the longest word finds, the others must be there.
  const longest = parts.toSorted((a, b) => b.length - a.length)[0]!
  const near = await findByWords(db, tenantSid, longest, filter)
  return { ...near, users: near.users.filter((user) => parts.every((part) => has(user, part))) }
}

async function findByWords(
  db: Database,
  tenantSid: string | undefined,
  folded: string,
  filter: UserFilter,
): Promise<FoundUsers> {
  const words = await wordsOf(db, tenantSid, folded, MOST_WORDS)
  const sids = [...new Set(words.map(({ sid }) => sid))]
  if (sids.length === 0) return { users: [], hasMore: false }
  const rows = await db
    .select()
    .from(users)
    .where(inArray(users.sid, listed(sids)))
  const bySid = new Map(rows.map((user) => [user.sid, user]))
  return {
    users: sids.flatMap((sid) => bySid.get(sid) ?? []).filter((user) => fits(user, filter)),
    hasMore: words.length >= MOST_WORDS,
  }
}

function has({ firstName, lastName, email }: User, part: string): boolean {
  return foldSearch(`${firstName} ${lastName} ${email}`)
    .split(/[ .@_+-]/)
    .some((word) => word.startsWith(part))
}

export function fits(user: User, { connection, method, signedIn }: UserFilter): boolean {
  return (
    (connection === undefined || user.connectionSid === connection) &&
    (method === undefined || user.signInMethod === method) &&
    (signedIn === undefined || user.signedIn === signedIn)
  )
}

/** Newest first, one row more than the page holds. Each part of an index is read by itself. */
export async function findFilteredUsers(
  db: Database,
  tenantSid: string,
  filter: UserFilter,
  page: PageRequest,
): Promise<User[]> {
  const { connection, method, signedIn } = filter
  const methods = method ? [method] : connection ? USED_METHODS : SIGN_IN_METHODS
  const isWhole = method === undefined && signedIn === undefined
  const signed = signedIn === undefined ? [false, true] : [signedIn]
  const parts: (SQL | undefined)[] = isWhole
    ? [undefined]
    : methods.flatMap((one) =>
        signed.map((is) => and(eq(users.signInMethod, one), eq(users.signedIn, is))),
      )
  const { all } = await batch(db, {
    all: parts.map((part) =>
      db
        .select()
        .from(users)
        .where(
          and(
            // The connection's index: the + keeps that of the tenant out.
            connection === undefined
              ? eq(users.tenantSid, tenantSid)
              : and(eq(users.connectionSid, connection), sql`+${users.tenantSid} = ${tenantSid}`),
            part,
            newestFirst.after(users, page),
          ),
        )
        .orderBy(...newestFirst.order(users))
        .limit(page.limit + 1),
    ),
  })
  return all
    .flat()
    .toSorted((a, b) => b.createdAt - a.createdAt || (a.sid < b.sid ? 1 : -1))
    .slice(0, page.limit + 1)
}

/** How many users of a tenant a filter shows, from the counts that triggers keep. */
export async function countUsers(
  db: Database,
  tenantSid: string,
  { method }: Pick<UserFilter, 'method'>,
): Promise<number> {
  const [row] = await db
    .select({ total: sql<number>`coalesce(sum(${userCounts.users}), 0)` })
    .from(userCounts)
    .where(and(eq(userCounts.tenantSid, tenantSid), method && eq(userCounts.signInMethod, method)))
  return row?.total ?? 0
}
