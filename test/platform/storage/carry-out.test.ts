// One call of D1 or KV: when it is sent again, how long it may take, and what the log says.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { carryOut, type Call } from '../../../src/platform/storage/carry-out.ts'
import { faultOf, StorageError } from '../../../src/platform/storage/storage-error.ts'
import { stubTiming } from '../../support/stub-timing.ts'

const LOST = 'D1_ERROR: Network connection lost.'
const QUEUED = 'D1_ERROR: D1 DB is overloaded. Requests queued for too long.'

let lines: Record<string, unknown>[] = []
beforeEach(() => {
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)))
})
afterEach(() => vi.restoreAllMocks())

/** Sends what fails with these messages, one after the other, and then succeeds. */
async function send(messages: string[], call: Partial<Call> = {}) {
  const timing = stubTiming()
  const left = [...messages]
  let sent = 0
  const outcome = await carryOut(
    async () => {
      sent++
      const message = left.shift()
      if (message !== undefined) throw new Error(message)
      return 'done'
    },
    { store: 'DB', isRepeatable: false, timing, ...call },
  ).catch((error: unknown) => error)
  return { outcome, sent, pauses: timing.passed }
}

const codeOf = (error: unknown) => (error as StorageError).code

describe('a call', () => {
  it('that is repeatable is sent again after pauses that double', async () => {
    const { outcome, sent, pauses } = await send([LOST, LOST, LOST], { isRepeatable: true })
    expect([outcome, sent, pauses]).toEqual(['done', 4, [80, 160, 320]])
    expect(lines).toEqual(
      [1, 2, 3].map((tries) => ({
        event: 'storage_fault',
        store: 'DB',
        code: 'connection_lost',
        try: tries,
        again: true,
      })),
    )
  })

  it('is given up after the fourth try', async () => {
    const { outcome, sent } = await send([LOST, LOST, LOST, LOST], { isRepeatable: true })
    expect([codeOf(outcome), sent]).toEqual(['connection_lost', 4])
    expect(lines.at(-1)).toMatchObject({ try: 4, again: false })
  })

  it('that may have been carried out is not sent again', async () => {
    const { outcome, sent } = await send([LOST])
    expect(outcome).toBeInstanceOf(StorageError)
    expect([codeOf(outcome), sent]).toEqual(['connection_lost', 1])
  })

  it('that was refused before it was carried out is sent again, whatever it does', async () => {
    const { outcome, sent } = await send([QUEUED, QUEUED])
    expect([outcome, sent]).toEqual(['done', 3])
  })

  it('is not sent again after a permanent fault', async () => {
    const { outcome, sent } = await send(['D1_ERROR: no such table: users: SQLITE_ERROR'], {
      isRepeatable: true,
    })
    expect([codeOf(outcome), sent]).toEqual(['schema', 1])
  })

  it('with a broken constraint is an answer, and no fault for the log', async () => {
    const { outcome } = await send(['D1_ERROR: UNIQUE constraint failed: users.email_key'])
    expect([codeOf(outcome), lines]).toEqual(['constraint', []])
  })

  it('spreads its pauses', async () => {
    const short = await send([LOST], { isRepeatable: true, timing: stubTiming(0) })
    expect(short.outcome).toBe('done')
    const timing = stubTiming(0.999)
    await send([LOST], { isRepeatable: true, timing })
    expect(timing.passed[0]).toBeCloseTo(119.92)
  })
})

describe('the time of a call', () => {
  const never = () => new Promise<never>(() => {})

  it('ends a try, and a write with it', async () => {
    const timing = stubTiming()
    const error = await carryOut(never, { store: 'DB', isRepeatable: false, timing }).catch(
      (reason: unknown) => reason,
    )
    expect([codeOf(error), timing.passed]).toEqual(['timeout', [10_000]])
    expect(lines).toMatchObject([{ code: 'timeout', again: false }])
  })

  it('is shared by all tries', async () => {
    const timing = stubTiming()
    const error = await carryOut(never, { store: 'DB', isRepeatable: true, timing }).catch(
      (reason: unknown) => reason,
    )
    // A second try has what is left of the fifteen seconds.
    expect([codeOf(error), timing.passed]).toEqual(['timeout', [10_000, 80, 4920]])
    expect(timing.now()).toBe(15_000)
  })
})

describe('the code of a fault', () => {
  // Cloudflare's list of D1 errors, and those of SQLite and KV.
  it.each([
    ['D1_ERROR: D1 DB is overloaded. Requests queued for too long.', 'overloaded', true, true],
    ['D1_ERROR: D1 DB is overloaded. Too many requests queued.', 'overloaded', true, true],
    ['KV PUT failed: 429 Too Many Requests', 'overloaded', true, true],
    ['D1_ERROR: Network connection lost.', 'connection_lost', true, false],
    ['D1_ERROR: D1 DB reset because its code was updated.', 'connection_lost', true, false],
    [
      'D1_ERROR: Internal error in D1 DB storage caused object to be reset.',
      'connection_lost',
      true,
      false,
    ],
    ['D1_ERROR: Replica disconnected from primary.', 'connection_lost', true, false],
    [
      'D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.',
      'connection_lost',
      true,
      true,
    ],
    ['KV GET failed: 503 Service Unavailable', 'connection_lost', true, false],
    [
      'D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.',
      'timeout',
      true,
      false,
    ],
    ['D1_ERROR: D1 DB exceeded its CPU time limit and was reset.', 'timeout', true, false],
    ['D1_ERROR: database or disk is full: SQLITE_FULL', 'full', false, false],
    ['D1_ERROR: Exceeded maximum DB size.', 'full', false, false],
    [
      'D1_ERROR: Your account has exceeded D1’s free tier daily row write limit.',
      'full',
      false,
      false,
    ],
    [
      'KV PUT failed: 429: your account has reached the free usage limit for this operation',
      'full',
      false,
      false,
    ],
    ['D1_ERROR: no such table: users: SQLITE_ERROR', 'schema', false, false],
    ['D1_ERROR: no such column: x at offset 7: SQLITE_ERROR', 'schema', false, false],
    ['D1_ERROR: table users has no column named x: SQLITE_ERROR', 'schema', false, false],
    ['D1_ERROR: UNIQUE constraint failed: spent.id: SQLITE_CONSTRAINT', 'constraint', false, false],
    ['internal error; reference = 0123456789abcdef', 'unknown', true, false],
    ['D1_ERROR: near "SELEC": syntax error at offset 0: SQLITE_ERROR', 'unknown', false, false],
    ["D1_TYPE_ERROR: Type 'object' not supported for value 'overloaded'", 'unknown', false, false],
    ['KV GET failed: 414 UTF-8 encoded length of 600 exceeds limit', 'unknown', false, false],
  ] as const)('%s', (message, code, isTransient, isBefore) => {
    expect(faultOf(new Error(message))).toEqual({ code, isTransient, isBefore })
  })

  it('of what is no error is unknown', () => {
    expect(faultOf('Network connection lost.')).toMatchObject({ code: 'unknown' })
  })
})
