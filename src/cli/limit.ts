// Reads `--limit`.
import { readCount, type Arguments } from './arguments.ts'

/** Without the flag, the whole list. */
export function limitOf(given: Arguments): number {
  const text = given.text('limit')
  return text === undefined ? Infinity : readCount(text, '--limit')
}
