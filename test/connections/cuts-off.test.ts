// Edits that could cut off people who may sign in by SSO only: refused without their number. And
// one answer to “is it usable” from lifecycle, sign-in decision and the begin of a login.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  changeState,
  editConnection,
  getConnection,
  readCertificates,
  type Edit,
} from '../../src/connections/operations.ts'
import { decideSignIns } from '../../src/directory/sign-in/operations.ts'
import { certificates, connections, users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { callerWithKey } from '../api/caller.ts'
import { openBrowser } from '../support/browser.ts'
import { pemOf } from '../support/keys.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db, fingerprintOf, type World } from '../support/world.ts'

/** A live connection with two enforced people, one of whom has just logged in. */
async function openLive() {
  const world = await createWorld({ pinned: ['idp', 'idpNext'] })
  for (const name of ['alice', 'ben'])
    await world.addUser(`${name}@tenant.example`, { signInMethod: 'sso_enforced' })
  await world.addUser('carla@tenant.example')
  expect((await world.login('alice@tenant.example')).finished?.status).toBe(302)
  return world
}

const rowOf = async ({ connectionSid }: World) =>
  (await db.select().from(connections).where(eq(connections.sid, connectionSid)))[0]!
const pinnedAt = ({ connectionSid }: World) =>
  db.select().from(certificates).where(eq(certificates.connectionSid, connectionSid))
const toldOf = ({ connectionSid }: World) =>
  db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, connectionSid))
const decisionOf = async (email: string) => good(await decideSignIns(request(), [email]))[0]!

/** Edits, and the state in which each leaves the connection. */
const CUTTING: Record<string, { edit: () => Promise<Edit>; state: string }> = {
  'the last certificates removed': {
    edit: async () => ({
      removeCertificates: [await fingerprintOf('idp'), await fingerprintOf('idpNext')],
    }),
    state: 'draft',
  },
  'the certificate removed that logins use': {
    edit: async () => ({ removeCertificates: [await fingerprintOf('idp')] }),
    state: 'live',
  },
  'both SSO URLs removed': {
    edit: async () => ({ fields: { ssoRedirectURL: null, ssoPostURL: null } }),
    state: 'draft',
  },
  'the identifier mistyped': {
    edit: async () => ({ fields: { entityID: 'https://idp.tenant.example/metadat' } }),
    state: 'testing',
  },
  'an SSO URL mistyped': {
    edit: async () => ({ fields: { ssoRedirectURL: 'https://idp.tenant.example/ss' } }),
    state: 'testing',
  },
}

it('counts nobody who is suspended: the edit takes nothing from them', async () => {
  const world = await openLive()
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.emailKey, 'ben@tenant.example'))
  const edit = { fields: { entityID: 'https://idp.tenant.example/metadat' } }
  const ask = (options: object) => editConnection(request(), world.connectionSid, edit, options)
  expect(good(await ask({ preview: true })).cutsOff).toBe(1)
  good(await ask({ cutsOff: 1 }))
})

describe.each(Object.keys(CUTTING))('%s', (name) => {
  it('edit_cuts_off: is refused without the number of people, and saved with it', async () => {
    const world = await openLive()
    const { connectionSid } = world
    const edit = await CUTTING[name]!.edit()
    const ask = (options = {}) => editConnection(request(), connectionSid, edit, options)
    const before = [await rowOf(world), await pinnedAt(world), await toldOf(world)]
    expect(good(await ask({ preview: true }))).toMatchObject({
      cutsOff: 2,
      state: CUTTING[name]!.state,
    })
    for (const options of [{}, { cutsOff: 0 }, { cutsOff: 1 }])
      expect(codeOf(await ask(options))).toEqual(['edit_cuts_off', 'cutsOff'])
    expect([await rowOf(world), await pinnedAt(world), await toldOf(world)]).toEqual(before)
    expect((await world.login('alice@tenant.example')).finished?.status).toBe(302)
    good(await ask({ cutsOff: 2 }))
    const { state } = await rowOf(world)
    expect(state).toBe(CUTTING[name]!.state)
    expect((await toldOf(world)).at(-1)!.after).toMatchObject(state === 'live' ? {} : { state })
  })

  it('needs no number once the connection is suspended, which gives passwords back', async () => {
    const world = await openLive()
    good(await changeState(request(), world.connectionSid, 'suspend'))
    expect(await decisionOf('alice@tenant.example')).toMatchObject({ decision: 'password' })
    good(await editConnection(request(), world.connectionSid, await CUTTING[name]!.edit()))
    const resumed = good(await changeState(request(), world.connectionSid, 'resume')).state
    expect(resumed).toBe(CUTTING[name]!.state === 'draft' ? 'draft' : 'testing')
  })
})

