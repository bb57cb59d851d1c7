// The figures of a run, and the table of them. Pure.

/** Of one round of one service. */
export type Sample = { logins: number; cpu: number; wall: number }

export type Figures = { name: string; cpu: number; rate: number }

/** CPU in milliseconds a login and logins a second: medians of the rounds. */
export function figuresOf(name: string, samples: readonly Sample[]): Figures {
  return {
    name,
    cpu: median(samples.map(({ cpu, logins }) => cpu / logins)),
    rate: median(samples.map(({ wall, logins }) => (logins * 1000) / wall)),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

export type Target = { what: string; ours: number; theirs: number; limit: number }

export function isMet({ ours, theirs, limit }: Target): boolean {
  return ours <= limit * theirs
}

export function renderTable(figures: readonly Figures[]): string {
  return [
    '| service | CPU a login, ms | logins a second |',
    '| --- | --- | --- |',
    ...figures.map(({ name, cpu, rate }) => `| ${name} | ${cpu.toFixed(2)} | ${rate.toFixed(0)} |`),
  ].join('\n')
}

export function renderTargets(targets: readonly Target[]): string {
  return [
    '| target | ratio | limit | |',
    '| --- | --- | --- | --- |',
    ...targets.map((target) => {
      const ratio = (target.ours / target.theirs).toFixed(2)
      return `| ${target.what} | ×${ratio} | ×${target.limit} | ${isMet(target) ? 'met' : 'missed'} |`
    }),
  ].join('\n')
}
