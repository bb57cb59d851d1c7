// Tokens: actors who may configure make them, they are shown once, and they open the SCIM service
// of one connection and nothing else.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createApiKey } from '../../src/access/operations.ts'
import { actorOfBearer } from '../../src/access/caller.ts'
import { may, maySee, tenantAdmin, type Actor } from '../../src/events/actor.ts'
import { CAPABILITIES } from '../../src/events/actor.ts'
import { scimTokens } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { getUser } from '../../src/directory/operations.ts'
import { listUsers } from '../../src/directory/words/operations.ts'
import { editUser } from '../../src/directory/user-operations.ts'
import {
  createScimToken,
  getScimToken,
  listScimTokens,
  revokeScimToken,
} from '../../src/scim/token-operations.ts'
import { hashSecret } from '../../src/platform/secret.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'
import { openLink, openOperator } from '../console/operator/admins.ts'
import { openService } from './service.ts'

const NEW = { name: 'Okta', expiresInDays: 30 }

describe('a token', () => {
  it('is told once, kept as a hash, and written down without its secret', async () => {
    const { connectionSid, tenantSid } = await createWorld()
    const { scimToken, secret } = good(await createScimToken(request(), connectionSid, NEW))
    expect(secret).toMatch(/^gps_[\w-]{43}$/)
    const [row] = await db.select().from(scimTokens).where(eq(scimTokens.sid, scimToken.sid))
    expect(row).toMatchObject({ tenantSid, connectionSid, secretHash: await hashSecret(secret) })
    expect(scimToken).not.toHaveProperty('secretHash')
    const trail = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, connectionSid))
    expect(trail).toMatchObject([
      { type: 'scim_token.created', after: { scimToken: scimToken.sid, name: 'Okta' } },
    ])
    expect(JSON.stringify([row, trail])).not.toContain(secret.slice(4))
  })

  it('is made of what makes sense', async () => {
    const { connectionSid } = await createWorld()
    const make = (input: object) => createScimToken(request(), connectionSid, { ...NEW, ...input })
    for (const name of ['', ' Okta', 'x'.repeat(101)])
      expect(codeOf(await make({ name }))).toEqual(['input', 'name'])
    for (const expiresInDays of [0, 731, 1.5, Number.NaN])
      expect(codeOf(await make({ expiresInDays }))).toEqual(['input', 'expiresInDays'])
  })

  it('is for those who may configure the connection', async () => {
    const { connectionSid, tenantSid } = await createWorld()
    const other = await createWorld()
    const link = (capabilities: readonly ('configure' | 'test')[]): Actor => ({
      kind: 'customer admin',
      id: 'carla',
      name: 'carla',
      tenantSid,
      connectionSid,
      capabilities,
    })
    const { scimToken } = good(await createScimToken(request(), connectionSid, NEW))
    const cells: [Actor, string | null, string | null][] = [
      [link(['configure']), null, null],
      [link(['test']), 'forbidden', null],
      [link([]), 'forbidden', null],
      [tenantAdmin({ id: 'theirs', name: 'theirs' }, tenantSid), null, null],
      [tenantAdmin({ id: 'others', name: 'others' }, other.tenantSid), 'not_there', 'not_there'],
      [
        { ...link(['configure']), connectionSid: other.connectionSid } as Actor,
        'not_there',
        'not_there',
      ],
      [{ kind: 'scim', id: 'Okta', name: 'Okta' }, 'not_there', 'not_there'],
    ]
    for (const [actor, change, look] of cells) {
      const as = request(actor)
      expect(codeOf(await createScimToken(as, connectionSid, NEW))).toEqual([change])
      expect(codeOf(await listScimTokens(as, connectionSid, ALL))).toEqual([look])
      expect(codeOf(await getScimToken(as, scimToken.sid))).toEqual([look])
      expect(codeOf(await revokeScimToken(as, scimToken.sid))).toEqual([change])
    }
  })

  it('no longer works when it is revoked, and says when it was used', async () => {
    const { ask, scimToken } = await openService()
    expect((await ask('GET', '/Users')).status).toBe(200)
    const used = good(await getScimToken(request(), scimToken.sid))
    expect(used.lastUsedAt).not.toBeNull()
    good(await revokeScimToken(request(), scimToken.sid))
    expect((await ask('GET', '/Users')).status).toBe(401)
    const again = good(await revokeScimToken(request(), scimToken.sid))
    expect(again.revokedAt).not.toBeNull()
    const trail = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.type, 'scim_token.revoked'))
    expect(trail.filter(({ after }) => after?.['scimToken'] === scimToken.sid)).toHaveLength(1)
  })

  it('is no key of the API, and a key of the API is no token', async () => {
    const { ask, secret, tenantSid } = await openService()
    expect(await actorOfBearer(db, `Bearer ${secret}`, Date.now())).toBeUndefined()
    expect(await actorOfBearer(db, `Bearer gp_${secret.slice(4)}`, Date.now())).toBeUndefined()
    const key = good(
      await createApiKey(request(), { name: 'ci', tenantSid, role: 'admin', expiresInDays: 1 }),
    )
    for (const authorization of [
      `Bearer ${key.secret}`,
      `Bearer gps_${key.secret.slice(3)}`,
      `Basic ${btoa(`x:${secret}`)}`,
      `Bearer ${secret} x`,
      secret,
    ])
      expect((await ask('GET', '/Users', undefined, { authorization })).status).toBe(401)
    const lower = { authorization: `bearer ${secret}` }
    expect((await ask('GET', '/Users', undefined, lower)).status).toBe(200)
  })

  it('speaks for an actor to whom every other operation is closed', async () => {
    const { world, tenantSid, connectionSid } = await openService()
    const sid = await world.addUser('ann@tenant.example')
    const actor: Actor = { kind: 'scim', id: 'Okta', name: 'Okta' }
    const resource = { tenantSid, connectionSid }
    expect(maySee(actor, resource)).toBe(false)
    expect(maySee(actor, { tenantSid: null, connectionSid: null })).toBe(false)
    for (const how of [...CAPABILITIES, 'operate'] as const)
      expect(may(actor, how, resource)).toBe(false)
    expect(codeOf(await getUser(request(actor), sid))).toEqual(['not_there'])
    expect(codeOf(await listUsers(request(actor), tenantSid, ALL))).toEqual(['not_there'])
    expect(codeOf(await editUser(request(actor), sid, { suspended: true }))).toEqual(['not_there'])
  })
})

