// The body of a webhook message: what it has, its size, and what a customer’s endpoint is not told.
import { expect, it } from 'vitest'
import {
  createPayload,
  PAYLOAD_BYTES,
  PAYLOAD_VERSION,
  type PayloadOf,
} from '../../src/events/webhooks/payload.ts'

const EVENT = {
  sid: 'EV1',
  type: 'connection.created',
  tenantSid: 'TN1',
  connectionSid: 'CN1',
  subjectSid: 'CN1',
  actor: { kind: 'operator' as const, id: 'olga@vendor.example' },
  data: { name: 'Okta' },
  createdAt: Date.UTC(2026, 10, 30, 2, 13, 5, 7),
}
const payloadOf = (event: Partial<PayloadOf> | { data: unknown }, forCustomer = false) =>
  JSON.parse(createPayload({ ...EVENT, ...event }, { forCustomer })) as Record<string, unknown>

it('has type, timestamp and data, and the version of its schema', () => {
  expect(payloadOf({})).toEqual({
    type: 'connection.created',
    timestamp: '2026-11-30T02:13:05.007Z',
    version: PAYLOAD_VERSION,
    id: 'EV1',
    tenantSid: 'TN1',
    connectionSid: 'CN1',
    subjectSid: 'CN1',
    actor: { kind: 'operator', id: 'olga@vendor.example' },
    isCut: false,
    data: { name: 'Okta' },
  })
})

it('does not tell a customer which operator it was', () => {
  expect(payloadOf({}, true)['actor']).toEqual({ kind: 'operator', id: null })
  const own = { kind: 'customer admin' as const, id: 'SL1' }
  expect(payloadOf({ actor: own }, true)['actor']).toEqual(own)
})

it('leaves out data that would make it larger than 64 KB, and says so', () => {
  const room = PAYLOAD_BYTES - createPayload({ ...EVENT, data: '' }, { forCustomer: false }).length
  const whole = payloadOf({ data: 'x'.repeat(room) })
  expect([whole['isCut'], String(whole['data']).length]).toEqual([false, room])
  for (const data of ['x'.repeat(room + 1), 'ä'.repeat(room / 2 + 1), { text: 'x'.repeat(1e6) }]) {
    const cut = payloadOf({ data })
    expect(cut).toMatchObject({ isCut: true, data: {}, id: 'EV1', subjectSid: 'CN1' })
  }
})
