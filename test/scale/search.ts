// Searches among many users: `node test/scale/search.ts [USERS]`. Fills a D1 of its own with users
// of one tenant, prints rows read and time of each search, and exits 1 where a bound does not hold.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getPlatformProxy } from 'wrangler'
import { listUsers, type UserSearch } from '../../src/directory/words/operations.ts'
import type { Env } from '../../src/env.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { search } from '../../src/search/operations.ts'
import { countD1, NO_COST } from '../support/wrap-d1.ts'

const USERS = Number(process.argv[2] ?? 1_000_000)
const AT_ONCE = 5_000
const MOST_ROWS = 200
const MOST_MILLISECONDS = 300
const TENANT = `TN${'1'.padStart(32, '0')}`
const PAGE = { limit: 50, after: null }

const folder = mkdtempSync(join(tmpdir(), 'gatepost-search-'))
process.env['WRANGLER_LOG'] ??= 'error'
const proxy = await getPlatformProxy<Env>({ persist: { path: folder }, remoteBindings: false })
try {
  await fill(proxy.env.DB)
  if (!(await measure(proxy.env.DB))) process.exitCode = 1
} finally {
  await proxy.dispose()
  rmSync(folder, { recursive: true, force: true })
}

async function fill(database: D1Database): Promise<void> {
  for (const file of readdirSync('migrations').filter((name) => name.endsWith('.sql')))
    for (const statement of readFileSync(join('migrations', file), 'utf8').split(
      '--> statement-breakpoint',
    ))
      await database.prepare(statement).run()
  const run = (sql: string) => database.prepare(sql).run()
  await run(`INSERT INTO tenants (sid, name, plan, created_at)
    VALUES ('${TENANT}', 'Tenant', 'enterprise', 1)`)
  // 200 first names and 5,000 last names: 200 people share a last name, 5,000 a first.
  for (let first = 0; first < USERS; first += AT_ONCE)
    await run(`INSERT INTO users (sid, tenant_sid, email, email_key, first_name, last_name,
        created_at, updated_at)
      WITH RECURSIVE number(n) AS
        (SELECT ${first} UNION ALL SELECT n + 1 FROM number WHERE n < ${first + AT_ONCE - 1})
      SELECT 'US' || lower(hex(randomblob(16))), '${TENANT}', address, address,
        'Ann' || (n % 200), 'Smith' || (n / 200), n, n
      FROM (SELECT n, 'ann' || (n % 200) || '.smith' || (n / 200) || '@company.example' AS address
        FROM number)`)
}

async function measure(database: D1Database): Promise<boolean> {
  const { binding, cost } = countD1(database)
  const context = {
    db: openDatabase(binding),
    history: undefined,
    actor: { kind: 'operator', id: 'scale', name: 'scale' },
    now: Date.now(),
  } as unknown as Parameters<typeof listUsers>[0]
  let holds = true
  const note = async (what: string, most: number, work: () => Promise<number>) => {
    await work()
    Object.assign(cost, NO_COST)
    const began = performance.now()
    const found = await work()
    const took = Math.round(performance.now() - began)
    console.log(`${what}: ${found} found, ${cost.rowsRead} rows read, ${took} ms`)
    holds &&= cost.rowsRead <= most && took <= MOST_MILLISECONDS
  }
  const users = (filter: UserSearch) => async () => {
    const found = await listUsers(context, TENANT, PAGE, filter)
    if (!found.ok) throw new Error(found.error.code)
    return found.value.items.length
  }
  const middle = Math.floor(USERS / 400)
  for (const text of ['a', 'ann', 'smith1', `ann7 smith${middle}`, `smith${middle}@`, 'nobody'])
    await note(`search “${text}”`, MOST_ROWS, users({ search: text }))
  await note('password', MOST_ROWS, users({ method: 'password' }))
  await note('SSO only', MOST_ROWS, users({ method: 'sso_enforced' }))
  await note('password, never signed in', MOST_ROWS, users({ method: 'password', signedIn: false }))
  await note('all', MOST_ROWS, users({}))
  await note('everything: “ann7”', 2 * MOST_ROWS, async () => {
    const found = await search(context, 'ann7')
    return found.ok ? found.value.items.length : 0
  })
  return holds
}
