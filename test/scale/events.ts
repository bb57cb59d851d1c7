// How soon events reach a webhook endpoint: so many events a second, some in each change, in a real
// local workerd and D1, to a real HTTP server. Holds where no event is lost, and 99 of 100 come
// within five seconds of their commit. A local Worker has no cron: the script runs its job.
// `node test/scale/events.ts [A_SECOND] [SECONDS] [IN_A_CHANGE]` No part of `npm test`. Exits 1
// where it fails.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { addEndpoint } from './endpoint.ts'
import { openServer } from './server.ts'

const [aSecond = 100, seconds = 10, together = 10] = process.argv.slice(2).map(Number)
const WITHIN = 5000
/** After the last change, and again after the job of the minute. */
const PATIENCE_SECONDS = 8

const arrived = new Map<string, number>()
let repeated = 0
const receiver = createServer((request, response) => {
  const id = String(request.headers['webhook-id'])
  if (arrived.has(id)) repeated++
  else arrived.set(id, Date.now())
  request.resume().on('end', () => response.writeHead(204).end())
})
// Longer than the run: else it closes a connection just when the Worker uses it again.
receiver.keepAliveTimeout = 120_000
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const { port } = receiver.address() as AddressInfo

const began = performance.now()
const say = (what: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${what}`)

const server = await openServer()
try {
  say('the Worker answers')
  await addEndpoint(server, `http://localhost:${port}/`)
  const took = await makeEvents()
  const [{ wanted } = { wanted: 0 }] = await server.sql<{ wanted: number }>(
    `SELECT count(*) AS wanted FROM events WHERE type = 'tenant.created'`,
  )
  say(`${wanted} events recorded in ${took.toFixed(1)} s, ${arrived.size} have come`)
  await waitFor(wanted)
  if (arrived.size < wanted) {
    say(`${arrived.size} have come; the job of the minute runs`)
    await server.ask('/scale/minute', { method: 'POST' })
    await waitFor(wanted)
  }
  await report(took)
} finally {
  await server.close()
  receiver.closeAllConnections()
  receiver.close()
}

/**
 * How many seconds it took. A busy `wrangler dev` may break off an answer: the table says what was
 * recorded.
 */
async function makeEvents(): Promise<number> {
  const started = performance.now()
  const changes: Promise<number>[] = []
  for (let made = 0; made < aSecond * seconds; made += together) {
    await wait(Math.max(0, started + (made * 1000) / aSecond - performance.now()))
    const change = server.ask('/scale/events', { method: 'POST', body: String(together) })
    changes.push(
      change.then(
        ({ status }) => status,
        () => 0,
      ),
    )
  }
  const failed = (await Promise.all(changes)).filter((status) => status !== 200)
  if (failed.length > 0) say(`${failed.length} changes have no answer`)
  return (performance.now() - started) / 1000
}

async function waitFor(wanted: number): Promise<void> {
  for (let tenth = 0; tenth < PATIENCE_SECONDS * 10 && arrived.size < wanted; tenth++)
    await wait(100)
}

async function report(took: number): Promise<void> {
  const events = await server.sql<{ sid: string; at: number; open: number }>(
    `SELECT sid, created_at AS at,
      EXISTS (SELECT 1 FROM outbox WHERE event_sid = events.sid AND outcome IS NULL) AS open
      FROM events WHERE type = 'tenant.created'`,
  )
  const waited = events.map(({ sid, at }) => (arrived.get(sid) ?? Infinity) - at)
  const sorted = waited.toSorted((left, right) => left - right)
  const part = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
  const away = events.filter(({ sid }) => !arrived.has(sid))
  const lost = away.filter(({ open }) => !open).length
  const figures = {
    events: events.length,
    aSecond: Math.round(events.length / took),
    lost,
    /** In the outbox still, for the next job. */
    waiting: away.length - lost,
    repeated,
    milliseconds: { median: part(0.5), p99: part(0.99), most: part(1) },
  }
  const holds = lost === 0 && part(0.99) <= WITHIN
  say(`${holds ? 'held' : 'FAILED'}  ${JSON.stringify(figures)}`)
  process.exitCode = holds ? 0 : 1
}
