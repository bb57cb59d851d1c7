// What went wrong in D1 or KV, as one of seven codes. The log gets the code and never the message,
// which may quote values.

/**
 * `overloaded`: refused before anything was done. `connection_lost`, `timeout`: done or not.
 * `full`: takes no writes, by its size or the account's quota. `schema`: the migrations are not the
 * code's.
 */
export type StorageCode =
  'overloaded' | 'connection_lost' | 'full' | 'schema' | 'timeout' | 'constraint' | 'unknown'

export type StorageFault = {
  code: StorageCode
  /** It may go away by itself within seconds. */
  isTransient: boolean
  /** Certain: nothing was written. */
  isBefore: boolean
}

export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageCode
  readonly isTransient: boolean

  constructor({ code, isTransient }: Pick<StorageFault, 'code' | 'isTransient'>, cause?: unknown) {
    super(code, { cause })
    this.code = code
    this.isTransient = isTransient
  }
}

/** The StorageError that an error is or was caused by: drizzle wraps what a query throws. */
export function storageErrorOf(error: unknown): StorageError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof StorageError) return cause
  return undefined
}

const permanent = (code: StorageCode): StorageFault => ({
  code,
  isTransient: false,
  isBefore: false,
})
const transient = (code: StorageCode, isBefore = false): StorageFault => ({
  code,
  isTransient: true,
  isBefore,
})

/** A database that takes no writes still answers what only reads. */
export function isFull(error: unknown): boolean {
  return storageErrorOf(error)?.code === 'full'
}

/**
 * Texts of Cloudflare's list of D1 errors (D1, Observability, Debug D1), of SQLite, and of KV. The
 * first that occurs decides.
 */
const TEXTS: readonly (readonly [string, StorageFault])[] = [
  ['database or disk is full', permanent('full')],
  ['SQLITE_FULL', permanent('full')],
  ['SQLITE_READONLY', permanent('full')],
  ['Exceeded maximum DB size', permanent('full')],
  ['maximum account storage limit', permanent('full')],
  ['free tier daily', permanent('full')],
  ['free usage limit', permanent('full')],
  ['constraint failed', permanent('constraint')],
  ['SQLITE_CONSTRAINT', permanent('constraint')],
  ['no such table', permanent('schema')],
  ['no such column', permanent('schema')],
  ['has no column named', permanent('schema')],
  ['is overloaded', transient('overloaded', true)],
  ['requests queued', transient('overloaded', true)],
  ['queued for too long', transient('overloaded', true)],
  ['SQLITE_BUSY', transient('overloaded', true)],
  ['transient issue on remote node', transient('connection_lost', true)],
  ['exceeded timeout', transient('timeout')],
  ['CPU time limit', transient('timeout')],
  ['caused object to be reset', transient('connection_lost')],
  ['reset because its code was updated', transient('connection_lost')],
  // The query of another request may have been the greedy one.
  ['exceeded its memory limit', transient('connection_lost')],
  ['Network connection lost', transient('connection_lost')],
  ['disconnected', transient('connection_lost')],
  ['internal error', transient('unknown')],
]

/** KV says the status of its own answer: `KV PUT failed: 429 Too Many Requests`. */
const KV_STATUS = /^KV [A-Z_]{1,20} failed: (\d{3})/

/** Judges an error of a binding. */
export function faultOf(error: unknown): StorageFault {
  if (error instanceof StorageError) return { ...error, code: error.code, isBefore: false }
  const message = error instanceof Error ? error.message : ''
  // A value of the wrong type is our own error, and its message quotes the value.
  if (message.startsWith('D1_TYPE_ERROR')) return permanent('unknown')
  const known = TEXTS.find(([text]) => message.includes(text))
  if (known) return known[1]
  const status = Number(KV_STATUS.exec(message)?.[1] ?? 0)
  if (status === 429) return transient('overloaded', true)
  return status >= 500 ? transient('connection_lost') : permanent('unknown')
}
