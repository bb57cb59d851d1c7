// The watch over the logs of Workers that other tests start.
import { expect, it } from 'vitest'
import { faultsOfWorker } from '../support/worker-log.ts'

const START = '│ routes-x.mjs │ esm │ 4 KiB │\n[wrangler:info] Ready on http://127.0.0.1:1\n'
const LINE = '{"event":"login","connectionSid":"CNfe01b64bdc5d51ec2cd62fb27728e3a0"}'
const SECRET = 'aB3'.padEnd(43, 'x')

it('passes lines of ours, and what wrangler says by itself', () => {
  const requests = `[wrangler:info] GET /setup/${SECRET} 200 OK (6ms)\n\u001b[33m▲ \u001b[0mold@a.example`
  expect(faultsOfWorker(`old@a.example\n${START}${LINE}\n${requests}\n\n`)).toEqual([])
})

it.each([
  ['an e-mail', '{"event":"login","user":"ann@tenant.example"}'],
  ['an e-mail', 'Error: no user ann@tenant.example\n    at somewhere'],
  ['XML', '<samlp:Response>'],
  ['a secret', `opened ${SECRET}`],
  ['the personal value Ämter', 'hello Ämter'],
])('finds %s: %s', (what, line) => {
  expect(faultsOfWorker(`${START}${LINE}\n${line}\n${LINE}`, ['Ämter'])).toEqual([
    expect.stringContaining(what),
  ])
})
