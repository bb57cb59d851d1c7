// Measures Gatepost beside other SAML libraries, on the same messages and in one run, each in a
// process of its own. Writes results.md.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findContenders, type Contender, type Running } from './contenders.ts'
import type { Setup } from './libraries.ts'
import { CASES, KINDS, makeMessages, type Case, type MessageSet } from './messages.ts'
import { renderResults, type FirstRun, type Sample } from './results.ts'
import { makeSetup } from './setup.ts'

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 25)
/** Milliseconds in which a library warms up for a case, and what one turn of it takes at least. */
const WARM_UP = 1500
const TURN = 60
const FIRST_RUNS = Math.min(ROUNDS, 10)
/** The connections that take turns, each with two keys. */
const CONNECTIONS = 2000

const only = process.argv[2]
const cases = CASES.filter(({ name }) => !only || name.includes(only))
const set = await makeMessages()
const setup = await makeSetup(set.parties, CONNECTIONS)
const entries = findContenders()
const contenders = entries.flatMap((entry) => ('contender' in entry ? [entry.contender] : []))

const samples = new Map<Case, Map<string, Sample>>()
const running = new Map<string, Running>()
let firstRuns: Map<string, FirstRun[]>
let connections: { one: number[]; many: number[] }
try {
  for (const contender of contenders) running.set(contender.name, await contender.start(setup))
  await checkRefusals(set)
  for (const one of cases) samples.set(one, await measureCase(one))
  connections = await measureConnections(running.get('Gatepost')!)
} finally {
  for (const { close } of running.values()) close()
}
firstRuns = await measureFirstRuns(contenders, setup)

const report = renderResults({ entries, samples, set, firstRuns, connections, rounds: ROUNDS })
if (!only) writeFileSync(join(import.meta.dirname, 'results.md'), report)
console.log(report)

/** Only a library that refuses bad messages is measured. */
async function checkRefusals({ bad }: MessageSet): Promise<void> {
  for (const [name, contender] of running)
    for (const kind of KINDS)
      for (const message of bad[kind])
        if (!(await contender.refuses(message)))
          throw new Error(`${name} takes a message (${kind}) that is ${message.reason}`)
}

/** In turns, and each round begins with another one: a disturbance affects all. */
async function measureCase(one: Case): Promise<Map<string, Sample>> {
  const messages = set.messages.get(one)!
  const found = new Map<string, Sample>()
  const passes = new Map<string, number>()
  for (const [name, contender] of running) {
    found.set(name, { wall: [], cpu: [] })
    const end = performance.now() + WARM_UP
    let fastest = Infinity
    do {
      const { wall } = await contender.measure(messages)
      fastest = Math.min(
        fastest,
        wall.reduce((sum, time) => sum + time, 0),
      )
    } while (performance.now() < end)
    // A turn is long enough for the clock of the CPU, and pays for its own garbage.
    passes.set(name, Math.max(1, Math.ceil(TURN / fastest)))
  }
  const names = [...running.keys()]
  for (let round = 0; round < ROUNDS; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length]!
      const repeated = Array.from({ length: passes.get(name)! }, () => messages).flat()
      const { wall, cpu } = await running.get(name)!.measure(repeated)
      found.get(name)!.wall.push(...wall)
      found.get(name)!.cpu.push(cpu)
    }
  return found
}

/** The CPU of a message where one connection, and where many take turns, each with two keys. */
async function measureConnections(gatepost: Running): Promise<{ one: number[]; many: number[] }> {
  const messages = set.messages.get(CASES[0]!)!
  const to = (connection: (index: number) => number) =>
    Array.from({ length: CONNECTIONS }, (_, index) => ({
      ...messages[index % messages.length]!,
      connection: connection(index),
    }))
  const [one, many] = [to(() => 0), to((index) => index)]
  const result: { one: number[]; many: number[] } = { one: [], many: [] }
  await gatepost.measure(many)
  for (let round = 0; round < Math.min(ROUNDS, 7); round++) {
    result.one.push((await gatepost.measure(one)).cpu)
    result.many.push((await gatepost.measure(many)).cpu)
  }
  return result
}

/** The first message of a process, once the library is loaded. */
async function measureFirstRuns(
  all: readonly Contender[],
  settings: Setup,
): Promise<Map<string, FirstRun[]>> {
  const message = set.messages.get(CASES[0]!)![0]!
  const found = new Map<string, FirstRun[]>(all.map(({ name }) => [name, []]))
  for (let round = 0; round < FIRST_RUNS; round++)
    for (const contender of all) {
      const fresh = await contender.start(settings)
      const { cpu, wall } = await fresh.measure([message])
      fresh.close()
      found.get(contender.name)!.push({ loaded: fresh.loaded, cpu, wall: wall[0]! })
    }
  return found
}
