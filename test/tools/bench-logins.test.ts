// The pure parts of `npm run bench:logins`: CPU from /proc, the browser's cookies, the figures.
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { keepCookies } from '../../bench/logins/browser.ts'
import { cpuOfTree, parseStat, sumTree, type ProcessStat } from '../../bench/logins/cpu.ts'
import { idOf } from '../../bench/logins/login.ts'
import { writeReplay } from '../../bench/logins/replay.ts'
import { figuresOf, isMet, median, renderTargets } from '../../bench/logins/table.ts'

describe('CPU', () => {
  it('is read from a line of /proc/PID/stat, whatever the process is called', () => {
    const line =
      '4242 (a) R 1 (b) S 17 4242 4242 0 -1 4194560 100 200 0 0 31 12 7 5 20 0 11 0 99 0 0'
    expect(parseStat(line)).toEqual({ pid: 4242, parent: 17, own: 43, ended: 12 })
    expect(() => parseStat('4242 (a) S 17')).toThrow(TypeError)
  })

  it('is that of the process and of all below it, those that ended included', () => {
    const stat = (pid: number, parent: number, own: number, ended = 0): ProcessStat => ({
      pid,
      parent,
      own,
      ended,
    })
    const stats = [
      stat(1, 0, 1000),
      stat(5, 1, 10, 4),
      stat(6, 5, 20),
      stat(7, 6, 1),
      stat(8, 1, 99),
    ]
    expect(sumTree(stats, 5)).toBe(350)
    expect(() => sumTree(stats, 9)).toThrow('process 9 is gone')
  })

  it('of this process grows with its work', () => {
    const before = cpuOfTree(process.pid)
    const until = process.cpuUsage().user + 60_000
    let spun = 0
    while (process.cpuUsage().user < until) spun++
    expect(spun).toBeGreaterThan(0)
    expect(cpuOfTree(process.pid) - before).toBeGreaterThanOrEqual(40)
  })
})

it('a browser keeps cookies, and drops those that expire at once', () => {
  const cookies = new Map([['old', '1']])
  keepCookies(cookies, { 'set-cookie': ['a=b=c; Path=/; HttpOnly', 'old=; Max-Age=0; Path=/'] })
  expect([...cookies]).toEqual([['a', 'b=c']])
})

it('the ID of an AuthnRequest is read from its query parameter', () => {
  const encoded = deflateRawSync('<AuthnRequest Version="2.0" ID="_1"/>').toString('base64')
  expect(idOf(encoded)).toBe('_1')
  expect(() => idOf(deflateRawSync('<AuthnRequest/>').toString('base64'))).toThrow('without ID')
})

describe('the Worker that repeats storage calls', () => {
  type Replay = {
    default: { fetch: (request: Request, env: unknown) => Promise<Response> }
  }

  it('makes those of the step, in their order, and none for an unknown one', async () => {
    const script = writeReplay([
      [
        [{ store: 'DB', queries: { sql: 'SELECT ?', params: [1] } }],
        [
          { store: 'DB', queries: [{ sql: 'INSERT', params: [[1, 2]] }, { sql: 'SELECT ?' }] },
          { store: 'KV', method: 'GET', key: 'k', value: undefined },
        ],
      ],
    ])
    const module = (await import(`data:text/javascript,${encodeURIComponent(script)}`)) as Replay
    const made: unknown[] = []
    const DB = {
      prepare: (sql: string) => ({
        bind: (...values: unknown[]) => ({
          sql,
          values,
          all: async () => made.push([sql, values]),
        }),
      }),
      batch: async (list: { sql: string; values: unknown[] }[]) =>
        made.push(list.map(({ sql, values }) => [sql, values])),
    }
    const RELAY = { get: async (key: string) => made.push(key) }
    const ask = (path: string) =>
      module.default.fetch(new Request(`http://localhost${path}`), { DB, RELAY })
    await ask('/0/0')
    expect(made.splice(0)).toEqual([['SELECT ?', [1]]])
    await ask('/0/1')
    expect(made.splice(0)).toEqual([
      [
        ['INSERT', [new Uint8Array([1, 2])]],
        ['SELECT ?', []],
      ],
      'k',
    ])
    expect((await ask('/0/2')).status).toBe(200)
    expect(made).toEqual([])
  })
})

describe('figures', () => {
  it('are medians of the rounds, for each login', () => {
    const samples = [
      { logins: 10, cpu: 100, wall: 1000 },
      { logins: 10, cpu: 20, wall: 500 },
      { logins: 10, cpu: 30, wall: 250 },
    ]
    expect(figuresOf('one', samples)).toEqual({ name: 'one', cpu: 3, rate: 20 })
    expect(median([])).toBeNaN()
  })

  it('meet a target up to its limit', () => {
    const target = { what: 'whole', ours: 3, theirs: 2, limit: 1.5 }
    expect([isMet(target), isMet({ ...target, ours: 3.01 })]).toEqual([true, false])
    expect(renderTargets([target])).toContain('| whole | ×1.50 | ×1.5 | met |')
    expect(isMet({ ...target, ours: Number.NaN })).toBe(false)
  })
})
