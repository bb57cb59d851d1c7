// What a rollout of 100,000 users costs in a real local D1 among 1,000,000: calls, time, and rows read and written of each step. It is
// no part of `npm test`. `node test/rollout/scale.ts [cohort] [others]`; state goes to a folder of its own and is deleted.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getPlatformProxy } from 'wrangler'
import { openDatabase } from '../../src/db/client.ts'
import type { Env } from '../../src/env.ts'
import type { Outcome, Request } from '../../src/outcome.ts'
import {
  addBreakGlass,
  approve,
  createRollout,
  decideMembers,
  editSelectors,
  enable,
  enforce,
  freeze,
  getProgress,
  inform,
  listMembers,
  refreshFindings,
  review,
  rollBack,
  summarizeMembers,
  uploadIdpUsers,
} from '../../src/rollout/operations.ts'

const COHORT = Number(process.argv[2] ?? 100_000)
const OTHERS = Number(process.argv[3] ?? 900_000)

process.env['WRANGLER_LOG'] ??= 'error'
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] ??= 'false'
const path = mkdtempSync(join(tmpdir(), 'gatepost-scale-'))
const proxy = await getPlatformProxy<Env>({ remoteBindings: false, persist: { path } })
const { DB } = proxy.env

/** What D1 was asked: statements, rows, and the statements of the greediest call. */
const cost = { statements: 0, read: 0, written: 0 }
const note = <T>(results: T): T => {
  for (const { meta } of [results].flat() as D1Result[]) {
    cost.statements++
    cost.read += meta?.rows_read ?? 0
    cost.written += meta?.rows_written ?? 0
  }
  return results
}
const real = new WeakMap<object, D1PreparedStatement>()
function wrap(statement: D1PreparedStatement): D1PreparedStatement {
  const wrapped = {
    bind: (...values: unknown[]) => wrap(statement.bind(...values)),
    all: async () => note(await statement.all()),
    run: async () => note(await statement.run()),
    raw: async () => {
      // `raw` tells no figures: the same question by `all`.
      const { results } = note(await statement.all<Record<string, unknown>>())
      return results.map((row) => Object.values(row))
    },
  } as unknown as D1PreparedStatement
  real.set(wrapped, statement)
  return wrapped
}
const counted = {
  prepare: (query: string) => wrap(DB.prepare(query)),
  batch: async (statements: D1PreparedStatement[]) =>
    note(await DB.batch(statements.map((statement) => real.get(statement)!))),
} as unknown as D1Database

const request = (): Request => ({
  db: openDatabase(counted),
  actor: { kind: 'operator', name: 'scale' },
  now: Date.now(),
  network: { fetch, resolver: '', allowLocal: false, timeoutSeconds: 1 },
})

function good<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem))
  return outcome.value
}

