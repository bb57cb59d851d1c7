// The end-to-end tests: a real Worker, real identity providers, a real browser. `node
// test/e2e/run.ts [PART OF A NAME]` Exits 0 when all cases passed, 1 when one did not, 2 when the
// machine lacks a program they need.
import { cases } from './cases/index.ts'
import { forgetAccounts, missingPrograms } from './harness/preflight.ts'
import { runCases } from './harness/runner.ts'
import { openWorld, type World } from './harness/world.ts'

const missing = missingPrograms()
if (missing.length > 0) {
  for (const line of missing) console.error(line)
  process.exit(2)
}
forgetAccounts()

let world: World | undefined
let ending = false

async function end(exitCode: number): Promise<void> {
  if (ending) return
  ending = true
  await world?.close()
  process.exit(exitCode)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(1))

try {
  world = await openWorld()
  const filter = new RegExp(process.argv[2] ?? '', 'i')
  const { passed, failed } = await runCases(world, cases, filter)
  console.log(`${passed} passed, ${failed} failed`)
  await end(failed > 0 || passed === 0 ? 1 : 0)
} catch (error) {
  if (!ending) console.error(error)
  await end(1)
}
