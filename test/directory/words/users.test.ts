// Users found by how their names and e-mails begin, filtered and counted; the rows that it reads.
import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { editUser } from '../../../src/directory/user-operations.ts'
import { FOLDED, foldSearch } from '../../../src/directory/words/fold.ts'
import { listUsers, type UserSearch } from '../../../src/directory/words/operations.ts'
import { searchWords, userCounts } from '../../../src/directory/words/tables.ts'
import { proofs, users } from '../../../src/platform/db/schema.ts'
import { openDatabase } from '../../../src/platform/db/client.ts'
import { good, request } from '../../support/request.ts'
import { createWorld, db, type World } from '../../support/world.ts'
import { wrapD1 } from '../../support/wrap-d1.ts'

const PAGE = { limit: 50, after: null }

async function find({ tenantSid }: World, search: UserSearch) {
  const found = good(await listUsers(request(), tenantSid, PAGE, search))
  return found.items.map(({ email }) => email.split('@')[0])
}

const named = (world: World, local: string, firstName: string | null, lastName: string | null) =>
  world.addUser(`${local}@${world.tenantSid.toLowerCase()}.example`).then(async (sid) => {
    good(await editUser(request(), sid, { firstName, lastName }))
    return sid
  })

describe('a search', () => {
  it('finds each word of a name and each part of an e-mail by its beginning', async () => {
    const world = await createWorld()
    await named(world, 'c.hall', 'Cid', 'van Hall')
    await named(world, 'zoe', 'Zoë Anne-Marie', 'Łukasiewicz')
    await named(world, 'ivan', 'Иван', 'Петров')
    for (const [search, who] of [
      ['hal', ['c.hall']],
      ['HALL, cid', ['c.hall']],
      ['cid hall', ['c.hall']],
      ['c.ha', ['c.hall']],
      ['hall@', ['c.hall']],
      ['zoe ann', ['zoe']],
      ['marie', ['zoe']],
      ['lukas', ['zoe']],
      ['ŁUKAS', ['zoe']],
      ['иван', ['ivan']],
      ['all', []],
      ['%', []],
      ['_', []],
    ] as const)
      expect(await find(world, { search }), search).toEqual(who)
  })

  it('finds nobody of another tenant', async () => {
    const [world, other] = [await createWorld(), await createWorld()]
    await named(other, 'dora', 'Dora', 'Quill')
    expect(await find(other, { search: 'quill' })).toEqual(['dora'])
    expect(await find(world, { search: 'quill' })).toEqual([])
  })

  it('forgets what a person was called, and a person who is deleted', async () => {
    const world = await createWorld()
    const sid = await named(world, 'old.name', 'Old', 'Name')
    good(await editUser(request(), sid, { firstName: 'New', email: 'new@tenant.example' }))
    expect(await find(world, { search: 'old' })).toEqual([])
    expect(await find(world, { search: 'new' })).toEqual(['new'])
    await db.delete(users).where(eq(users.sid, sid))
    const left = await db.select().from(searchWords).where(eq(searchWords.sid, sid))
    expect(left).toEqual([])
    const counts = await db
      .select()
      .from(userCounts)
      .where(eq(userCounts.tenantSid, world.tenantSid))
    expect(counts.map((row) => row.users)).toEqual([0])
  })

  it('folds as the triggers do', async () => {
    const world = await createWorld()
    const all = [...FOLDED.keys()]
    for (let at = 0; at < all.length; at += 30) {
      const name = all.slice(at, at + 30).join('')
      const sid = await named(world, `letters.${at}`, name, null)
      const rows = await db.select().from(searchWords).where(eq(searchWords.sid, sid))
      expect(rows.map(({ word }) => word)).toContain(foldSearch(name))
    }
  })
})

describe('a list of users', () => {
  it('is filtered by sign-in method and by whether somebody signed in, and counted', async () => {
    const world = await createWorld()
    const { connectionSid, tenantSid } = world
    const [a, b, c] = [
      await named(world, 'a', null, null),
      await named(world, 'b', null, null),
      await named(world, 'c', null, null),
    ]
    const set = (sid: string, signInMethod: 'sso_enabled' | 'sso_enforced') =>
      db.update(users).set({ signInMethod, connectionSid }).where(eq(users.sid, sid))
    await db
      .update(users)
      .set({ signInMethod: 'password', connectionSid: null })
      .where(eq(users.sid, a))
    await set(b, 'sso_enabled')
    await set(c, 'sso_enforced')
    await db.insert(proofs).values({ connectionSid, userSid: c, createdAt: 1 })
    for (const [filter, who] of [
      [{}, ['c', 'b', 'a']],
      [{ method: 'password' }, ['a']],
      [{ method: 'sso_enabled' }, ['b']],
      [{ signedIn: true }, ['c']],
      [{ signedIn: false }, ['b', 'a']],
      [{ method: 'sso_enforced', signedIn: false }, []],
      [{ connection: connectionSid }, ['c', 'b']],
      [{ connection: connectionSid, signedIn: false }, ['b']],
      [{ search: 'c', method: 'sso_enforced' }, ['c']],
      [{ search: 'c', method: 'password' }, []],
    ] as const) {
      expect((await find(world, filter)).toSorted(), JSON.stringify(filter)).toEqual(
        [...who].toSorted(),
      )
      if ('connection' in filter || 'search' in filter || 'signedIn' in filter) continue
      const { total } = good(await listUsers(request(), tenantSid, PAGE, filter))
      expect(total).toBe(who.length)
    }
  })

  it('reads at most 200 rows to search among 20,000 of the same name', async () => {
    const world = await createWorld()
    const { tenantSid } = world
    await db.run(sql`INSERT INTO users (sid, tenant_sid, email, email_key, first_name, last_name,
        created_at, updated_at)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
      SELECT 'US' || lower(hex(randomblob(16))), ${tenantSid}, address, address, 'Ann', 'Many' || n,
        n, n
      FROM (SELECT n, 'ann.' || n || '@' || lower(${tenantSid}) || '.example' AS address FROM number)`)
    let read = 0
    const counting = openDatabase(
      wrapD1(env.DB, async (trip) => {
        const results = await trip()
        for (const { meta } of results) read += meta.rows_read
        return results
      }),
    )
    for (const search of ['ann', 'many1', 'ann many19999', 'nobody']) {
      read = 0
      const context = { ...request(), db: counting }
      const found = good(await listUsers(context, tenantSid, PAGE, { search }))
      console.log(search, found.items.length, 'users,', read, 'rows read')
      expect(read).toBeGreaterThan(0)
      expect(read).toBeLessThanOrEqual(200)
    }
  })
})
