// A move as a whole, over the API: begun from a connection, seen with both, led to its end.
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { callerWithKey } from '../../api/caller.ts'
import { certificates, connections, domains } from '../../../src/platform/db/schema.ts'
import { rollBack } from '../../../src/rollout/operations.ts'
import { db } from '../customer.ts'
import { createMover } from './mover.ts'

async function open() {
  const m = await createMover({ enforced: ['ann', 'ben'], enabled: ['dan'] })
  const operator = await callerWithKey(null)
  const own = await callerWithKey(m.tenantSid)
  return { m, operator, own }
}

const connectionOf = async (sid: string) =>
  (await db.select().from(connections).where(eq(connections.sid, sid)))[0]!

it('begins with a draft that has what the customer wants, and a rollout of everybody', async () => {
  const { m, operator, own } = await open()
  await db
    .update(connections)
    .set({
      newcomers: 'sso_enforced',
      attributeMapping: { email: 'mail' },
      endSessionsOn: ['move'],
      clockSkewSeconds: 120,
      allow: ['sha1'],
    })
    .where(eq(connections.sid, m.from))
  const begin = (body: object) => ({ body })
  const where = `/connections/${m.from}/moves`
  expect((await own('POST', where, begin({}))).status).toBe(403)
  const { status, body } = await operator('POST', where, begin({ name: 'New IdP' }))
  expect(status).toBe(201)
  expect(body).toMatchObject({
    fromConnectionSid: m.from,
    selectors: { everybody: false, fromConnection: true, domains: [], accounts: [] },
  })
  const made = await connectionOf(body.connectionSid)
  expect(made).toMatchObject({
    name: 'New IdP',
    state: 'draft',
    tenantSid: m.tenantSid,
    entityID: '',
    ssoRedirectURL: null,
    newcomers: 'sso_enforced',
    attributeMapping: { email: 'mail' },
    endSessionsOn: ['move'],
    clockSkewSeconds: 60,
    allow: [],
  })
  const pinned = () =>
    db.select().from(certificates).where(eq(certificates.connectionSid, body.connectionSid))
  expect(await pinned()).toEqual([])
})

it('copies everything for another identifier of the same IdP, certificates too', async () => {
  const { m, operator } = await open()
  const where = `/connections/${m.from}/moves`
  const same = await operator('POST', where, {
    body: { entityID: (await connectionOf(m.from)).entityID },
  })
  expect([same.status, same.body.code, same.body.field]).toEqual([400, 'input', 'entityID'])
  const { body } = await operator('POST', where, { body: { entityID: 'https://new.example/id' } })
  expect(await connectionOf(body.connectionSid)).toMatchObject({
    name: 'Old IdP (new)',
    state: 'draft',
    entityID: 'https://new.example/id',
    ssoRedirectURL: 'https://old.tenant.example/sso',
  })
  const fingerprints = async (sid: string) =>
    (await db.select().from(certificates).where(eq(certificates.connectionSid, sid))).map(
      ({ fingerprint }) => fingerprint,
    )
  expect(await fingerprints(body.connectionSid)).toEqual(await fingerprints(m.from))
})

