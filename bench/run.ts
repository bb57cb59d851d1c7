// Measures Gatepost beside other SAML libraries, on the same messages, in one process and one run.
// Writes results.md.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { makeContenders, type Contender, type Entry } from './contenders.ts'
import { KINDS, makeMessages, type Kind, type MessageSet } from './messages.ts'

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 25)
/** Passes over the messages of a kind in one round. */
const PASSES = 2
const WARM_UP_PASSES = 40

type Times = Map<string, Record<Kind, number[]>>

const collectGarbage = (globalThis as { gc?: (options?: { type: 'minor' }) => void }).gc
if (!collectGarbage) throw new Error('run this with --expose-gc')

const set = await makeMessages()
const entries = await makeContenders(set.parties)
const contenders = entries.flatMap((entry) => ('contender' in entry ? [entry.contender] : []))
try {
  await checkRefusals(contenders, set)
  const times = await measureAll(contenders, set)
  const report = render(entries, times, set)
  writeFileSync(join(import.meta.dirname, 'results.md'), report)
  console.log(report)
} finally {
  for (const contender of contenders) contender.close()
}

/** Only a library that refuses bad messages is measured. */
async function checkRefusals(contenders: readonly Contender[], { bad }: MessageSet): Promise<void> {
  for (const contender of contenders)
    for (const kind of KINDS)
      for (const message of bad[kind])
        if (!(await contender.refuses(message)))
          throw new Error(`${contender.name} takes a message (${kind}) that is ${message.reason}`)
}

async function measureAll(
  contenders: readonly Contender[],
  { messages }: MessageSet,
): Promise<Times> {
  const times: Times = new Map()
  for (const { name } of contenders)
    times.set(name, Object.fromEntries(KINDS.map((kind) => [kind, []])) as never)

  for (const kind of KINDS) {
    collectGarbage!()
    for (let pass = 0; pass < WARM_UP_PASSES; pass++)
      for (const contender of contenders) await contender.measure(messages[kind])

    for (let round = 0; round < ROUNDS; round++)
      for (let turn = 0; turn < contenders.length; turn++) {
        // Each round begins with another one.
        const contender = contenders[(turn + round) % contenders.length]!
        // No contender pays for the garbage of the one before. A full collection would also discard
        // compiled code and inline caches, and the next contender would not be warm.
        collectGarbage!({ type: 'minor' })
        for (let pass = 0; pass < PASSES; pass++)
          times.get(contender.name)![kind].push(...(await contender.measure(messages[kind])))
      }
  }
  return times
}

function render(entries: readonly Entry[], times: Times, set: MessageSet): string {
  const runs = ROUNDS * PASSES * set.messages[KINDS[0]].length
  return [
    '# Benchmark',
    '',
    'From the base64 of the form field to a verified principal, warm. `npm run bench` writes this',
    'page. [README.md](README.md) tells how to read it.',
    '',
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Machine: ${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    `- Node: ${process.version} (OpenSSL ${process.versions.openssl})`,
    `- Runs: ${runs} of each library and kind of message, in ${ROUNDS} rounds in turn; medians`,
    '- Keys and algorithms: RSA 2048 with SHA-256; AES-256-GCM with RSA-OAEP',
    '',
    ...renderOverview(entries, times),
    ...KINDS.flatMap((kind) => ['', ...renderKind(kind, entries, times, set)]),
    '',
  ].join('\n')
}

/** The time of each as a multiple of Gatepost's, and its version. */
function renderOverview(entries: readonly Entry[], times: Times): string[] {
  const own = times.get('Gatepost')!
  return [
    'Times as long as Gatepost, on the same messages:',
    '',
    `| Library | Version | ${KINDS.join(' | ')} |`,
    `| --- | --- | ${KINDS.map(() => '---:').join(' | ')} |`,
    ...entries.map((entry) => {
      if ('absent' in entry)
        return `| ${entry.name} | ${entry.absent} | ${KINDS.map(() => '—').join(' | ')} |`
      const all = times.get(entry.name)!
      const ratios = KINDS.map((kind) => (median(all[kind]) / median(own[kind])).toFixed(2))
      return `| ${entry.name} | ${entry.contender.version} | ${ratios.join(' | ')} |`
    }),
  ]
}

function renderKind(
  kind: Kind,
  entries: readonly Entry[],
  times: Times,
  { messages }: MessageSet,
): string[] {
  const sizes = messages[kind].map(({ bytes }) => bytes)
  const own = median(times.get('Gatepost')![kind])
  return [
    `## ${kind[0]!.toUpperCase()}${kind.slice(1)}`,
    '',
    `${Math.min(...sizes)} to ${Math.max(...sizes)} bytes of XML.`,
    '',
    '| Library | Median, ms | 10 % to 90 %, ms | Gatepost ÷ it | it ÷ Gatepost |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...entries.map((entry) => {
      if ('absent' in entry) return `| ${entry.name} | — | — | — | — |`
      const samples = times.get(entry.name)![kind]
      const cells = [
        median(samples).toFixed(2),
        `${quantile(samples, 0.1).toFixed(2)} to ${quantile(samples, 0.9).toFixed(2)}`,
        (own / median(samples)).toFixed(2),
        (median(samples) / own).toFixed(2),
      ]
      return `| ${entry.name} | ${cells.join(' | ')} |`
    }),
  ]
}

function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

function quantile(samples: readonly number[], at: number): number {
  const sorted = samples.toSorted((left, right) => left - right)
  return sorted[Math.floor((sorted.length - 1) * at)]!
}
