// A deployment whose D1 and KV fail on demand: real bindings, with faults in front of them. Time
// passes quickly where something only waits.
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { wrapD1, type Asked, type Trip } from '../support/wrap-d1.ts'

const LOST = 'D1_ERROR: Network connection lost.'
const QUEUED = 'D1_ERROR: D1 DB is overloaded. Requests queued for too long.'
const FULL = 'D1_ERROR: database or disk is full: SQLITE_FULL'

const writes = (asked: readonly Asked[]) => asked.some(({ query }) => !/^\s*select\b/i.test(query))

/** `isTarget`: the first trip that writes or, for a step that only reads, the first. */
type D1Fault = (trip: Trip, isTarget: boolean, isWriting: boolean) => Promise<D1Result[]>

const fail = (message: string) => Promise.reject(new Error(message))
const never = () => new Promise<never>(() => {})

const D1_FAULTS = {
  'D1 is overloaded once': (trip, isTarget) => (isTarget ? fail(QUEUED) : trip()),
  'D1 is lost once, before': (trip, isTarget) => (isTarget ? fail(LOST) : trip()),
  'D1 answer is lost once, after commit': async (trip, isTarget) => {
    const results = await trip()
    return isTarget ? fail(LOST) : results
  },
  'D1 is down': () => fail(LOST),
  'D1 is slow, before': (trip, isTarget) => (isTarget ? hang(never) : trip()),
  'D1 is slow, after commit': (trip, isTarget) =>
    isTarget ? hang(() => trip().then(never)) : trip(),
  'D1 is full': (trip, _, isWriting) => (isWriting ? fail(FULL) : trip()),
} satisfies Record<string, D1Fault>

type KvFault = Partial<Record<'get' | 'put', () => Promise<unknown>>>

const KV_FAULTS = {
  'KV put fails': { put: () => fail('KV PUT failed: 500 Internal Server Error') },
  'KV get fails': { get: () => fail('KV GET failed: 503 Service Unavailable') },
  'KV has nothing yet': { get: () => Promise.resolve(null) },
} satisfies Record<string, KvFault>

const OTHERS = ['HISTORY is down', 'killed'] as const

export type FaultName = keyof typeof D1_FAULTS | keyof typeof KV_FAULTS | (typeof OTHERS)[number]

export const FAULTS = [
  ...Object.keys(D1_FAULTS),
  ...Object.keys(KV_FAULTS),
  ...OTHERS,
] as FaultName[]

/** True: the answer never arrives, whatever became of the request. */
export const isKilled = (fault: FaultName) => fault === 'killed'

let isNextTimerDue = false

/** The client gives up at once: the time of the next timer is over. */
function hang<T>(work: () => Promise<T>): Promise<T> {
  isNextTimerDue = true
  return work()
}

export function openFaulty() {
  const environment: Env = { ...env }
  const lines: Record<string, unknown>[] = []

  async function during<T>(fault: FaultName, isReading: boolean, act: () => Promise<T>) {
    lines.length = 0
    const spies = (['log', 'error'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((line) => void lines.push(JSON.parse(line))),
    )
    const later = globalThis.setTimeout
    vi.stubGlobal('setTimeout', (done: () => void, milliseconds = 0) => {
      const isDue = isNextTimerDue
      isNextTimerDue = false
      return later(done, isDue ? 1 : milliseconds < 1000 ? milliseconds / 20 : milliseconds)
    })
    Object.assign(environment, faultyBindings(fault, isReading))
    try {
      return await act()
    } finally {
      Object.assign(environment, { DB: env.DB, HISTORY: env.HISTORY, RELAY: env.RELAY })
      vi.unstubAllGlobals()
      for (const spy of spies) spy.mockRestore()
    }
  }
  return { environment, lines, during }
}

function faultyBindings(fault: FaultName, isReading: boolean): Partial<Env> {
  const d1: D1Fault | undefined = D1_FAULTS[fault as keyof typeof D1_FAULTS]
  const kv: KvFault | undefined = KV_FAULTS[fault as keyof typeof KV_FAULTS]
  let isHit = false
  return {
    ...(fault === 'HISTORY is down' && { HISTORY: wrapD1(env.HISTORY!, () => fail(LOST)) }),
    ...(d1 && {
      DB: wrapD1(env.DB, (trip, asked) => {
        const isWriting = writes(asked)
        const isTarget = !isHit && (isReading || isWriting)
        if (isTarget) isHit = true
        return d1(trip, isTarget, isWriting)
      }),
    }),
    ...(kv && {
      RELAY: {
        get: env.RELAY.get.bind(env.RELAY),
        put: env.RELAY.put.bind(env.RELAY),
        ...kv,
      } as unknown as KVNamespace,
    }),
  }
}
