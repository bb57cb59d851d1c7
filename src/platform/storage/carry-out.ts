// Carries out one call of D1 or KV: within a time, and again after a fault that goes away by
// itself.
import { writeLine } from '../log/write-line.ts'
import { faultOf, StorageError } from './storage-error.ts'

/** The clock of a client. Tests bring their own, so that none of them waits. */
export type Timing = {
  now(): number
  /** Calls back after so many milliseconds. The result calls it off. */
  after(milliseconds: number, done: () => void): () => void
  /** From 0 to 1. */
  random(): number
}

const REAL: Timing = {
  now: () => Date.now(),
  after(milliseconds, done) {
    const timer = setTimeout(done, milliseconds)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

/** How long one try may take. D1 itself ends a query after 30 seconds. */
const TRY_MILLISECONDS = 10_000
/** How long all tries of a call may take together. The first call that fails ends a request. */
const CALL_MILLISECONDS = 15_000
const MOST_TRIES = 4
const FIRST_PAUSE = 80

export type Call = {
  /** The name of the binding, for the log. */
  store: string
  /** True where a second time does no harm: by reading only, or because the caller says so. */
  isRepeatable: boolean
  timing?: Timing | undefined
}

/**
 * Tries again after a transient fault, where the call is repeatable or the fault came certainly
 * before it was carried out. Throws a StorageError. Logs each fault, a broken constraint aside: it
 * is an answer.
 */
export async function carryOut<T>(
  send: () => Promise<T>,
  { store, isRepeatable, timing = REAL }: Call,
): Promise<T> {
  const until = timing.now() + CALL_MILLISECONDS
  for (let tries = 1; ; tries++)
    try {
      const left = until - timing.now()
      return await within(Math.min(TRY_MILLISECONDS, left), send(), timing)
    } catch (error) {
      const fault = faultOf(error)
      const { code, isTransient, isBefore } = fault
      const pause = FIRST_PAUSE * 2 ** (tries - 1) * (0.5 + timing.random())
      const again =
        isTransient &&
        (isRepeatable || isBefore) &&
        tries < MOST_TRIES &&
        timing.now() + pause < until
      if (code !== 'constraint') writeLine('storage_fault', { store, code, try: tries, again })
      if (!again) throw error instanceof StorageError ? error : new StorageError(fault, error)
      await new Promise<void>((resolve) => timing.after(pause, resolve))
    }
}

/** The call goes on where its time is over: nothing can call it off. */
async function within<T>(milliseconds: number, work: Promise<T>, timing: Timing): Promise<T> {
  let callOff = () => {}
  const over = new Promise<never>((_, reject) => {
    callOff = timing.after(milliseconds, () =>
      reject(new StorageError({ code: 'timeout', isTransient: true })),
    )
  })
  try {
    return await Promise.race([work, over])
  } finally {
    callOff()
  }
}
