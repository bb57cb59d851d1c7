// Whether events survive a Worker that is killed at any moment: so many events on their way to a
// real HTTP server, and the process of the Worker and its D1 ended by SIGKILL again and again.
// Holds where each event comes, and none comes again whose delivery was noted.
// `node test/scale/killed.ts [EVENTS] [KILLS]` No part of `npm test`. Exits 1 where it fails.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { addEndpoint } from './endpoint.ts'
import { openServer } from './server.ts'

const [events = 300, kills = 3] = process.argv.slice(2).map(Number)
const TOGETHER = 10
/** The answer of the endpoint takes so long, so that there is always something on its way. */
const ANSWER_MILLISECONDS = 30
/** Past the lease of a delivery. */
const AFTER_THE_LEASE = 3 * 60_000
const RUNS = 30

const arrivals = new Map<string, number>()
const receiver = createServer((request, response) => {
  const id = String(request.headers['webhook-id'])
  arrivals.set(id, (arrivals.get(id) ?? 0) + 1)
  request.resume().on('end', () => {
    setTimeout(() => response.writeHead(204).end(), ANSWER_MILLISECONDS)
  })
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const { port } = receiver.address() as AddressInfo

const server = await openServer()
try {
  await addEndpoint(server, `http://localhost:${port}/`)
  const post = (path: string, body: number) =>
    server.ask(path, { method: 'POST', body: String(body) }).catch(() => undefined)
  /** What had come of each event when its delivery was seen noted first. */
  const noted = new Map<string, number>()
  let recorded = 0
  for (let kill = 1; kill <= kills; kill++) {
    const share = Math.ceil(events / kills / TOGETHER)
    const changes = Array.from({ length: share }, () => post('/scale/events', TOGETHER))
    const [before, wanted] = [arrivals.size, (share * TOGETHER) / 2]
    for (let tenth = 0; tenth < 100 && arrivals.size < before + wanted; tenth++) await wait(50)
    await server.kill()
    await Promise.all(changes)
    await server.up()
    recorded = await remember(noted)
    console.log(`killed: ${recorded} recorded, ${arrivals.size} came, ${noted.size} noted`)
  }
  for (let run = 0; run < RUNS && noted.size < recorded; run++) {
    await post('/scale/minute', AFTER_THE_LEASE)
    await remember(noted)
  }
  const lost = recorded - arrivals.size
  const again = [...noted].filter(([sid, times]) => arrivals.get(sid) !== times).length
  const repeated = [...arrivals.values()].filter((times) => times > 1).length
  const holds = recorded > 0 && lost === 0 && again === 0 && noted.size === recorded
  const figures = { recorded, lost, noted: noted.size, againAfterNote: again, repeated }
  console.log(`${holds ? 'held' : 'FAILED'}  ${JSON.stringify(figures)}`)
  process.exitCode = holds ? 0 : 1
} finally {
  await server.close()
  receiver.closeAllConnections()
  receiver.close()
}

/** How many events the table has. */
async function remember(noted: Map<string, number>): Promise<number> {
  const rows = await server.sql<{ sid: string; outcome: string | null }>(
    `SELECT events.sid, outcome FROM events LEFT JOIN outbox ON event_sid = events.sid
      WHERE type = 'tenant.created'`,
  )
  for (const { sid, outcome } of rows)
    if (outcome === 'delivered' && !noted.has(sid)) noted.set(sid, arrivals.get(sid) ?? 0)
  return rows.length
}
