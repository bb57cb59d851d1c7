// A stolen setup link brings a key of its own to a connection in use, to sign in as anybody.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createSetupLink } from '../../src/access/operations.ts'
import { setMetadataSource } from '../../src/connections/metadata/operations.ts'
import { editConnection, readCertificates } from '../../src/connections/operations.ts'
import { trustCertificate } from '../../src/connections/certificates/operations.ts'
import {
  acceptPendingChange,
  declinePendingChange,
  listPendingChanges,
} from '../../src/connections/pending/operations.ts'
import { editTenant } from '../../src/directory/operations.ts'
import { listEvents } from '../../src/events/operations.ts'
import {
  certificates,
  connections,
  quarantinedCertificates,
  testers,
  users,
} from '../../src/platform/db/schema.ts'
import { mapAlias } from '../../src/rollout/operations.ts'
import { callerWithKey } from '../api/caller.ts'
import { openBrowser } from '../support/browser.ts'
import { certificateOf, pemOf } from '../support/keys.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { followLink } from '../support/setup-link.ts'
import { storedCertificate } from '../support/stored-certificate.ts'
import { as, attemptCode, createWorld, db, fingerprintOf, type World } from '../support/world.ts'

const EMAIL = 'alice@tenant.example'

async function openLive(settings: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld(settings)
  await world.addUser(EMAIL, { signInMethod: 'sso_enforced' })
  return world
}

function mallory({ tenantSid, connectionSid }: World) {
  const capabilities = ['configure', 'test'] as const
  return request({
    kind: 'customer admin',
    id: 'mallory',
    name: 'mallory',
    tenantSid,
    connectionSid,
    capabilities,
  })
}

/** Whether a login signed with the attacker's key gets in. */
async function forges(world: World): Promise<boolean> {
  const browser = openBrowser()
  const { requestID, relayState } = await world.begin(browser)
  const message = await world.idp(requestID, 'attacker').respond(as(EMAIL))
  return (await world.deliver(browser, message, relayState)).status === 303
}

const attackersKey = async () => ({
  addCertificates: good(await readCertificates(pemOf('attacker'))),
})
const rowOf = async ({ connectionSid }: World) => [
  (await db.select().from(connections).where(eq(connections.sid, connectionSid)))[0],
  await db.select().from(certificates).where(eq(certificates.connectionSid, connectionSid)),
]
const waiting = async ({ connectionSid }: World) =>
  good(await listPendingChanges(request(), connectionSid))

