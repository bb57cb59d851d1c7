// What an error that no code expected becomes: a code of the catalogue for the caller, codes and
// places for the log. Messages may quote values of the database, so they go nowhere.
import { ConfigError } from '../../env.ts'
import type { ErrorCode } from '../../errors.ts'
import { storageErrorOf, type StorageCode, type StorageError } from '../storage/storage-error.ts'

export type Unexpected = {
  code: 'not_configured' | 'internal' | 'storage_unavailable' | 'storage_full' | 'storage_schema'
  /** Of the answer: when to try again, where that is not what its status implies. */
  headers: Readonly<Record<string, string>>
  log: {
    /** What failed in D1 or KV. */
    storage?: StorageCode | undefined
    /** The setting, or the place in the code. */
    detail: string
  }
}

/** Seconds. A database that is full or not migrated waits for a person. */
const RETRY_AFTER = { storage_full: 300, storage_schema: 30 } as const

export function judgeUnexpected(error: unknown): Unexpected {
  if (error instanceof ConfigError)
    return { code: 'not_configured', headers: {}, log: { detail: error.message } }
  const storage = storageErrorOf(error)
  const code = storage ? codeOf(storage) : 'internal'
  const headers: Record<string, string> =
    code === 'storage_full' || code === 'storage_schema'
      ? { 'retry-after': String(RETRY_AFTER[code]) }
      : {}
  const detail = error instanceof Error ? placeOf(error) : 'unknown'
  return { code, headers, log: { storage: storage?.code, detail } }
}

function codeOf({ code, isTransient }: StorageError) {
  if (code === 'full') return 'storage_full'
  if (code === 'schema') return 'storage_schema'
  return (isTransient ? 'storage_unavailable' : 'internal') satisfies ErrorCode
}

/** The stack of an error without its message, which may look like a line of the stack. */
function placeOf({ name, message, stack = '' }: Error): string {
  const lines = stack.slice(stack.indexOf(message) + message.length).match(/\n {4}at .*/g) ?? []
  return name + lines.slice(0, 5).join('')
}
