// How much of a list is wanted.
import { readCount, type Arguments } from './arguments.ts'

/** All of it where nothing is said. */
export function limitOf(given: Arguments): number {
  const text = given.text('limit')
  return text === undefined ? Infinity : readCount(text, '--limit')
}
