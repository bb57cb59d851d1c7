// Waits for a server to answer, and finds in the log why it does not. Starts and stops nothing.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'

const patienceSeconds = 60

/**
 * Resolves when the URL answers so, with a body like `expected`; throws after a minute, or when the
 * log names an error.
 */
export async function waitFor(
  url: string,
  expected: RegExp,
  logPath: string,
  status = 200,
): Promise<void> {
  const deadline = Date.now() + patienceSeconds * 1000
  let last = 'nothing'
  while (Date.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
      const body = await response.text()
      if (response.status === status && expected.test(body)) return
      last = `status ${response.status}`
    } catch {
      last = 'nothing'
    }
    // wrangler waits for the next edit when the Worker cannot be built; nobody would edit it here.
    if (findError(logPath)) throw new Error(`${url} will not answer`)
    await delay(150)
  }
  throw new Error(`${url} answered ${last} for ${patienceSeconds} seconds`)
}

/**
 * The first line of a log that names an error (no heading), without colours and cut to a readable
 * length.
 */
export function findError(logPath: string): string | undefined {
  // wrangler colours its errors even where it is told not to.
  const lines = stripVTControlCharacters(readFileSync(logPath, 'utf8')).split('\n')
  const line = lines.find((text) => /\[ERROR\].*[^:\s]\s*$|^\w*Error: /.test(text))
  return line
    ?.replace(/^.*?\[ERROR\] /, '')
    .trim()
    .slice(0, 200)
}
