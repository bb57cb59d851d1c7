// The one place that writes the log: a value that could hold an e-mail, a secret or XML has no way in.
import { afterEach, describe, expect, it, vi } from 'vitest'
import * as kinds from '../../src/platform/log/kinds.ts'
import type { FieldKind } from '../../src/platform/log/kinds.ts'
import { LINES } from '../../src/platform/log/lines.ts'
import { LEFT_OUT, writeLine } from '../../src/platform/log/write-line.ts'
import { judgeUnexpected } from '../../src/platform/http/unexpected.ts'
import { createSecret } from '../../src/platform/secret.ts'
import { faultsOf } from '../support/log-faults.ts'

const HOSTILE = {
  'an e-mail': 'ann@tenant.example',
  'an e-mail in words': 'no user ann@tenant.example here',
  'a secret': createSecret(),
  'an API key': `gp_${createSecret()}`,
  'a JWT': 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl',
  XML: '<saml:NameID>ann</saml:NameID>',
  'a tag': 'found <Assertion here',
  'a query': '/login/finish?code=abc',
  'a line break': 'a\n{"event":"login"}',
}

const all: [string, FieldKind<unknown>][] = Object.entries(kinds).flatMap(([name, kind]) =>
  typeof kind === 'object' ? [[name, kind]] : [],
)

// A stub is a console of its own: these lines are not of the suite's log.
const written: string[] = []
const listen = () => {
  written.length = 0
  const note = (line: string) => void written.push(line)
  vi.stubGlobal('console', { log: note, warn: note, error: note })
}
afterEach(() => vi.unstubAllGlobals())

describe('a kind of field', () => {
  it.each(all)('%s takes no e-mail, secret, JWT, query or XML', (name, kind) => {
    for (const [what, value] of Object.entries(HOSTILE))
      if (!(name === 'detail' && /secret|key|query|line break/.test(what)))
        expect(kind.fits(value), what).toBe(false)
    for (const value of [null, undefined, {}, [{}], { '<a>': 1 }, { 'ann@x.example': 1 }])
      if (!(name === 'counts' && JSON.stringify(value) === '{}'))
        expect(kind.fits(value)).toBe(false)
  })

  it('of an unexpected error has its place, and not its message', () => {
    const { log } = judgeUnexpected(new Error('ann@tenant.example <saml:Assertion>'))
    expect(kinds.detail.fits(log.detail)).toBe(true)
    expect(log.detail).toContain('lines.test.ts')
    expect(faultsOf(log.detail, [])).toEqual([])
  })
})

describe('a line', () => {
  it('leaves out what does not fit, and what it has no field for', () => {
    listen()
    const more = { subject: 'ann@tenant.example', email: 'ann@tenant.example', detail: 'Error' }
    writeLine('maintenance_failed', more)
    expect(written.map((line) => JSON.parse(line))).toEqual([
      { event: 'maintenance_failed', subject: LEFT_OUT, detail: 'Error' },
    ])
  })

  it('takes no text that the program does not know', () => {
    listen()
    const text: string = HOSTILE.XML
    // @ts-expect-error A `string` is no word.
    writeLine('cron_unknown', { cron: '* * * * *', code: text })
    // @ts-expect-error It needs all its fields.
    writeLine('job_failed', { job: 'sweep' })
    // @ts-expect-error A `string` is no word.
    writeLine('job_done', { job: text, ms: 1 })
    expect(written.join('\n')).not.toContain('saml')
  })

  it('has a level', () => {
    expect(new Set(Object.values(LINES).map(({ level }) => level))).toEqual(
      new Set(['log', 'warn', 'error']),
    )
  })
})

it('finds what a line must not hold', () => {
  const line = (value: string) => JSON.stringify({ event: 'refused', why: value })
  for (const value of Object.values(HOSTILE).slice(0, -1))
    expect(faultsOf(line(value), []), value).not.toEqual([])
  expect(faultsOf(line('Alice was here'), ['Alice'])).toHaveLength(1)
  expect(faultsOf(line('planned'), ['ann'])).toEqual([])
})