describe('other edits', () => {
  it('need no number', async () => {
    const world = await openLive()
    const third = good(await readCertificates(pemOf('p256')))
    const edits: Edit[] = [
      { fields: { name: 'Other', clockSkewSeconds: 30 } },
      { addCertificates: third },
      { removeCertificates: [await fingerprintOf('idpNext')] },
    ]
    for (const edit of edits)
      expect(good(await editConnection(request(), world.connectionSid, edit)).cutsOff).toBe(0)
    expect((await rowOf(world)).state).toBe('live')
  })

  it('revision_changed: more people than were confirmed are not cut off in between', async () => {
    const world = await openLive()
    const { updateConnection } = await import('../../src/connections/store.ts')
    const connection = good(await getConnection(request(), world.connectionSid))
    const change = { row: { entityID: 'x' }, events: [], cutsOff: 1 }
    expect(await updateConnection(request(), connection, change)).toBe(false)
    expect(await updateConnection(request(), connection, { ...change, cutsOff: 2 })).toBe(true)
  })
})

describe('by API', () => {
  it('the number goes with the request, and a preview says it', async () => {
    const world = await openLive()
    const api = await callerWithKey(null)
    const path = `/connections/${world.connectionSid}`
    const body = { ssoRedirectURL: null, ssoPostURL: null }
    const preview = await api('PATCH', `${path}?preview=true`, { body })
    expect(preview).toMatchObject({ status: 200, body: { cutsOff: 2, state: 'draft' } })
    expect(await api('PATCH', path, { body })).toMatchObject({
      status: 409,
      body: { code: 'edit_cuts_off', expected: '2 accepted', received: '0' },
    })
    expect((await api('PATCH', `${path}?cutsOff=x`, { body })).body.code).toBe('input')
    expect(await api('PATCH', `${path}?cutsOff=2`, { body })).toMatchObject({ status: 200 })
    const key = `${path}/certificates/${await fingerprintOf('idp')}`
    await db
      .update(connections)
      .set({ state: 'live', ssoPostURL: 'https://idp.tenant.example/sso' })
      .where(eq(connections.sid, world.connectionSid))
    expect((await api('DELETE', key)).body.code).toBe('edit_cuts_off')
    expect((await api('DELETE', `${key}?cutsOff=2`)).status).toBe(200)
  })
})

describe('a connection that logins cannot use', () => {
  it('is a draft for lifecycle, decision and begin alike', async () => {
    const world = await openLive()
    const { connectionSid } = world
    const edit = await CUTTING['the last certificates removed']!.edit()
    good(await editConnection(request(), connectionSid, edit, { cutsOff: 2 }))
    expect(await decisionOf('alice@tenant.example')).toMatchObject({
      decision: 'password',
      reason: 'connection_not_ready',
    })
    const begun = await openBrowser().get(`/sso/${connectionSid}`)
    expect(await begun.text()).toContain('Single sign-on is not set up for your company yet')
    expect(codeOf(await changeState(request(), connectionSid, 'begin_testing'))).toEqual([
      'lifecycle',
    ])
    const people = await db.select().from(users).where(eq(users.connectionSid, connectionSid))
    // Nobody is put back: with a certificate the same people may sign in by SSO only again.
    expect(people.map(({ signInMethod }) => signInMethod).toSorted()).toEqual([
      'sso_enabled',
      'sso_enforced',
      'sso_enforced',
    ])
  })
})
