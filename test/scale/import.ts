// One million users in ten thousand tenants on this machine: `node test/scale/import.ts [USERS]`.
// Imports a generated file through the CLI's own code into a database of its own, watches memory
// and CPU time, reads decisions, and leaves nothing behind.
import {
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  readdirSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { getPlatformProxy } from 'wrangler'
import { openApi } from '../../src/api/engine/in-process.ts'
import { openClient } from '../../src/cli/client.ts'
import { importUsers } from '../../src/cli/import-users.ts'
import { publicNetwork } from '../../src/platform/network/public-network.ts'
import { selectSignInFacts } from '../../src/directory/sign-in/store.ts'
import type { Env } from '../../src/env.ts'

const USERS = Number(process.argv[2] ?? 1_000_000)
const TENANTS = 10_000
const folder = mkdtempSync(join(tmpdir(), 'gatepost-scale-'))
process.env['WRANGLER_LOG'] ??= 'error'
const proxy = await getPlatformProxy<Env>({ persist: { path: folder }, remoteBindings: false })
try {
  await run(proxy.env.DB)
} finally {
  await proxy.dispose()
  rmSync(folder, { recursive: true, force: true })
}

async function run(database: D1Database): Promise<void> {
  for (const file of readdirSync('migrations')
    .filter((name) => name.endsWith('.sql'))
    .toSorted())
    for (const statement of readFileSync(join('migrations', file), 'utf8').split(
      '--> statement-breakpoint',
    ))
      await database.prepare(statement).run()
  await database
    .prepare(
      `INSERT INTO tenants (sid, name, plan, created_at)
       WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
       SELECT 'TN' || printf('%032x', n), 'Tenant ' || n, 'enterprise', 1 FROM number`,
    )
    .bind(TENANTS)
    .run()
  const tenant = `TN${'1'.padStart(32, '0')}`
  const file = join(folder, 'users.csv')
  await generate(file)
  console.log(`${USERS} users, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB of CSV`)

  const send = openApi({
    database,
    history: undefined,
    actor: { kind: 'operator', id: 'scale', name: 'scale', role: 'owner' },
    config: { origin: 'http://localhost:8787' } as never,
    network: publicNetwork(false),
    log: (line) => console.log(JSON.stringify(line)),
  })
  let chunks = 0
  const client = openClient({
    async send(path, init) {
      const response = await send(path, init)
      if (path.includes('/rows') && ++chunks % Math.ceil(USERS / 2000 / 10) === 0)
        note(chunks * 2000)
      return response
    },
    close: async () => undefined,
  })
  const options = {
    file,
    tenant,
    format: undefined,
    named: undefined,
    refused: undefined,
    dryRun: false,
    createAccounts: true,
    again: false,
    report: join(folder, 'report.ndjson'),
  }
  note(0)
  for (const again of [false, true]) {
    chunks = 0
    const begun = performance.now()
    const cpuBefore = cpuSeconds()
    const done = await importUsers(client, { ...options, again })
    const seconds = (performance.now() - begun) / 1000
    const cpu = cpuSeconds() - cpuBefore
    const { created, updated, unchanged, refused } = done
    console.log(
      `${again ? 'again' : 'first'}: ${seconds.toFixed(0)} s, ${Math.round(USERS / seconds)} users/s,`,
      `${cpu.toFixed(0)} s of CPU, ${Math.round(USERS / cpu)} users per second of CPU`,
      JSON.stringify({ created, updated, unchanged, refused }),
    )
  }
  const counted = await database.prepare('SELECT count(*) AS count FROM users').all()
  const { count } = counted.results[0] as { count: number }
  const { size_after: size } = counted.meta
  console.log(`in the database: ${count} users, ${(size / 2 ** 20).toFixed(0)} MiB`)
  await readDecisions(database)
}

async function generate(file: string): Promise<void> {
  const stream = createWriteStream(file)
  stream.write('email,first_name,last_name,external_id,accounts,suspended\n')
  for (let n = 0; n < USERS; n++) {
    const line = `user.${n}@company-${n % 50}.example,First${n},Läst${n},${n},account-${n % 1000}|account-${(n * 7) % 1000},${n % 100 === 0}\n`
    if (!stream.write(line)) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'close')
}

/** Of this process and of workerd, its child: what a busy machine does not change. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  const ticks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => statOf(pid))
    .filter(([, parent]) => Number(parent) === process.pid)
    .reduce((sum, fields) => sum + Number(fields[11]) + Number(fields[12]), 0)
  return (user + system) / 1e6 + ticks / 100
}

/** The fields behind the name of the process: proc(5). Empty for one that has just ended. */
function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return []
  }
}

function note(rows: number): void {
  globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0).padStart(5)
  console.log(
    `${String(rows).padStart(8)} rows: resident ${mib(rss)} MiB, heap ${mib(heapUsed)} MiB`,
  )
}

/** What a decision reads with all of them there. */
async function readDecisions(database: D1Database): Promise<void> {
  const emails = Array.from(
    { length: 100 },
    (_, n) => `user.${n * 997}@company-${(n * 997) % 50}.example`,
  )
  for (const asked of [emails.slice(0, 1), emails]) {
    const { sql, params } = selectSignInFacts({ emailKeys: JSON.stringify(asked) }).facts.toSQL()
    const { meta } = await database
      .prepare(sql)
      .bind(...params)
      .all()
    console.log(
      `a decision on ${asked.length}: ${meta.rows_read} rows read, ${meta.duration.toFixed(1)} ms`,
    )
  }
}
