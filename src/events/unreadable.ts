// Details of events that somebody has broken by hand are read as none, and the log names them.
import { writeLine } from '../platform/log/write-line.ts'

/** Says so where the row is one. `audit verify` says that it was changed. */
export function noteUnreadable({
  seq,
  isUnreadable,
}: {
  seq: number
  isUnreadable: boolean
}): void {
  if (isUnreadable) writeLine('event_unreadable', { seq })
}
