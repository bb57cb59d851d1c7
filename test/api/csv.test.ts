// Each CSV that the API answers is safe in a spreadsheet of any country.
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { ROUTES } from '../../src/api/routes.ts'
import { renderRefused } from '../../src/directory/import/csv-files.ts'
import { createRowReader } from '../../src/directory/import/read-rows.ts'
import { renderCSV } from '../../src/platform/csv/render-csv.ts'
import { users } from '../../src/platform/db/schema.ts'
import { createReadyCustomer } from '../rollout/customer.ts'
import { computedCells } from '../support/spreadsheet.ts'
import { good } from '../support/request.ts'
import { db } from '../support/world.ts'
import { callerWithKey } from './caller.ts'

const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1']
/** Behind what some country’s Excel separates by, and behind quotes that mean nothing there. */
const HIDDEN = [',', ';', '\t', '|', '\n', ';"', ';""', '; '].flatMap((before) =>
  FORMULAS.map((formula) => `x${before}${formula}`),
)

it('computes nothing that stands in a cell', () => {
  for (const value of [...FORMULAS, ...HIDDEN])
    expect(computedCells(renderCSV([['a', value, 'b']])), JSON.stringify(value)).toEqual([])
  // The reader of this test does see them.
  expect(computedCells('"a","x;=1+1"\r\n')).toEqual(['=1+1"'])
  expect(renderCSV([['a;b', 'O"Hara', 'x-y', null]])).toBe('"a;b","O""Hara","x-y",""\r\n')
})

it('holds for every route with CSV', async () => {
  const customer = await createReadyCustomer(['ann@tenant.example', 'bob@tenant.example'])
  const names = { firstName: 'x;=cmd|A1', lastName: '=1+1', externalID: 'x,@y' }
  await db.update(users).set(names).where(eq(users.sid, customer.people[0]!))
  const operator = await callerWithKey(null)
  const { body } = await operator('POST', `/connections/${customer.connectionSid}/rollouts`, {
    body: { name: 'All' },
  })
  await operator('PATCH', `/rollouts/${body.sid}`, { body: { accounts: [customer.account] } })
  await operator('POST', `/rollouts/${body.sid}/freeze`)
  const routes = ROUTES.filter(({ type }) => type === 'text/csv')
  expect(routes.length).toBeGreaterThan(2)
  const texts: string[] = []
  for (const { method, path } of routes) {
    const answer = await operator(method, path.replace('{rollout}', body.sid))
    expect([path, answer.status]).toEqual([path, 200])
    expect([path, computedCells(answer.body)]).toEqual([path, []])
    texts.push(answer.body)
  }
  expect(texts.join('')).toContain('cmd|A1')
})

it('gives a template that an import takes', async () => {
  const operator = await callerWithKey(null)
  const { body } = await operator('GET', '/import-template.csv')
  const reader = createRowReader('csv')
  expect(good(reader.push(new TextEncoder().encode(body), true))).toEqual([
    {
      email: 'ann@example.com',
      firstName: 'Ann',
      lastName: 'Ford',
      externalID: '1001',
      accounts: ['north', 'south'],
      suspended: false,
    },
  ])
  expect(reader.columns()!.fields).not.toContain(undefined)
})

it('gives refused rows with what they had, and is read again', () => {
  const problem = { code: 'not_there', field: 'accounts', expected: 'x', received: '=1' } as const
  const value = { email: 'a@b.example', accounts: ['n', 's'], suspended: true }
  const text = renderRefused([
    { row: 7, value, problem },
    { row: 9, value: '3 cells instead of 2', problem },
  ])
  expect(computedCells(text)).toEqual([])
  expect(text.split('\r\n')).toEqual([
    `"a@b.example","","","","n|s","yes","7","accounts: Not found","x","'=1"`,
    `"","","","","","","9","accounts: Not found","x","'=1"`,
    '',
  ])
})