describe('link-adds-key', () => {
  it('the portal proposes, nothing is trusted, and an operator’s page shows it', async () => {
    const world = await openLive()
    const link = good(
      await createSetupLink(request(), world.connectionSid, {
        name: 'mallory',
        capabilities: ['configure'],
        expiresInMinutes: 60,
      }),
    )
    const browser = openBrowser()
    await followLink(browser, link.secret)
    const before = await rowOf(world)
    const form = new FormData()
    form.set('certificate', pemOf('attacker'))
    const preview = await (await browser.upload('/setup/certificates', form)).text()
    expect(preview).toContain('An operator decides')
    const [, change] = /name="change" value="([^"]*)"/.exec(preview)!
    const [, version] = /name="version" value="(\d+)"/.exec(preview)!
    const saved = await browser.post('/setup/save', {
      change: change!.replaceAll('&quot;', '"'),
      version: version!,
    })
    expect(saved.headers.get('location')).toBe('/setup/pending')
    expect(await (await browser.get('/setup')).text()).toContain('Decide on a proposed change')
    expect(await (await browser.get('/setup/pending')).text()).toContain('Take change back')
    expect(await rowOf(world)).toEqual(before)
    expect(await forges(world)).toBe(false)
    const [{ sid } = { sid: '' }] = await waiting(world)
    expect((await browser.post(`/setup/pending/${sid}/accept`)).status).toBe(403)
    expect(await waiting(world)).toHaveLength(1)
  })

  it.each([
    ['a key', attackersKey],
    ['the identifier', async () => ({ fields: { entityID: 'https://attacker.example' } })],
    ['an SSO URL', async () => ({ fields: { ssoPostURL: 'https://attacker.example/sso' } })],
    ['the URL after logout', async () => ({ fields: { logoutRedirectURL: 'https://a.example/' } })],
    ['who signs people out', async () => ({ fields: { revocationIssuer: 'https://a.example' } })],
    ['with whose keys', async () => ({ fields: { revocationKeysURL: 'https://a.example/keys' } })],
    ['the attribute of the e-mail', async () => ({ fields: { attributeMapping: { email: 'x' } } })],
  ] as const)('%s waits, whoever of the customer brings it', async (_, edit) => {
    const world = await openLive()
    const before = await rowOf(world)
    const proposed = await editConnection(mallory(world), world.connectionSid, await edit())
    expect(good(proposed).waits).toBe(true)
    expect(await rowOf(world)).toEqual(before)
    expect(await waiting(world)).toHaveLength(1)
  })

  it('is accepted or declined by API, audited, and names whom it may cut off', async () => {
    const world = await openLive()
    const { connectionSid, tenantSid } = world
    const [theirs, operator] = [await callerWithKey(tenantSid), await callerWithKey(null)]
    const path = `/connections/${connectionSid}`
    const body = { entityID: 'https://new.tenant.example' }
    expect(await theirs('PATCH', path, { body })).toMatchObject({
      status: 200,
      body: { waits: true },
    })
    const sent = { body: { certificate: pemOf('idpNext') } }
    expect((await theirs('POST', `${path}/certificates`, sent)).body.waits).toBe(true)
    const [first, second] = (await theirs('GET', `${path}/pending-changes`)).body.items
    expect(first).toMatchObject({ fields: body, proposedBy: 'customer admin key test' })
    expect(second.newCertificates).toMatchObject([{ fingerprint: await fingerprintOf('idpNext') }])
    const at = (change: { sid: string }, verb: string) =>
      `${path}/pending-changes/${change.sid}/${verb}`
    expect((await theirs('POST', at(first, 'accept'))).body.code).toBe('forbidden')
    expect((await operator('POST', at(first, 'accept'))).body.code).toBe('edit_cuts_off')
    expect((await operator('POST', `${at(first, 'accept')}?cutsOff=1`)).status).toBe(200)
    expect((await operator('POST', at(first, 'accept'))).body.code).toBe('not_there')
    expect((await theirs('POST', at(second, 'decline'))).status).toBe(204)
    expect(await waiting(world)).toEqual([])
    const [row] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
    expect(row).toMatchObject({ ...body, state: 'testing' })
    const { items } = good(await listEvents(request(), { subjectSid: connectionSid }, ALL))
    const told = items.map(({ type }) => type).filter((one) => one.startsWith('pending'))
    expect(told.toSorted()).toEqual([
      'pending_change.accepted',
      'pending_change.declined',
      'pending_change.proposed',
      'pending_change.proposed',
    ])
  })

  it('takes effect at once where the tenant says so, and before the connection is in use', async () => {
    const trusting = await openLive()
    good(await editTenant(request(), trusting.tenantSid, { customerChanges: 'apply' }))
    const testing = await createWorld({ connection: { state: 'testing' } })
    const userSid = await testing.addUser('tess@tenant.example')
    const { connectionSid } = testing
    await db
      .insert(testers)
      .values({ connectionSid, userSid, enabled: true, createdBy: 'olga', createdAt: 1 })
    for (const world of [trusting, testing]) {
      const edited = await editConnection(mallory(world), world.connectionSid, await attackersKey())
      expect(good(edited).waits).toBe(false)
      expect((await rowOf(world))[1]).toHaveLength(2)
    }
    await db.update(users).set({ signInMethod: 'sso_enforced' }).where(eq(users.sid, userSid))
    const later = { fields: { entityID: 'x' } }
    expect(good(await editConnection(mallory(testing), connectionSid, later)).waits).toBe(true)
  })

  it('waits_for_operator: no side door brings a key or an account', async () => {
    const world = await openLive()
    const { connectionSid } = world
    await db.insert(quarantinedCertificates).values({
      connectionSid,
      ...(await storedCertificate(certificateOf('attacker'))),
      createdAt: 1,
    })
    const key = await fingerprintOf('attacker')
    const trusted = await trustCertificate(mallory(world), connectionSid, key)
    expect(codeOf(trusted)).toEqual(['waits_for_operator'])
    const source = { url: 'https://a.example/', signingCertificate: pemOf('attacker') }
    const set = await setMetadataSource(mallory(world), connectionSid, source)
    expect(codeOf(set)).toEqual(['waits_for_operator', 'signingCertificate'])
    const alias = { email: 'mallory@private.example', user: EMAIL }
    const mapped = await mapAlias(mallory(world), connectionSid, alias)
    expect(codeOf(mapped)).toEqual(['waits_for_operator', 'user'])
    expect(await forges(world)).toBe(false)
    good(await trustCertificate(request(), connectionSid, key))
    expect(await forges(world)).toBe(true)
  })

  it('limit_reached: a link cannot fill the table', async () => {
    const world = await openLive()
    const propose = (at: number) =>
      editConnection(mallory(world), world.connectionSid, { fields: { entityID: `x${at}` } })
    for (let at = 1; at <= 20; at++) good(await propose(at))
    expect(codeOf(await propose(21))).toEqual(['limit_reached'])
    const [{ sid } = { sid: '' }] = await waiting(world)
    good(await declinePendingChange(mallory(world), world.connectionSid, sid))
    good(await propose(21))
    expect(codeOf(await acceptPendingChange(mallory(world), world.connectionSid, sid))).toEqual([
      'forbidden',
    ])
  })

  it('signature_key_quarantined: a login by a key that was proposed is refused by that name', async () => {
    const world = await openLive()
    const login = async () => {
      const browser = openBrowser()
      const { requestID, relayState } = await world.begin(browser)
      const message = await world.idp(requestID, 'attacker').respond(as(EMAIL))
      const response = await world.deliver(browser, message, relayState)
      return response.status === 303 ? null : attemptCode(response)
    }
    expect(await login()).toBe('signature_invalid')
    good(await editConnection(mallory(world), world.connectionSid, await attackersKey()))
    expect(await login()).toBe('signature_key_quarantined')
    const attempts = (await world.rows()).attempts
    expect(attempts.map((one) => one.certificateFingerprint)).toContain(
      await fingerprintOf('attacker'),
    )
    const [{ sid } = { sid: '' }] = await waiting(world)
    good(await declinePendingChange(request(), world.connectionSid, sid))
    expect(await login()).toBe('signature_invalid')
  })

  it('compromised: what a customer removes as such stays so until an operator accepts it', async () => {
    const world = await openLive({ pinned: ['idp', 'idpNext'], connection: { endSessionsOn: [] } })
    const { connectionSid } = world
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const message = await world.idp(requestID).respond(as(EMAIL))
    const arrived = await world.deliver(browser, message, relayState)
    await browser.get(arrived.headers.get('location')!)
    const open = async () => (await world.rows()).sessions.filter((one) => one.endedAt === null)
    const removeCertificates = [await fingerprintOf('idp')]
    const edit = { removeCertificates, compromised: true }
    const proposed = good(await editConnection(mallory(world), connectionSid, edit))
    expect(proposed).toMatchObject({ waits: true, openSessions: 1, endsSessions: true })
    expect(await open()).toHaveLength(1)
    const [{ sid, compromised } = { sid: '', compromised: false }] = await waiting(world)
    expect(compromised).toBe(true)
    good(await acceptPendingChange(request(), connectionSid, sid, { cutsOff: 1 }))
    expect(await open()).toHaveLength(0)
  })
})
