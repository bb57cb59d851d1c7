// Writes the results as a page: CPU and time of each library, as multiples of each other.
import { cpus } from 'node:os'
import type { Entry } from './contenders.ts'
import type { Case, MessageSet } from './messages.ts'

/** Milliseconds of a message: each one's time, and each turn's CPU. */
export type Sample = { wall: number[]; cpu: number[] }
export type FirstRun = { loaded: number; cpu: number; wall: number }

type Results = {
  entries: readonly Entry[]
  samples: ReadonlyMap<Case, ReadonlyMap<string, Sample>>
  set: MessageSet
  firstRuns: ReadonlyMap<string, FirstRun[]>
  /** CPU of a message with one connection, and with many in turn. */
  connections: { one: number[]; many: number[] }
  rounds: number
}

export function renderResults(results: Results): string {
  const { samples, rounds } = results
  const cases = [...samples.keys()]
  return [
    '# Benchmark',
    '',
    'From the base64 of the form field to a verified principal, warm. `npm run bench` writes this',
    'page. [README.md](README.md) tells how to read it.',
    '',
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Machine: ${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    `- Node: ${process.version} (OpenSSL ${process.versions.openssl})`,
    `- Runs: ${rounds} turns of each library and case, each a process of its own; medians`,
    '- Keys and algorithms: RSA 2048 with SHA-256; AES-256-GCM with RSA-OAEP',
    '',
    ...versions(results.entries),
    '',
    '## Gatepost’s CPU as a multiple of theirs',
    '',
    'All threads of the process. Below 1, Gatepost needs less.',
    '',
    ...ratios(results, (sample) => sample.cpu),
    '',
    '## Gatepost’s time as a multiple of theirs',
    '',
    ...ratios(results, (sample) => sample.wall),
    ...cases.flatMap((one) => ['', ...renderCase(one, results)]),
    '',
    ...renderConnections(results.connections),
    '',
    ...renderFirstRuns(results),
    '',
  ].join('\n')
}

function versions(entries: readonly Entry[]): string[] {
  return [
    '| Library | Version |',
    '| --- | --- |',
    ...entries.map((entry) =>
      'absent' in entry
        ? `| ${entry.name} | ${entry.absent} |`
        : `| ${entry.name} | ${entry.contender.version} |`,
    ),
  ]
}

function ratios(
  { entries, samples }: Results,
  of: (sample: Sample) => readonly number[],
): string[] {
  const names = entries.map(({ name }) => name).filter((name) => name !== 'Gatepost')
  return [
    `| Message | ${names.join(' | ')} |`,
    `| --- | ${names.map(() => '---:').join(' | ')} |`,
    ...[...samples].map(([{ name }, byName]) => {
      const own = median(of(byName.get('Gatepost')!))
      const cells = names.map((other) => {
        const sample = byName.get(other)
        return sample ? (own / median(of(sample))).toFixed(2) : '—'
      })
      return `| ${name} | ${cells.join(' | ')} |`
    }),
  ]
}

function renderCase(one: Case, { samples, set }: Results): string[] {
  const sizes = set.messages.get(one)!.map(({ bytes }) => bytes)
  return [
    `## ${one.name[0]!.toUpperCase()}${one.name.slice(1)}`,
    '',
    `${Math.min(...sizes)} to ${Math.max(...sizes)} bytes of XML. Milliseconds.`,
    '',
    '| Library | CPU | CPU, 10 % to 90 % | Time | Time, 10 % to 90 % |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...[...samples.get(one)!].map(([name, { wall, cpu }]) =>
      [`| ${name}`, median(cpu).toFixed(2), spread(cpu), median(wall).toFixed(2), spread(wall)]
        .join(' | ')
        .concat(' |'),
    ),
  ]
}

function renderConnections({ one, many }: Results['connections']): string[] {
  return [
    '## Many connections',
    '',
    'Gatepost alone: messages to one connection, and to 2,000 in turn, each with two keys.',
    '',
    '| Connections | CPU of a message, ms |',
    '| --- | ---: |',
    `| one | ${median(one).toFixed(2)} |`,
    `| 2,000 | ${median(many).toFixed(2)} |`,
  ]
}

function renderFirstRuns({ firstRuns }: Results): string[] {
  return [
    '## First message of a process',
    '',
    'Milliseconds, medians. Loading includes the start of Node or Python, and for Gatepost the types',
    'that Node takes out of its sources; `npm run bench:startup` measures the upload.',
    '',
    '| Library | CPU of loading | CPU of the message | Time of the message |',
    '| --- | ---: | ---: | ---: |',
    ...[...firstRuns].map(([name, runs]) => {
      const of = (key: keyof FirstRun) => median(runs.map((run) => run[key])).toFixed(1)
      return `| ${name} | ${of('loaded')} | ${of('cpu')} | ${of('wall')} |`
    }),
  ]
}

function spread(samples: readonly number[]): string {
  return `${quantile(samples, 0.1).toFixed(2)} to ${quantile(samples, 0.9).toFixed(2)}`
}

function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

function quantile(samples: readonly number[], at: number): number {
  const sorted = samples.toSorted((left, right) => left - right)
  return sorted[Math.floor((sorted.length - 1) * at)]!
}
