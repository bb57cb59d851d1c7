// HISTORY: what logins looked like. No login depends on it. It may be missing, full, slow or
// broken; then the log says so, and pages do.
import type { Word } from '../log/kinds.ts'
import { writeLine } from '../log/write-line.ts'
import { storageErrorOf, type StorageCode } from '../storage/storage-error.ts'
import { ok, type Result } from '../../result.ts'
import { openDatabase, type Database } from './client.ts'
import type { D1Binding } from './d1-client.ts'

/** Null: it is not bound. */
export type LoginHistory = Database | null

export type HistoryFault = 'missing' | StorageCode

/** People wait for no answer of HISTORY longer than this. */
const WAIT_MILLISECONDS = 3000

export function openHistory(binding: D1Binding | undefined): LoginHistory {
  return binding ? openDatabase(binding, { store: 'HISTORY' }) : null
}

/** Does the work in HISTORY while a person waits. The log gets `doing` and the fault's code. */
export function askHistory<T>(
  history: LoginHistory,
  doing: Word,
  work: (db: Database) => Promise<T>,
): Promise<Result<T, HistoryFault>> {
  return attempt(history, doing, (db) => within(WAIT_MILLISECONDS, work(db)))
}

/** The same after the response, when no person waits. */
export function writeHistory<T>(
  history: LoginHistory,
  doing: Word,
  work: (db: Database) => Promise<T>,
): Promise<Result<T, HistoryFault>> {
  return attempt(history, doing, work)
}

async function attempt<T>(
  history: LoginHistory,
  doing: Word,
  work: (db: Database) => Promise<T>,
): Promise<Result<T, HistoryFault>> {
  try {
    if (history) return ok(await work(history))
    return fail(doing, 'missing')
  } catch (error) {
    const fault = error instanceof TooSlow ? 'timeout' : storageErrorOf(error)?.code
    if (fault === undefined) throw error
    return fail(doing, fault)
  }
}

function fail(doing: Word, error: HistoryFault): { ok: false; error: HistoryFault } {
  writeLine('history_unavailable', { doing, code: error })
  return { ok: false, error }
}

class TooSlow extends Error {}

/** The work goes on where its time is over: nothing can call it off. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlow()), milliseconds)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
