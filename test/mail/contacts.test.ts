// Contacts of a tenant and of operators: who may keep them, what is refused, what is recorded.
import { and, desc, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { listEvents } from '../../src/events/operations.ts'
import { tenantAdmin } from '../../src/events/actor.ts'
import {
  addContact,
  editContact,
  findUnsubscriber,
  getContact,
  listContacts,
  removeContact,
  unsubscribe,
} from '../../src/mail/contacts/operations.ts'
import { contacts, outbox } from '../../src/platform/db/schema.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

const ANN = { role: 'technical', name: 'Ann Berg', email: 'Ann@Tenant.example' }

async function open() {
  const { tenantSid } = await createWorld()
  const customer = request(tenantAdmin({ id: 'AK1', name: 'key script' }, tenantSid))
  return { tenantSid, customer }
}

it('are kept by the customer and by operators, with an event for each change', async () => {
  const { tenantSid, customer } = await open()
  const ann = good(await addContact(customer, tenantSid, ANN))
  expect(ann).toMatchObject({ ...ANN, tenantSid, muted: [] })
  expect(ann).not.toHaveProperty('unsubscribeKey')
  good(await editContact(request(), ann.sid, { role: 'security', muted: ['digest', 'results'] }))
  // Nothing changes, so that nothing happened.
  good(await editContact(request(), ann.sid, { role: 'security' }))
  good(await removeContact(customer, ann.sid))
  expect(good(await listContacts(customer, tenantSid))).toEqual([])
  const { items } = good(await listEvents(request(), { tenantSid }, { limit: 10, after: null }))
  expect(items.map(({ type, before, after }) => [type, before, after])).toEqual([
    ['contact.removed', { ...ANN, role: 'security' }, null],
    [
      'contact.updated',
      { ...ANN, muted: [] },
      // In the order of the table of kinds.
      { ...ANN, role: 'security', muted: ['results', 'digest'] },
    ],
    ['contact.created', null, ANN],
  ])
  // Each causes a mail to security contacts.
  const rows = await db.select().from(outbox).where(eq(outbox.channel, 'mail'))
  const sids = new Set(items.map(({ sid }) => sid))
  expect(rows.filter(({ eventSid }) => sids.has(eventSid))).toHaveLength(3)
})

it.each([
  ['role', { role: 'operator' }],
  ['role', { role: 'boss' }],
  ['name', { name: '' }],
  ['name', { name: 'x'.repeat(101) }],
  ['name', { name: 'Ann\r\nBcc: eve@evil.example' }],
  ['name', { name: 'Ann\u202e' }],
  ['email', { email: 'ann' }],
  ['email', { email: 'ann@tenant.example, eve@evil.example' }],
  ['email', { email: 'Ann <ann@tenant.example>' }],
  ['email', { email: 'änn@tenant.example' }],
  ['muted', { muted: ['security'] }],
  ['muted', { muted: ['personal'] }],
])('refuses a wrong %s', async (field, change) => {
  const { tenantSid, customer } = await open()
  const added = await addContact(customer, tenantSid, { ...ANN, ...change })
  expect(codeOf(added)).toEqual(['input', field])
})

it('has an address once in each role', async () => {
  const { tenantSid } = await open()
  good(await addContact(request(), tenantSid, ANN))
  good(await addContact(request(), tenantSid, { ...ANN, role: 'security' }))
  const again = { ...ANN, email: 'ANN@tenant.example' }
  expect(codeOf(await addContact(request(), tenantSid, again))).toEqual(['already_there', 'email'])
  const other = await open()
  good(await addContact(request(), other.tenantSid, ANN))
})

it('shows a tenant nothing of another, and nobody but operators the operators’ addresses', async () => {
  const { tenantSid } = await open()
  const { customer: stranger, tenantSid: strange } = await open()
  const ann = good(await addContact(request(), tenantSid, ANN))
  for (const asked of [
    listContacts(stranger, tenantSid),
    addContact(stranger, tenantSid, ANN),
    getContact(stranger, ann.sid),
    editContact(stranger, ann.sid, { name: 'Eve' }),
    removeContact(stranger, ann.sid),
  ])
    expect(codeOf(await asked)[0]).toBe('not_there')
  const email = `${strange}@vendor.example`.toLowerCase()
  const team = { role: 'operator', name: 'Team', email }
  expect(codeOf(await addContact(stranger, null, team))).toEqual(['forbidden'])
  expect(codeOf(await listContacts(stranger, null))).toEqual(['forbidden'])
  const added = good(await addContact(request(), null, team))
  expect(codeOf(await getContact(stranger, added.sid))[0]).toBe('not_there')
  expect(codeOf(await addContact(request(), null, team))).toEqual(['already_there', 'email'])
})

it('stops one kind of mail by its link, once, and never security mail', async () => {
  const { tenantSid } = await open()
  const { sid } = good(await addContact(request(), tenantSid, ANN))
  const [row] = await db.select().from(contacts).where(eq(contacts.sid, sid))
  const context = request()
  const key = row!.unsubscribeKey
  expect(good(await findUnsubscriber(context, key)).sid).toBe(sid)
  expect(good(await unsubscribe(context, key, 'digest')).muted).toEqual(['digest'])
  expect(good(await unsubscribe(context, key, 'digest')).muted).toEqual(['digest'])
  expect(codeOf(await unsubscribe(context, key, 'security'))[0]).toBe('not_there')
  expect(codeOf(await unsubscribe(context, 'x'.repeat(43), 'digest'))[0]).toBe('not_there')
  expect(codeOf(await unsubscribe(context, '', 'digest'))[0]).toBe('not_there')
  const page = { limit: 10, after: null }
  const { items } = good(await listEvents(request(), { subjectSid: sid }, page))
  expect(items.map(({ type, actor }) => [type, actor])).toEqual([
    ['contact.updated', 'user Ann Berg'],
    ['contact.created', 'operator olga'],
  ])
  const stored = await db
    .select()
    .from(contacts)
    .where(and(eq(contacts.tenantSid, tenantSid)))
    .orderBy(desc(contacts.createdAt))
  expect(stored.map(({ muted }) => muted)).toEqual([['digest']])
})