it('says who stands where, who would be locked out, who stays behind, and what comes next', async () => {
  const { m, operator, own } = await open()
  await m.verifyDomain('tenant.example')
  await db
    .update(domains)
    .set({ connectionSid: m.from })
    .where(eq(domains.domain, 'tenant.example'))
  const made = await operator('POST', `/connections/${m.to}/rollouts`, {
    body: { name: 'Move', fromConnectionSid: m.from },
  })
  const { sid } = made.body
  const seen = async () => (await own('GET', `/rollouts/${sid}/move`)).body
  const post = (step: string, body?: object, call = operator) =>
    call('POST', `/rollouts/${sid}/${step}`, body && { body })
  await m.signOff('fail')
  expect((await seen()).next).toBe('sign_off')
  await m.signOff()
  expect(await seen()).toMatchObject({
    next: 'freeze',
    from: { sid: m.from, name: 'Old IdP', closedBecause: null },
    to: { sid: m.to, closedBecause: null },
    counts: { atFrom: 3, open: 0, proved: 0, neverAtTo: 3, toMove: 0, moved: 0 },
    lockedOut: 0,
    leftBehind: [{ why: 'not_listed', users: 3 }],
    domains: ['tenant.example'],
  })
  await post('freeze')
  await post('decisions', {
    version: 1,
    users: [m.people.dan],
    included: false,
    reason: 'on leave',
  })
  expect(await seen()).toMatchObject({
    next: 'review',
    counts: { toMove: 2, ready: 0 },
    lockedOut: 2,
    leftBehind: [{ why: 'excluded', users: 1 }],
  })
  const listed = await own('GET', `/rollouts/${sid}/members?lockedOut=true`)
  expect(listed.body.items.map(({ email }: { email: string }) => email)).toEqual([
    'ann@tenant.example',
    'ben@tenant.example',
  ])
  await post('review', { version: 1, includedExistInIdP: true }, own)
  expect((await seen()).next).toBe('enable')
  await post('enable', { version: 1 })
  expect(await seen()).toMatchObject({ next: 'inform', counts: { open: 2 } })
  const { template } = (await own('GET', `/rollouts/${sid}/notice`)).body
  expect(template.subject).toBe('From {date} your company has a new sign-in page')
  await post('inform', { version: 1, by: 'hand' })
  expect((await seen()).next).toBe('approve')
  await post('go-ahead', { version: 1 }, own)
  expect((await seen()).next).toBe('rest')
  await m.proveAt('ann')
  expect(await seen()).toMatchObject({ next: 'move', counts: { proved: 1, ready: 1 } })
  await post('enforce', { version: 1, users: [m.people.ann] })
  expect(await seen()).toMatchObject({ next: 'rest', counts: { moved: 1, atFrom: 2 } })
  const refused = await post('enforce', { version: 1, scope: 'all' })
  expect([refused.status, refused.body.code]).toEqual([409, 'rollout_locks_out'])
  await post('enforce', { version: 1, scope: 'all', lockedOut: 1 })
  expect(await seen()).toMatchObject({ next: 'domains', counts: { moved: 2, movedUnproved: 1 } })
  expect((await post('move/domains', undefined, own)).status).toBe(403)
  expect((await post('move/domains')).body).toEqual({ domains: ['tenant.example'] })
  const [domain] = await db.select().from(domains).where(eq(domains.domain, 'tenant.example'))
  expect(domain!.connectionSid).toBe(m.to)
  expect(await seen()).toMatchObject({ next: 'left_behind', counts: { atFrom: 1 }, domains: [] })
  // The way back, and once it is closed.
  const preview = await own('GET', `/rollouts/${sid}/roll-back?to=earlier`)
  expect(preview.body).toMatchObject({ people: 2 })
  await db.update(connections).set({ state: 'suspended' }).where(eq(connections.sid, m.from))
  expect((await seen()).from.closedBecause).toBe('connection_suspended')
  const closed = await post('roll-back', { to: 'earlier' })
  expect([closed.status, closed.body.code]).toEqual([409, 'earlier_connection_closed'])
  await db.update(connections).set({ state: 'live' }).where(eq(connections.sid, m.from))
  expect((await post('roll-back', { to: 'earlier' })).body).toMatchObject({ changed: 2 })
  expect(await seen()).toMatchObject({ next: 'enable', counts: { atFrom: 3, moved: 0, open: 0 } })
  expect(await rollBack(m.ask(), sid, { to: 'earlier' })).toMatchObject({ ok: true })
})

it('leads no domain to a connection that people cannot sign in through', async () => {
  const { m, operator } = await open()
  const sid = await m.createMove()
  await db.update(connections).set({ state: 'draft' }).where(eq(connections.sid, m.to))
  const led = await operator('POST', `/rollouts/${sid}/move/domains`)
  expect([led.status, led.body.code]).toEqual([403, 'connection_not_ready'])
  // A rollout that moves nobody has no such page.
  const plain = await operator('POST', `/connections/${m.to}/rollouts`, { body: { name: 'Plain' } })
  expect((await operator('GET', `/rollouts/${plain.body.sid}/move`)).status).toBe(404)
})
