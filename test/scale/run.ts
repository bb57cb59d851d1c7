// What logins, decisions and rollouts cost among 1,000,000 users in 10,000 tenants, in a real local
// D1 behind the whole Worker, and whether a rollout of 100,000 survives being killed at any moment.
// `node test/scale/run.ts [USERS] [TENANTS] [COHORT] [KILLS]` No part of `npm test`. Exits 0 when
// everything held, 1 when something did not; leaves nothing behind.
import { readLogins, type Rows } from './logins.ts'
import { rollOut, type StepCost } from './rollout.ts'
import { seed, seedPeople, type Size } from './seed.ts'
import { openServer, type Server } from './server.ts'

/** Rows that a step of a login may read. The dearest opens a session and makes a code for an app. */
const ROWS = 25
/**
 * D1 on the free plan: statements of an invocation, and for all plans: bound parameters, bytes of
 * SQL and milliseconds of a statement.
 */
const LIMITS = { statements: 50, parameters: 100, length: 100_000, slowest: 30_000 } as const

const [users = 1_000_000, tenants = 10_000, cohort = 100_000, kills = 6] = process.argv
  .slice(2)
  .map(Number)
const SMALL: Size = { tenants: 10, users: 100, cohort: 60 }

const result = { passed: 0, failed: 0 }
let killed = 0
function check(name: string, isRight: boolean, found: unknown): void {
  result[isRight ? 'passed' : 'failed']++
  console.log(`${isRight ? '  held' : 'FAILED'}  ${name}: ${JSON.stringify(found)}`)
}

let server: Server | undefined
try {
  const few = await measure(SMALL)
  await server?.close()
  const many = await measure({ tenants, users, cohort })
  for (const [name, rows] of Object.entries(many.rows)) {
    // A batch has no bound of its own, its e-mails have.
    const isBounded = rows <= ROWS || /^decisions, \d/.test(name)
    check(
      `${name} reads ${few.rows[name]} rows in both`,
      isBounded && rows === few.rows[name],
      rows,
    )
  }
  await rollOut(server!, many.secret, kills, { step: showStep, check })
  console.log(`killed ${killed} times`)
} catch (error) {
  console.error(error)
  result.failed++
} finally {
  await server?.close()
}
console.log(`${result.passed} passed, ${result.failed} failed`)
process.exit(result.failed > 0 ? 1 : 0)

async function measure(size: Size): Promise<{ rows: Rows; secret: string }> {
  const start = performance.now()
  server = await openServer()
  await seed(server, size)
  await seedPeople(server)
  const { status, body } = await server.ask('/scale/keys')
  if (status !== 200) throw new Error(`no keys: ${JSON.stringify(body)}`)
  const { secret } = body as { secret: string }
  const count = (value: number) => value.toLocaleString('en')
  console.log(
    `${count(size.users)} users in ${count(size.tenants)} tenants, made in ${((performance.now() - start) / 1000).toFixed(0)} s`,
  )
  return { rows: await readLogins(server, secret), secret }
}

function showStep(step: StepCost) {
  const { name, calls, kills: times, seconds, most, rowsRead, rowsWritten } = step
  const count = (value: number) => value.toLocaleString('en')
  killed += times
  console.log(
    `        ${name}: ${calls} calls, killed ${times} times, ${seconds.toFixed(0)} s; rows read ${count(rowsRead)}, written ${count(rowsWritten)}`,
  )
  const { statements, trips, parameters, length, slowest } = most
  check(
    `a call of “${name}” keeps the limits of an invocation`,
    statements <= LIMITS.statements &&
      parameters <= LIMITS.parameters &&
      length <= LIMITS.length &&
      slowest <= LIMITS.slowest,
    {
      trips,
      statements,
      rowsRead: most.rowsRead,
      rowsWritten: most.rowsWritten,
      parameters,
      length,
      slowest: Math.round(slowest),
    },
  )
}
