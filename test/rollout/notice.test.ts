import { TEMPLATE } from '../support/notice-text.ts'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { noticeSender } from '../../src/mail/notice-sender.ts'
import { openMail } from '../../src/mail/open-mail.ts'
import { users } from '../../src/platform/db/schema.ts'
import {
  decideMembers,
  getRollout,
  inform,
  listMembers,
  recipientsCSV,
  renderNotice,
  setNotice,
  type SendNotice,
} from '../../src/rollout/operations.ts'
import { codeOf, createReadyCustomer, db, good } from './customer.ts'

const NOTICE = { ...TEMPLATE, link: 'https://sso.vendor.example/login', date: '1 December' }

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `${index}@tenant.example`)

/** A sender that keeps what it is given, and refuses some. */
function recorder(refuses: readonly string[] = []) {
  const sent: Parameters<SendNotice>[0][] = []
  const send: SendNotice = async (message) => {
    if (refuses.includes(message.to)) return { ok: false }
    sent.push(message)
    return { ok: true }
  }
  return { sent, send }
}

async function prepare(count: number) {
  const c = await createReadyCustomer(names(count))
  const sid = await c.select({ accounts: [c.account] })
  const version = await c.reviewed(sid)
  return { c, sid, version }
}

it('takes the customer’s words, and none that leave a gap', async () => {
  const { c, sid } = await prepare(1)
  const put = (change: object) => setNotice(c.ask(c.admin), sid, { ...NOTICE, ...change })
  expect(codeOf(await put({ subject: '' }))).toEqual(['input', 'subject'])
  expect(codeOf(await put({ subject: 'Hello\r\nBcc: eve@evil.example' }))).toEqual([
    'input',
    'subject',
  ])
  expect(codeOf(await put({ text: 'x'.repeat(10_001) }))).toEqual(['input', 'text'])
  expect(codeOf(await put({ link: 'http://vendor.example' }))).toEqual(['input', 'link'])
  expect(codeOf(await put({ link: null }))).toEqual(['input', 'link'])
  expect(codeOf(await put({ date: null }))).toEqual(['input', 'date'])
  expect(good(await put({})).notice).toMatchObject({ date: '1 December' })
})

it('shows a date and a link that are not set yet as placeholders', () => {
  const person = { email: 'ann@tenant.example', firstName: 'Ann' }
  const { subject, text } = renderNotice({ ...TEMPLATE, link: '', date: null }, person)
  expect(subject).toBe('From {date} you sign in with your company account')
  expect(text).toContain('You can try it now: {link}')
  expect(text).not.toContain('{firstName}')
})

it('sends each included person one message with name, date and link, twenty a call', async () => {
  const { c, sid, version } = await prepare(45)
  const [out = ''] = c.people
  await db.update(users).set({ firstName: null }).where(eq(users.sid, c.people[1]!))
  const decision = { included: false, reason: 'on leave' }
  good(await decideMembers(c.ask(), sid, version, { users: [out] }, decision))
  good(await setNotice(c.ask(c.admin), sid, NOTICE))
  const { sent, send } = recorder()
  const first = good(await inform(c.ask(), sid, { version, send }))
  expect(first).toMatchObject({ done: false, sent: 20, failed: 0 })
  // Two at once send nothing twice.
  await Promise.all([
    inform(c.ask(), sid, { version, send }),
    inform(c.ask(), sid, { version, send }),
  ])
  const last = await c.finish(() => inform(c.ask(), sid, { version, send }))
  expect(last).toMatchObject({ done: true, left: 0 })
  expect(sent.map(({ to }) => to).toSorted()).toEqual(names(45).slice(1).toSorted())
  const message = sent.find(({ to }) => to === '2@tenant.example')!
  expect(message.subject).toBe('From 1 December you sign in with your company account')
  expect(message.text).toContain('Hello Pat,')
  expect(message.text).toContain('You can try it now: https://sso.vendor.example/login')
  expect(sent.find(({ to }) => to === '1@tenant.example')!.text).toContain('Hello,')
  expect(good(await getRollout(c.ask(), sid)).informedVersion).toBe(version)
  // Again: there is nobody left to tell.
  await c.finish(() => inform(c.ask(), sid, { version, send }))
  expect(sent).toHaveLength(44)
})

