// Mail through the platform's `send_email` binding, and the settings that choose a sender.
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { ConfigError, readMail } from '../../../src/env.ts'
import { bindingMailer } from '../../../src/platform/mail/senders.ts'

const MAIL_FROM = 'sso@vendor.example'
const API = { MAIL_API_URL: 'https://mail.vendor.example/send', MAIL_API_KEY: 'k', MAIL_FROM }

it('sends through the binding, and says what that refuses', async () => {
  const settings = readMail({ EMAIL: env.EMAIL!, MAIL_FROM })
  expect(settings).toMatchObject({ by: 'binding', from: MAIL_FROM, replyTo: null })
  const from = { name: 'Vendor', address: MAIL_FROM, replyTo: 'help@vendor.example' }
  const { send, isIdempotent } = bindingMailer(env.EMAIL!, from)
  expect(isIdempotent).toBe(false)
  const message = {
    subject: 'Hello',
    text: 'Hello Ann',
    html: '<p>Hello Ann</p>',
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
  expect(await send({ ...message, to: 'ann@tenant.example' }, '1')).toEqual({ ok: true })
  const refused = await send({ ...message, to: 'ben@tenant.example' }, '2')
  expect(refused).toEqual({ ok: false, code: 'refused', isFinal: true })
})

it.each([
  ['E_RECIPIENT_SUPPRESSED', 'refused', true],
  ['E_HEADER_NOT_ALLOWED', 'refused', true],
  ['E_CONTENT_TOO_LARGE', 'refused', true],
  ['E_SENDER_NOT_VERIFIED', 'unauthorized', false],
  ['E_RATE_LIMIT_EXCEEDED', 'limited', false],
  ['E_DAILY_LIMIT_EXCEEDED', 'limited', false],
  ['E_INTERNAL_SERVER_ERROR', 'unreachable', false],
])('knows what %s means', async (name, code, isFinal) => {
  const binding = {
    send: () => Promise.reject(Object.assign(new Error('no'), { code: name })),
  } as unknown as SendEmail
  const from = { name: 'Vendor', address: MAIL_FROM, replyTo: null }
  const { send } = bindingMailer(binding, from)
  const sent = await send({ to: 'ann@tenant.example', subject: 'x', text: 'x' }, '1')
  expect(sent).toEqual({ ok: false, code, isFinal })
})

it('reads the settings, and names the half that is missing', () => {
  expect(readMail({})).toBeNull()
  expect(readMail(API)).toMatchObject({ by: 'api', url: API.MAIL_API_URL, key: 'k' })
  expect(readMail({ ...API, MAIL_REPLY_TO: 'help@vendor.example' })?.replyTo).toBe(
    'help@vendor.example',
  )
  for (const wrong of [
    { MAIL_FROM },
    { EMAIL: env.EMAIL! },
    { EMAIL: env.EMAIL!, ...API },
    { ...API, MAIL_API_KEY: '' },
    { ...API, MAIL_API_KEY: 'a\nb' },
    { ...API, MAIL_API_URL: 'http://mail.vendor.example/send' },
    { ...API, MAIL_FROM: 'Vendor <sso@vendor.example>' },
    { ...API, MAIL_FROM: 'sso@vendor.example\r\nBcc: x@y.example' },
    { ...API, MAIL_REPLY_TO: 'nobody' },
  ])
    expect(() => readMail(wrong)).toThrow(ConfigError)
  expect(readMail({ ...API, MAIL_API_URL: 'http://127.0.0.1:8025/send' })).not.toBeNull()
})
