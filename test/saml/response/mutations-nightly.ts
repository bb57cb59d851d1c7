// The long form of mutations.test.ts: `node test/saml/response/mutations-nightly.ts [COUNT [SEED]]`.
// One to three mutations of a genuine response at a time. Each must be refused, or leave all that is
// believed as it was. Prints the seed and the counts by code. The seed that a failure names comes
// back with COUNT 1.
import { parseArgs } from 'node:util'
import { coreIdp, judge } from '../../support/core.ts'
import { seeded } from '../../support/random.ts'
import { ALLOW, believed, MESSAGES, MUTATORS } from './mutate.ts'

const [count = 200_000, first = Date.now() % 1_000_000_000] = parseArgs({
  allowPositionals: true,
}).positionals.map(Number)
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(first))
  throw new TypeError('numbers')

const MOST_AT_ONCE = 3
const NEWS = 20_000

const idp = coreIdp()
const genuine = await Promise.all(
  MESSAGES.map(async ([name, answer]) => {
    const message = await idp.respond(answer)
    const belief = believed(await judge(message, ALLOW))
    if (belief === undefined) throw new Error(`${name} is refused as it is`)
    return { name, message, belief }
  }),
)

const codes = new Map<string, number>()
const byKind = new Map<string, { refused: number; unchanged: number }>()
const failures: string[] = []

console.log(`seed ${first}, ${count} mutations of ${MESSAGES.length} kinds of responses`)
for (let seed = first; seed < first + count; seed++) {
  await tryOne(seed)
  const done = seed - first + 1
  if (done % NEWS === 0) console.log(`${done} done, ${failures.length} failed`)
}

for (const [name, { refused, unchanged }] of byKind) {
  console.log(`${name}: ${refused} refused, ${unchanged} unchanged`)
  // Otherwise little was tried.
  if (count > 1000 && refused < unchanged) failures.push(`${name}: mutations change nothing`)
}
for (const [code, times] of [...codes].toSorted((one, other) => other[1] - one[1]))
  console.log(`${String(times).padStart(8)} ${code}`)
for (const failure of failures.slice(0, 20)) console.error(failure)
console.log(`${count - failures.length} passed, ${failures.length} failed`)
process.exit(failures.length === 0 ? 0 : 1)

async function tryOne(seed: number): Promise<void> {
  const random = seeded(seed)
  const { name, message, belief } = random.pick(genuine)
  const [mutators, times] = [[] as string[], 1 + random.below(MOST_AT_ONCE)]
  let mutated: string | Uint8Array = message
  // Bytes are no text any more: they end it.
  for (let time = 0; time < times && typeof mutated === 'string'; time++) {
    const [kind, mutate] = random.pick(MUTATORS)
    mutators.push(kind)
    try {
      mutated = mutate(random, mutated)
    } catch {
      // No document any more for a reader that changes nodes: it is judged as it is.
    }
  }
  const counts = byKind.get(name) ?? { refused: 0, unchanged: 0 }
  byKind.set(name, counts)
  try {
    const verdict = await judge(mutated, ALLOW)
    const after = believed(verdict)
    if (after === undefined && verdict.refusal) {
      counts.refused++
      codes.set(verdict.refusal.code, (codes.get(verdict.refusal.code) ?? 0) + 1)
    } else if (after === belief) counts.unchanged++
    else failures.push(`seed ${seed}, ${name}, ${mutators.join(', ')}: believes something else`)
  } catch (error) {
    failures.push(`seed ${seed}, ${name}, ${mutators.join(', ')}: ${String(error)}`)
  }
}
