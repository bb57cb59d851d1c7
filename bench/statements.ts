// Times what statements cost before they are sent: built by drizzle for each call, and compiled once.
// `node bench/statements.ts`, in microseconds of CPU a batch.
import { findConnectionAndKeys } from '../src/connections/store.ts'
import { findSignInFacts } from '../src/directory/sign-in/store.ts'
import { openDatabase } from '../src/platform/db/client.ts'

const ROUNDS = 3000

/** Answers at once and with nothing. */
const nothing = { results: [], success: true, meta: {} } as unknown as D1Result
const statement = { raw: async () => [], all: async () => nothing, run: async () => nothing }
const prepared = { ...statement, bind: () => statement } as unknown as D1PreparedStatement
const db = openDatabase({
  prepare: () => prepared,
  batch: async (statements: D1PreparedStatement[]) => statements.map(() => nothing as never),
})

const BATCHES: Record<string, () => Promise<unknown>> = {
  'connection and keys (begin, ACS)': () => findConnectionAndKeys(db, 'CN1'),
  'sign-in facts (front door)': () => findSignInFacts(db, ['alice@tenant.example']),
}

for (const [name, send] of Object.entries(BATCHES)) {
  const first = await cpuOf(send, 1)
  await cpuOf(send, ROUNDS / 10)
  const warm = await cpuOf(send, ROUNDS)
  console.log(`${name.padEnd(36)} first ${format(first)}  then ${format(warm / ROUNDS)}`)
}

async function cpuOf(send: () => Promise<unknown>, rounds: number): Promise<number> {
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++) await send()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function format(micros: number): string {
  return micros.toFixed(micros < 100 ? 1 : 0).padStart(8)
}
