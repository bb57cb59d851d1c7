// The IdP's user list as a browser uploads it: read as it comes, within its limit, and refused with
// words otherwise.
import { beforeEach, expect, it } from 'vitest'
import { idpUsers } from '../../../../src/platform/db/schema.ts'
import { ORIGIN } from '../../../support/browser.ts'
import { db } from '../../../support/world.ts'
import { landedAt } from '../../../support/landed-at.ts'
import { formData } from '../../operator/admins.ts'
import { openStage, wordsOf, type Stage } from './stage.ts'

const MiB = 2 ** 20

let stage: Stage
beforeEach(async () => {
  stage = await openStage(['ann@tenant.example'])
  await db.delete(idpUsers)
})

const send = (data: FormData) => stage.operator.upload(`${stage.console}/idp-users`, data)
const row = (n: number) => `p${n}@people.example,"${'street '.repeat(30)}"\r\n`
const listOf = (rows: number) =>
  new Blob([
    `Mail,Address\r\nann@tenant.example,\r\n`,
    ...Array.from({ length: rows }, (_, n) => row(n)),
  ])

it('stores each address of a list of 4 MB, whatever stands before and after the file', async () => {
  const data = formData({ before: 'x', file: listOf(18_000), after: 'y' })
  const answer = await send(data)
  expect(landedAt(answer)).toMatch(/#review \(idp_users_uploaded\)$/)
  // One row says that the list is whole.
  expect(await db.$count(idpUsers)).toBe(18_000 + 1 + 1)
})

it('says the limit where the file is too large, and that there is none', async () => {
  const large = await send(formData({ file: new Blob([new Uint8Array(17 * MiB)]) }))
  expect(wordsOf(await large.text())).toContain('Choose a file of at most 16 MiB.')
  const none = await send(formData({ upload: '' }))
  expect(wordsOf(await none.text())).toContain('Choose a file.')
  const empty = await send(formData({ file: new Blob([]) }))
  expect(wordsOf(await empty.text())).toContain('Choose a file.')
  expect(await db.$count(idpUsers)).toBe(0)
})

it('asks a customer which of several columns it is, and stores that one alone', async () => {
  const customer = await stage.link()
  const people = Array.from({ length: 12 }, (_, n) => `p${n}@corp.example,p${n}@home.example\n`)
  const list = `Dienst,Kontakt\nann@tenant.example,ann@home.example\n${people.join('')}`
  const file = new Blob([list])
  const asked = await customer.upload(`${stage.portal}/idp-users`, formData({ file }))
  const page = await asked.text()
  expect(wordsOf(page)).toContain('Kontakt 13 addresses in column 2 of the file.')
  expect(wordsOf(page)).toContain('p8@home.example')
  expect(wordsOf(page)).not.toContain('p9@home.example')
  expect(await db.$count(idpUsers)).toBe(0)
  const fields = fieldsOf(page, 'Use “Kontakt”')
  const sent = await customer.post(`${stage.portal}/idp-users`, { ...fields, excludes: '9' })
  expect(sent.status).toBe(303)
  const keys = await keysStored()
  expect(keys).toHaveLength(13)
  expect(keys.every((key) => key.endsWith('@home.example'))).toBe(true)
})

/** The hidden fields of the form with a button. */
function fieldsOf(page: string, label: string): Record<string, string> {
  const form = page.split('<form').find((part) => part.includes(label))!
  return Object.fromEntries(
    ['upload', 'rest', 'seen', 'total', 'excludes'].map((name) => [
      name,
      new RegExp(`name="${name}" value="([^"]*)"`).exec(form)![1]!,
    ]),
  )
}

const keysStored = async () =>
  (await db.select().from(idpUsers)).map(({ emailKey }) => emailKey).filter(Boolean)

it('names cells that are no address by their line, and leaves them out', async () => {
  const customer = await stage.link()
  const rows = [
    'Name;E-Mail',
    'Ann;ann@tenant.example',
    'Bob;',
    'Cleo;see HR',
    '"D\nD";d@ü.example',
  ]
  const file = new Blob([[...rows, 'Eve;eve@corp.example', 'Finn;finn@corp.example'].join('\n')])
  const asked = await customer.upload(`${stage.portal}/idp-users`, formData({ file }))
  const page = await asked.text()
  expect(wordsOf(page)).toContain('2 cells left out: line 4 “see HR”, line 5 “d@ü.example”.')
  expect(await db.$count(idpUsers)).toBe(0)
  const fields = fieldsOf(page, 'Upload 3 addresses')
  expect((await customer.post(`${stage.portal}/idp-users`, fields)).status).toBe(303)
  expect((await keysStored()).toSorted()).toEqual([
    'ann@tenant.example',
    'eve@corp.example',
    'finn@corp.example',
  ])
})

it('asks for a large file again, with the column', async () => {
  const people = Array.from({ length: 80_000 }, (_, n) => `${n}@a.example,${n}@b.example\n`)
  const file = new Blob([`Dienst,Kontakt\nann@tenant.example,x@b.example\n${people.join('')}`])
  const asked = await stage.operator.upload(`${stage.console}/idp-users`, formData({ file }))
  const page = await asked.text()
  expect(wordsOf(page)).toContain('The file is large: choose it again.')
  expect(wordsOf(page)).toContain('Kontakt: 80,001 addresses')
  // None of them is in the page.
  expect(page).not.toContain('70000@')
  const again = formData({ column: '0', file })
  const sent = await stage.operator.upload(`${stage.console}/idp-users`, again)
  expect(wordsOf(await sent.text())).toContain('20,000 of 80,001 addresses')
  expect((await keysStored()).every((key) => !key.endsWith('@b.example'))).toBe(true)
})

it.each([
  ['a web page', '<!doctype html><html>', 'web page'],
  ['JSON', '[{"mail":"a@b.example"}]', 'JSON'],
  ['a broken row', 'Name,Mail\n"A" B,a@b.example\n', 'Received: line 2.'],
])('says to a customer what is wrong with the file: %s', async (_, text, says) => {
  const customer = await stage.link()
  const file = new Blob([text])
  const refused = await customer.upload(`${stage.portal}/idp-users`, formData({ file }))
  const words = wordsOf(await refused.text())
  expect(words).toContain(says)
  expect(words).not.toContain('gatepost ')
  expect(await db.$count(idpUsers)).toBe(0)
})

it('content_type: takes no body that ends early, and no field as large as a file', async () => {
  const ask = (body: BodyInit, type: string) =>
    stage.operator.sendAs(`${stage.console}/idp-users`, {
      method: 'POST',
      body,
      headers: { 'content-type': type, origin: ORIGIN },
    })
  const whole = new Response(formData({ file: listOf(10) }))
  const type = whole.headers.get('content-type')!
  const text = await whole.text()
  expect((await ask(text.slice(0, -10), type)).status).toBe(415)
  expect((await ask(text, 'multipart/form-data')).status).toBe(415)
  expect((await send(formData({ file: listOf(10), other: 'x'.repeat(MiB) }))).status).toBe(415)
  expect((await send(formData({ other: listOf(10_000) }))).status).toBe(415)
  expect(await db.$count(idpUsers)).toBe(0)
  expect((await ask(text, type)).status).toBe(303)
})
