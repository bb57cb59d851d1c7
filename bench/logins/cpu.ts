// CPU time of a process and everything below it, from /proc. Reading is apart from judging, so that
// tests need no process.
import { readdirSync, readFileSync } from 'node:fs'

export type ProcessStat = {
  pid: number
  parent: number
  /** Clock ticks of all its threads, those that ended included. */
  own: number
  /** Clock ticks of children that ended and were waited for, theirs included. */
  ended: number
}

/** `getconf CLK_TCK` says 100 on every Linux that Node runs on. */
const MILLISECONDS_PER_TICK = 10

/** A line of /proc/PID/stat (proc(5)). The name in parentheses may contain anything. */
export function parseStat(line: string): ProcessStat {
  const pid = Number.parseInt(line, 10)
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  // The third field of the line is the first here.
  const [parent, utime, stime, cutime, cstime] = [1, 11, 12, 13, 14].map((at) =>
    Number(fields[at]),
  ) as [number, number, number, number, number]
  if (![pid, parent, utime, stime, cutime, cstime].every(Number.isSafeInteger))
    throw new TypeError('not a line of /proc/PID/stat')
  return { pid, parent, own: utime + stime, ended: cutime + cstime }
}

/** Milliseconds of the process and of all below it. Throws where it is not there. */
export function sumTree(stats: readonly ProcessStat[], root: number): number {
  const children = Map.groupBy(stats, ({ parent }) => parent)
  const top = stats.find(({ pid }) => pid === root)
  if (!top) throw new Error(`process ${root} is gone`)
  let ticks = 0
  const waiting = [top]
  for (const one of waiting) {
    ticks += one.own + one.ended
    waiting.push(...(children.get(one.pid) ?? []))
  }
  return ticks * MILLISECONDS_PER_TICK
}

/** Milliseconds so far. */
export function cpuOfTree(root: number): number {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
      } catch {
        // It has ended in between.
        return []
      }
    })
  return sumTree(stats, root)
}