it('says whose message was not taken, and tries them again', async () => {
  const { c, sid, version } = await prepare(3)
  good(await setNotice(c.ask(c.admin), sid, NOTICE))
  const refusing = recorder(['1@tenant.example'])
  const run = (send: SendNotice) => c.finish(() => inform(c.ask(), sid, { version, send }))
  expect(await run(refusing.send)).toMatchObject({ done: true, left: 1 })
  expect(good(await getRollout(c.ask(), sid)).informedVersion).toBeNull()
  const left = await listMembers(c.ask(), sid, { skipped: true }, { limit: 9, after: null })
  expect(good(left).items).toMatchObject([{ email: '1@tenant.example', skipped: 'not_sent' }])
  const { sent, send } = recorder()
  expect(await run(send)).toMatchObject({ left: 0 })
  expect(sent.map(({ to }) => to)).toEqual(['1@tenant.example'])
  expect(good(await getRollout(c.ask(), sid)).informedVersion).toBe(version)
})

it('informs again when the notice is another one, and nobody who has heard this one on an earlier version', async () => {
  const { c, sid, version } = await prepare(2)
  const hour = 3600 * 1000
  const at = (hours: number) => ({ ...c.ask(), now: Date.now() + hours * hour })
  good(await setNotice(c.ask(c.admin), sid, NOTICE))
  const { sent, send } = recorder()
  await c.finish(() => inform(at(1), sid, { version, send }))
  const next = await c.reviewed(sid)
  await c.finish(() => inform(at(2), sid, { version: next, send }))
  expect(sent).toHaveLength(2)
  good(await setNotice(at(3), sid, { ...NOTICE, date: '8 December' }))
  expect(good(await getRollout(c.ask(), sid)).informedVersion).toBeNull()
  await c.finish(() => inform(at(4), sid, { version: next, send }))
  expect(sent.map(({ subject }) => subject.includes('8 December'))).toEqual([
    false,
    false,
    true,
    true,
  ])
})

it('records what was told by hand, with its recipients as CSV', async () => {
  const { c, sid, version } = await prepare(2)
  let csv = ''
  for await (const part of recipientsCSV(c.ask(c.admin), sid)) csv += part
  const [head, ...rows] = csv.trimEnd().split('\r\n')
  expect(head).toBe('"e-mail","first name","last name"')
  expect(rows.toSorted()).toEqual(['"0@tenant.example","Pat",""', '"1@tenant.example","Pat",""'])
  expect(codeOf(await inform(c.ask(c.admin), sid, { version }))).toEqual(['forbidden'])
  await c.finish(() => inform(c.ask(), sid, { version }))
  expect(good(await getRollout(c.ask(), sid)).informedVersion).toBe(version)
  // No notice, nothing to send.
  const { send } = recorder()
  expect(codeOf(await inform(c.ask(), sid, { version, send }))).toEqual(['input', 'notice'])
})

it('sends through the platform’s binding, and notices what that refuses', async () => {
  const config = { origin: 'https://sso.vendor.example', productName: 'Vendor' }
  const send = noticeSender(
    openMail({ EMAIL: env.EMAIL!, MAIL_FROM: 'sso@vendor.example' }, config),
  )
  const message = { subject: 'Hello', text: 'Hello Ann', language: 'en' } as const
  expect(await send!({ ...message, to: 'ann@tenant.example' }, '1')).toEqual({ ok: true })
  expect(await send!({ ...message, to: 'ben@tenant.example' }, '2')).toMatchObject({ ok: false })
  expect(noticeSender(openMail({}, config))).toBeNull()
})
