// Watches what the whole suite writes to the log. After each test, no line of it may hold an e-mail,
// a name, a NameID, a token or XML, also where the test keeps the line from being printed.
import { env } from 'cloudflare:workers'
import { afterAll, afterEach, expect } from 'vitest'
import { LINES, type LineName } from '../../src/platform/log/lines.ts'
import { LEFT_OUT } from '../../src/platform/log/write-line.ts'
import { faultsOf } from './log-faults.ts'
import { PERSONAL_VALUES, personalOf } from './personal-values.ts'

const LEVELS = new Set(['log', 'info', 'warn', 'error', 'debug'])

let lines: string[] = []

// A spy replaces a method of the real console. This one sees the call before the spy does.
globalThis.console = new Proxy(globalThis.console, {
  get(target, name) {
    const method = Reflect.get(target, name)
    if (typeof name !== 'string' || !LEVELS.has(name)) return method
    return (...values: unknown[]) => {
      lines.push(values.map(String).join(' '))
      return method.apply(target, values)
    }
  },
})

/** Names and NameIDs that are in the database now. */
async function personalValues(): Promise<string[]> {
  const { results } = await env.DB.prepare(PERSONAL_VALUES).all<{ text: string | null }>()
  return personalOf(results)
}

async function check(): Promise<void> {
  const written = lines
  lines = []
  if (written.length === 0) return
  const values = await personalValues()
  expect(written.flatMap((line) => faultsOf(line, values))).toEqual([])
  for (const line of written.filter((one) => one.startsWith('{"event":'))) {
    const { event, ...fields } = JSON.parse(line) as { event: LineName }
    expect(Object.keys(LINES)).toContain(event)
    expect(Object.keys(LINES[event].fields)).toEqual(expect.arrayContaining(Object.keys(fields)))
    expect(Object.values(fields)).not.toContain(LEFT_OUT)
  }
}

afterEach(check)
afterAll(check)