async function measure<T>(name: string, call: () => Promise<Outcome<T>>): Promise<T> {
  Object.assign(cost, { statements: 0, read: 0, written: 0 })
  const start = performance.now()
  let calls = 0
  let slowest = 0
  let most = 0
  let value: T
  for (;;) {
    const begun = performance.now()
    const before = cost.statements
    value = good(await call())
    calls++
    slowest = Math.max(slowest, performance.now() - begun)
    most = Math.max(most, cost.statements - before)
    if ((value as { done?: boolean }).done !== false) break
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(
    `${name.padEnd(28)} ${String(calls).padStart(5)} calls ${seconds.padStart(7)} s, slowest ${slowest.toFixed(0).padStart(5)} ms, at most ${most} statements a call, ${cost.read.toLocaleString('en')} rows read, ${cost.written.toLocaleString('en')} written`,
  )
  return value
}

async function prepareDatabase() {
  for (const file of readdirSync('migrations')
    .filter((name) => name.endsWith('.sql'))
    .toSorted())
    for (const statement of readFileSync(join('migrations', file), 'utf8').split(
      '--> statement-breakpoint',
    ))
      await DB.prepare(statement).run()
  const series = (count: number, from = 0) =>
    `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${from + count - 1})`
  const run = (sql: string) => DB.prepare(sql).run()
  await run(
    `INSERT INTO tenants (sid, name, plan, created_at) ${series(10_000)} SELECT 'TN' || i, 'Tenant', 'enterprise', i FROM n`,
  )
  await run(
    `INSERT INTO accounts (sid, tenant_sid, name, created_at) ${series(10_000)} SELECT 'AC' || i, 'TN' || i, 'Account', 1 FROM n`,
  )
  await run(
    `INSERT INTO connections (sid, tenant_sid, name, state, entity_id, created_at, updated_at) VALUES ('CN0', 'TN0', 'IdP', 'live', 'https://idp.example', 1, 1)`,
  )
  for (const side of ['vendor', 'customer'])
    await run(`INSERT INTO attestations VALUES ('CN0', 1, '${side}', 'pass', 'x', NULL, 1)`)
  const add = async (count: number, tenant: string, domain: string) => {
    for (let from = 0; from < count; from += 50_000) {
      const size = Math.min(50_000, count - from)
      await run(`INSERT INTO users (sid, tenant_sid, email, email_key, created_at, updated_at) ${series(size, from)}
        SELECT 'US' || lower(hex(randomblob(16))), ${tenant}, 'user' || i || '${domain}', 'user' || i || '${domain}', i, 1 FROM n`)
    }
  }
  await add(COHORT, `'TN0'`, '@big.example')
  await add(OTHERS, `'TN' || (1 + i % 9999)`, '@small.example')
  await run(`INSERT INTO memberships SELECT 'AC0', sid FROM users WHERE tenant_sid = 'TN0'`)
  await run(
    `INSERT INTO domains (tenant_sid, domain, token, created_by, created_at, verified_at, verified_by) VALUES ('TN0', 'big.example', 'x', 'x', 1, 1, 'dns')`,
  )
}

try {
  const start = performance.now()
  await prepareDatabase()
  console.log(
    `${COHORT.toLocaleString('en')} users in the cohort, ${OTHERS.toLocaleString('en')} others; prepared in ${((performance.now() - start) / 1000).toFixed(0)} s`,
  )
  const expiresAt = Date.now() + 30 * 24 * 3600 * 1000
  const owner = { user: 'user0@big.example', reason: 'owner', expiresAt }
  good(await addBreakGlass(request(), 'TN0', owner))
  const { sid } = good(await createRollout(request(), 'CN0', { name: 'Everybody' }))
  await measure('select by domain', () =>
    editSelectors(request(), sid, { domains: ['big.example'] }),
  )
  const { version } = await measure('freeze', () => freeze(request(), sid))
  for (let from = 0; from < COHORT; from += 1000)
    good(
      await uploadIdpUsers(request(), 'CN0', {
        upload: 'one',
        emails: Array.from(
          { length: Math.min(1000, COHORT - from) },
          (_, index) => `user${from + index}@big.example`,
        ),
        isLast: from + 1000 >= COHORT,
      }),
    )
  await measure('look again', () => refreshFindings(request(), sid))
  await measure('list 100 rows', () =>
    listMembers(request(), sid, {}, { limit: 100, after: { emailKey: 'user5', userSid: '' } }),
  )
  await measure('list 100 of a rare finding', () =>
    listMembers(request(), sid, { finding: 'alias' }, { limit: 100, after: null }),
  )
  await measure('summary', () => summarizeMembers(request(), sid))
  let after: string | null = ''
  await measure('decide in bulk', async () => {
    const rows = { finding: 'never_proved', after: after ?? '' } as const
    const decided = await decideMembers(request(), sid, version, rows, {
      included: true,
      reason: null,
    })
    if (!decided.ok) return decided
    after = decided.value.next
    return { ok: true, value: { ...decided.value, done: after === null } }
  })
  await measure('review', () => review(request(), sid, { version, includedExistInIdP: true }))
  await measure('enable', () => enable(request(), sid, { version }))
  await measure('inform by hand', () => inform(request(), sid, { version }))
  await measure('approve', () => approve(request(), sid, { version }))
  await DB.prepare(
    `INSERT INTO proofs (connection_sid, user_sid, entity_id, created_at) SELECT 'CN0', sid, 'https://idp.example', 1 FROM users WHERE tenant_sid = 'TN0' AND created_at % 10 <> 1`,
  ).run()
  await measure('progress', () => getProgress(request(), sid))
  await measure('enforce the proved', () => enforce(request(), sid, { version }))
  const { counts } = await measure('progress', () => getProgress(request(), sid))
  console.log(JSON.stringify(counts))
  await measure('roll back', () => rollBack(request(), sid, { to: 'password' }))
  await measure('freeze the next version', () => freeze(request(), sid))
  console.log(JSON.stringify(good(await getProgress(request(), sid)).counts))
} finally {
  await proxy.dispose()
  rmSync(path, { recursive: true, force: true })
}
