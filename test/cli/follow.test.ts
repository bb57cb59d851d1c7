// `gatepost events follow` against a server that fails in every way and comes back: a real one, on a
// port of this machine.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { runCommand } from '../../src/cli/commands.ts'

/** What happens in each pause of the command. After the last it is stopped, as by a signal. */
let pauses: (() => unknown)[] = []
const STOPPED = new Error('stopped')

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: async () => {
    const next = pauses.shift()
    if (!next) throw STOPPED
    await next()
  },
}))

type Fault = (answer: ServerResponse, page: string) => void

const PAGE = 3
/** Numbers of events that happened. A cursor is how many were read. */
let events: number[] = []
let faults: Fault[] = []
let asked: string[] = []
let server: Server
let port = 0
const open = new Set<Socket>()

async function listen() {
  server = createServer((request, answer) => {
    const { searchParams } = new URL(request.url!, 'http://localhost')
    const cursor = searchParams.get('cursor') ?? '0'
    asked.push(cursor)
    const items = events.slice(Number(cursor), Number(cursor) + PAGE).map((number) => ({
      sid: `EV${number}`,
      seq: number,
      type: 'tenant.created',
      subjectSid: `TN${number}`,
      actor: 'operator olga',
      code: null,
      createdAt: number,
    }))
    const read = Number(cursor) + items.length
    const page = { items, gaps: [], cursor: String(read), hasMore: read < events.length }
    const body = JSON.stringify(page)
    const fault = faults.shift()
    if (fault) return fault(answer, body)
    answer.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((done) => void server.listen(port, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
}

async function goAway() {
  for (const socket of open) socket.destroy()
  await new Promise((done) => void server.close(done))
}

const html: Fault = (answer) => {
  answer.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Worker threw exception</h1>')
}
const problem =
  (status: number): Fault =>
  (answer) => {
    const document = { type: 'x', title: 'Not now', status, code: 'x', detail: 'd', errors: [] }
    answer
      .writeHead(status, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify(document))
  }
const hangUp: Fault = (answer) => void answer.socket!.destroy()
const cutOff: Fault = (answer, page) => {
  answer.writeHead(200, { 'content-type': 'application/json', 'content-length': page.length })
  answer.write(page.slice(0, page.length / 2), () => answer.socket!.destroy())
}
const half: Fault = (answer, page) => {
  answer.writeHead(200, { 'content-type': 'application/json' }).end(page.slice(0, page.length / 2))
}

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost-follow-'))
  vi.stubEnv('GATEPOST_API_KEY', 'key')
  await listen()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await goAway()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  events = [1, 2, 3, 4]
  ;[faults, asked, pauses] = [[], [], []]
})
afterEach(() => void vi.restoreAllMocks())

/** Runs until the last pause. Returns the numbers of the events that were printed, and the errors. */
async function follow(...more: string[]) {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const args = ['events', 'follow', '--json', '--url', `http://127.0.0.1:${port}`]
  const end = await runCommand([...args, ...more]).catch((error: unknown) => error)
  const printed = log.mock.calls.map(([line]) => (JSON.parse(String(line)) as { seq: number }).seq)
  const said = errors.mock.calls.map(([line]) => String(line))
  vi.restoreAllMocks()
  return { printed, said, end }
}

const happen = (...numbers: number[]) => void events.push(...numbers)
const nothing = () => undefined

it('prints each event once, whatever fails in between', async () => {
  // The second page of the first look, then each look once.
  const page: Fault = (answer, body) =>
    void answer.writeHead(200, { 'content-type': 'application/json' }).end(body)
  faults = [page, html, problem(503), hangUp, cutOff, half, problem(429)]
  pauses = [
    () => happen(5),
    nothing,
    () => happen(6, 7),
    nothing,
    nothing,
    nothing,
    () => happen(8),
  ]
  const { printed, said, end } = await follow()
  expect(end).toBe(STOPPED)
  expect(printed).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(said).toHaveLength(6)
  expect(said.every((line) => line.endsWith('; trying again'))).toBe(true)
  expect(asked.slice(0, 8)).toEqual(['0', '3', '3', '3', '3', '3', '3', '3'])
})

it('goes on when the server is back at its place', async () => {
  pauses = [goAway, () => happen(5), nothing, listen, () => happen(6)]
  const { printed, said, end } = await follow()
  expect(end).toBe(STOPPED)
  expect(printed).toEqual([1, 2, 3, 4, 5, 6])
  expect(said).toHaveLength(3)
  expect(said[0]).toContain('cannot be reached')
})

it('goes on from the cursor of its file when it is started again', async () => {
  const file = join(folder, 'cursor')
  // Stopped in the middle of a look: the second page was not read.
  faults = [undefined as never, html]
  const first = await follow('--cursor-file', file)
  expect(first.printed).toEqual([1, 2, 3])
  expect(readFileSync(file, 'utf8')).toBe('3\n')
  happen(5)
  const again = await follow('--cursor-file', file)
  expect(again.printed).toEqual([4, 5])
  expect((await follow('--cursor-file', file, '--once')).printed).toEqual([])
})

it('ends where the API refuses, and where nothing answers for half an hour', async () => {
  faults = [problem(401)]
  pauses = [nothing]
  const refused = await follow()
  expect(refused.end).toMatchObject({ problem: { status: 401 } })
  expect(refused.said).toEqual([])
  // An answer in between: it counts anew.
  const answered: Fault = (answer, page) =>
    void answer.writeHead(200, { 'content-type': 'application/json' }).end(page)
  faults = [...Array.from({ length: 40 }, () => html), answered, answered]
  faults.push(...Array.from({ length: 40 }, () => html))
  pauses = Array.from({ length: 81 }, () => nothing)
  expect((await follow()).end).toBe(STOPPED)
  faults = Array.from({ length: 70 }, () => html)
  pauses = Array.from({ length: 70 }, () => nothing)
  const gaveUp = await follow()
  expect(gaveUp.said).toHaveLength(60)
  expect((gaveUp.end as Error).message).toContain('status 500')
})