describe('the page Provisioning', () => {
  it('shows the base URL, and a new token once', async () => {
    const world = await createWorld()
    for (const [browser, base] of [
      [await openLink(world), '/setup'],
      [await openOperator(), `/console/connections/${world.connectionSid}`],
    ] as const) {
      const made = await browser.post(`${base}/provisioning`, { name: 'Okta', expiresInDays: '90' })
      const page = await made.text()
      const secret = /gps_[\w-]{43}/.exec(page)?.[0]
      expect(secret).toBeDefined()
      expect(page).toContain(`https://sso.vendor.example/scim/v2/${world.connectionSid}`)
      const list = await (await browser.get(`${base}/provisioning`)).text()
      expect(list).toContain('Okta')
      expect(list).not.toContain(secret)
      const service = { authorization: `Bearer ${secret}` }
      const { ask } = await openService(world)
      expect((await ask('GET', '/Users', undefined, service)).status).toBe(200)
    }
  })

  it('says what is wrong, and keeps what was entered', async () => {
    const world = await createWorld()
    const browser = await openLink(world)
    const entered = { name: 'x'.repeat(101), expiresInDays: '90' }
    const refused = await browser.post('/setup/provisioning', entered)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('x'.repeat(101))
  })

  it('revokes no token of another connection, though the visitor may see it', async () => {
    const [world, other] = [await createWorld(), await createWorld()]
    const { scimToken } = good(await createScimToken(request(), other.connectionSid, NEW))
    const path = `${scimToken.sid}/revoke`
    const operator = await openOperator()
    const base = `/console/connections/${world.connectionSid}/provisioning`
    expect((await operator.post(`${base}/${path}`)).status).toBe(404)
    const portal = await openLink(world)
    expect((await portal.post(`/setup/provisioning/${path}`)).status).toBe(404)
    expect(good(await getScimToken(request(), scimToken.sid)).revokedAt).toBeNull()
  })

  it('gives those who may only look nothing to press', async () => {
    const { connectionSid } = await createWorld()
    good(await createScimToken(request(), connectionSid, NEW))
    const page = await (
      await (await openLink({ connectionSid }, [])).get('/setup/provisioning')
    ).text()
    expect(page).toContain('Okta')
    expect(page).not.toContain('/revoke')
    expect(page).not.toContain('Create token')
  })
})

it('has a limit of its own in every deployment', () => {
  expect(env.SCIM_BY_TOKEN).toBeDefined()
})
