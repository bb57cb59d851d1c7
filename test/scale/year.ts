// A year of 1,000,000 logins a day in both databases, at a scale: which sizes they reach, and
// whether they stay there; and a flood.
// `npx node test/scale/year.ts [db|history|all] [LOGINS A DAY] [DAYS]`
// `npx node test/scale/year.ts flood [CONNECTIONS]`
// It uses SQLite, as D1 does. Exits 0 where everything held, and 1 where something did not.
import { FULL } from './clock.ts'
import { simulateFlood } from './flood.ts'
import { simulateDb } from './year-db.ts'
import { simulateHistory } from './year-history.ts'

const PART = process.argv[2] ?? 'all'
const CONNECTIONS = PART === 'flood' ? Number(process.argv[3] ?? 10_000) : 10_000
const LOGINS = Number(process.argv[3] ?? 1000)
const DAYS = Number(process.argv[4] ?? 365)
const SHOWN = new Set([1, 2, 7, 15, 20, 30, 60, 90, 183, 184, 270, DAYS])
const atFull = (bytes: number) => `${((bytes * FULL) / LOGINS / 1e9).toFixed(2)} GB`
const LIMIT = (10e9 * LOGINS) / FULL

function check(name: string, isRight: boolean, found: unknown): void {
  console.log(`${isRight ? '  held' : 'FAILED'}  ${name}: ${JSON.stringify(found)}`)
  if (!isRight) process.exitCode = 1
}

if (PART === 'db' || PART === 'all') await showDb()
if (PART === 'history' || PART === 'all') await showHistory()
if (PART === 'flood' || PART === 'all') await showFlood()

async function showDb(): Promise<void> {
  console.log('DB')
  const db = await simulateDb(LOGINS, DAYS)
  for (const { day, file, used } of db.ends.filter((end) => SHOWN.has(end.day)))
    console.log(`        day ${day}: file ${atFull(file)}, in use ${atFull(used)}`)
  const largest = Math.max(...db.ends.map(({ file }) => file))
  check('DB stays under 10 GB', largest < LIMIT, atFull(largest))
  check('DB has no backlog', db.backlog === 0, db.backlog)
  check('a day after the last login, nothing is left', db.left <= 0, db.left)
}

async function showHistory(): Promise<void> {
  console.log('HISTORY')
  const history = await simulateHistory(LOGINS, DAYS)
  const gigabytes = atFull(history.limit)
  for (const end of history.ends.filter(({ day }) => SHOWN.has(day)))
    console.log(
      `        day ${end.day}: ${atFull(end.used)} in use, ${atFull(end.most)} at most; ${end.daysOfLines.toFixed(1)} days of lines;`,
      `details ${atFull(end.details)}, their pages ${atFull(end.detailPages)}`,
    )
  const [used, most] = [
    Math.max(...history.ends.map((end) => end.used)),
    Math.max(...history.ends.map((end) => end.most)),
  ]
  check(`HISTORY ends each day under ${gigabytes}`, used <= history.limit, atFull(used))
  check('HISTORY stays under 10 GB between two sweeps', most < LIMIT, atFull(most))
  const later = history.ends.slice(Math.min(20, DAYS - 1))
  const fewest = Math.min(...later.map(({ daysOfLines }) => daysOfLines))
  check('lines are kept for 15 days at least', fewest >= 15, fewest.toFixed(1))
  const details = Math.max(...history.ends.map((end) => end.details))
  check('details take a quarter at most', details <= history.limit / 4, atFull(details))
  check('HISTORY has no backlog', history.backlog === 0, history.backlog)
  check('a line takes 400 bytes at most', history.bytesALine <= 400, history.bytesALine.toFixed(0))
  const left = `${(100 * history.leftOfHalf).toFixed(0)} %`
  check('half of the lines take 45 % of their pages or more', history.leftOfHalf <= 0.55, left)
}

async function showFlood(): Promise<void> {
  console.log(`HISTORY with ${CONNECTIONS} connections, one of them flooded`)
  const flood = await simulateFlood(CONNECTIONS)
  const { before, after, limit } = flood.details
  check('details take their quarter at most', after <= limit, { before, after, limit })
  check('the flooded connection keeps 750 lines at most', flood.flooded.lines <= 750, flood.flooded)
  const isNobodyHurt = flood.lost.details === 0 && flood.lost.lines === 0
  check('no other connection loses a detail or a line', isNobodyHurt, flood.lost)
  check('two runs of the sweep are enough', flood.runs <= 2, flood.runs)
}
