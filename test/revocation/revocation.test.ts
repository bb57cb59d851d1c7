// Global Token Revocation as Okta's Universal Logout sends it: who is signed out, once, and who is
// not there.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { changeState, editConnection } from '../../src/connections/operations.ts'
import {
  acceptPendingChange,
  listPendingChanges,
} from '../../src/connections/pending/operations.ts'
import { editTenant } from '../../src/directory/operations.ts'
import { aliases, connections, spent, users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { getRevocationStatus } from '../../src/revocation/operations.ts'
import {
  addClient,
  addGrant,
  deliveriesOf,
  grantRow,
  sessionRow,
  signIn,
} from '../sessions/stage.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { as, createWorld, db } from '../support/world.ts'
import { byEmail, KEYS_URL, openOrg, ORG, pairs, type Org } from './okta.ts'

const ANN = 'ann@tenant.example'

async function openStage() {
  const okta = await openOrg()
  const { browser, session } = await signIn(okta.world, ANN)
  const isIn = async () => (await (await browser.get('/')).text()).includes('Signed in as')
  return { ...okta, session, userSid: session.userSid, isIn }
}

const eventsOf = (subjectSid: string) =>
  db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, subjectSid))

describe('a request', () => {
  it('ends sessions, grants and apps’ sessions, and is in the audit trail', async () => {
    const { send, session, isIn } = await openStage()
    const grantSid = await addGrant(session, await addClient())
    expect(await send(byEmail(ANN))).toBe(204)
    const row = await sessionRow(session.sid)
    expect(row.endedBecause).toBe('idp_revoked')
    expect((await grantRow(grantSid)).endedAt).toBe(row.endedAt)
    expect(await deliveriesOf(session.sid)).toHaveLength(1)
    expect(await isIn()).toBe(false)
    expect(await eventsOf(session.userSid)).toMatchObject([
      { actor: 'idp Tenant IdP', type: 'session.all_revoked', after: { sessions: 1 } },
    ])
  })

  it.each([
    ['the e-mail', ({ world: _ }: Org) => byEmail('ANN@tenant.example')],
    ['the older name of the field', () => ({ subject: { format: 'email', email: ANN } })],
    [
      'issuer and NameID',
      ({ world }: Org) => ({ sub_id: { format: 'iss_sub', iss: world.idpEntityID, sub: ANN } }),
    ],
  ])('names the person by %s', async (_, bodyOf) => {
    const stage = await openStage()
    expect(await stage.send(bodyOf(stage))).toBe(204)
    expect(await stage.isIn()).toBe(false)
  })

  it('names the person by a NameID that is no address', async () => {
    const okta = await openOrg()
    await okta.world.addUser(ANN)
    const nameID = {
      nameID: '00u1234',
      nameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    }
    await okta.world.login(ANN, nameID)
    const [session] = (await okta.world.rows()).sessions
    const subject = { format: 'iss_sub', iss: okta.world.idpEntityID, sub: '00u1234' }
    expect(await okta.send({ sub_id: subject })).toBe(204)
    expect((await sessionRow(session!.sid)).endedBecause).toBe('idp_revoked')
  })

  it('names the person by an alias', async () => {
    const { world, userSid, send, isIn } = await openStage()
    const { connectionSid } = world
    await db.insert(aliases).values({
      connectionSid,
      emailKey: 'a.ford@tenant.example',
      userSid,
      createdBy: 'operator olga',
      createdAt: Date.now(),
    })
    expect(await send(byEmail('a.ford@tenant.example'))).toBe(204)
    expect(await isIn()).toBe(false)
  })

  it('also ends a login that is on its way', async () => {
    const { world, send } = await openOrg()
    await world.addUser(ANN)
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const message = await world.idp(requestID).respond(as(ANN))
    const arrived = await world.deliver(browser, message, relayState)
    expect(await send(byEmail(ANN))).toBe(204)
    await browser.get(arrived.headers.get('location')!)
    expect((await world.rows()).sessions).toEqual([])
  })

  it('is good for somebody who has no session', async () => {
    const { world, send } = await openOrg()
    const sid = await world.addUser(ANN)
    expect(await send(byEmail(ANN))).toBe(204)
    expect(await eventsOf(sid)).toEqual([])
  })
})

describe('nobody is there', () => {
  const stranger: Record<
    string,
    (stage: Awaited<ReturnType<typeof openStage>>) => Promise<object>
  > = {
    'by an unknown address': async () => byEmail('nobody@tenant.example'),
    'by an address that is none': async () => byEmail('ann at home'),
    'of somebody with SSO off': async ({ userSid }) => {
      const off = { signInMethod: 'password', connectionSid: null } as const
      await db.update(users).set(off).where(eq(users.sid, userSid))
      return byEmail(ANN)
    },
    'of somebody of another connection': async ({ userSid }) => {
      const other = await createWorld()
      await db
        .update(users)
        .set({ connectionSid: other.connectionSid, emailKey: ANN })
        .where(eq(users.sid, userSid))
      return byEmail(ANN)
    },
    'by another issuer': async () => ({ sub_id: { format: 'iss_sub', iss: ORG, sub: ANN } }),
    'by an unknown NameID': async ({ world }) => ({
      sub_id: { format: 'iss_sub', iss: world.idpEntityID, sub: '00u999' },
    }),
  }

  it.each(Object.entries(stranger))('%s', async (_, prepare) => {
    const stage = await openStage()
    const body = await prepare(stage)
    expect(await stage.ask(body)).toEqual({ status: 404, code: 'revocation_subject' })
    expect((await sessionRow(stage.session.sid)).endedAt).toBeNull()
  })
})

describe('a token that comes again', () => {
  it('answers 204 and does nothing, whoever it names then', async () => {
    const { world, send, token, session } = await openStage()
    await world.addUser('bob@tenant.example')
    const bob = await signIn(world, 'bob@tenant.example', false)
    const bearer = await token()
    expect(await send(byEmail(ANN), { bearer })).toBe(204)
    const again = await signIn(world, ANN, false)
    expect(await send(byEmail(ANN), { bearer })).toBe(204)
    expect(await send(byEmail('bob@tenant.example'), { bearer })).toBe(204)
    expect((await sessionRow(again.session.sid)).endedAt).toBeNull()
    expect((await sessionRow(bob.session.sid)).endedAt).toBeNull()
    expect(await eventsOf(session.userSid)).toHaveLength(1)
  })

  it('is spent also where nobody was there', async () => {
    const { send, token, session } = await openStage()
    const bearer = await token()
    expect(await send(byEmail('nobody@tenant.example'), { bearer })).toBe(404)
    expect(await send(byEmail(ANN), { bearer })).toBe(204)
    expect((await sessionRow(session.sid)).endedAt).toBeNull()
  })

  it('is spent once where ten come at the same moment', async () => {
    const { send, token, userSid } = await openStage()
    // The first request reads the keys.
    await send(byEmail('nobody@tenant.example'))
    const bearer = await token()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send(byEmail(ANN), { bearer })),
    )
    expect(answers).toEqual(Array(10).fill(204))
    expect(await eventsOf(userSid)).toHaveLength(1)
  })

  it('is not spent where the database did not do it, and may come again', async () => {
    const { ask, send, token, isIn } = await openStage()
    const bearer = await token()
    const broken = {
      ...env,
      DB: { ...bound(env.DB), batch: () => Promise.reject(new Error('D1_ERROR: no such table')) },
    } as unknown as typeof env
    expect(await ask(byEmail(ANN), { bearer, environment: broken })).toEqual({
      status: 422,
      code: 'revocation_failed',
    })
    expect(await isIn()).toBe(true)
    expect(await send(byEmail(ANN), { bearer })).toBe(204)
    expect(await isIn()).toBe(false)
  })
})

const bound = (database: D1Database) => ({
  prepare: database.prepare.bind(database),
  withSession: database.withSession?.bind(database),
})

describe('a request that is none', () => {
  it.each([
    ['no JSON', 'sub_id=ann'],
    ['a list', []],
    ['no subject', {}],
    ['a subject of text', { sub_id: ANN }],
    ['another format', { sub_id: { format: 'opaque', id: '1' } }],
    ['no address', { sub_id: { format: 'email' } }],
    ['no sub', { sub_id: { format: 'iss_sub', iss: ORG } }],
    ['a number', { sub_id: { format: 'email', email: 1 } }],
    ['a long address', byEmail(`${'a'.repeat(1025)}@x.example`)],
    ['a long body', { ...byEmail(ANN), more: 'x'.repeat(8 * 1024) }],
  ])('%s', async (_, body) => {
    const { ask, session } = await openStage()
    expect(await ask(body)).toEqual({ status: 400, code: 'revocation_request' })
    expect((await sessionRow(session.sid)).endedAt).toBeNull()
  })
})

describe('a connection', () => {
  it('that is suspended takes none', async () => {
    const { world, ask } = await openStage()
    good(await changeState(request(), world.connectionSid, 'suspend'))
    expect(await ask(byEmail(ANN))).toEqual({ status: 403, code: 'revocation_suspended' })
  })

  it.each(['revocationIssuer', 'revocationKeysURL'] as const)(
    'without %s takes none',
    async (field) => {
      const { world, send, org, session } = await openStage()
      good(await editConnection(request(), world.connectionSid, { fields: { [field]: null } }))
      expect(await send(byEmail(ANN))).toBe(401)
      expect(org.fetches).toBe(0)
      expect((await sessionRow(session.sid)).endedAt).toBeNull()
    },
  )

  it('that does not exist answers as one without', async () => {
    const { send } = await openOrg()
    expect(await send(byEmail(ANN), { to: `${ORIGIN}/revocation/CN${'0'.repeat(32)}` })).toBe(401)
  })

  it('tells administrators how it goes', async () => {
    const { world, url, send } = await openStage()
    const statusOf = async () =>
      good(await getRevocationStatus(request(), world.connectionSid, ORIGIN))
    expect(await statusOf()).toMatchObject({ url, isSetUp: true, acceptedAt: null })
    await send(byEmail(ANN), { bearer: 'x.y.z' })
    expect(await statusOf()).toMatchObject({ refusedBecause: 'malformed', acceptedAt: null })
    await send(byEmail(ANN))
    const { acceptedAt, keysFetchedAt } = await statusOf()
    expect([acceptedAt, keysFetchedAt]).toEqual([expect.any(Number), expect.any(Number)])
  })

  it('waits for an operator where a customer’s administrator sets it on a live connection', async () => {
    const { world } = await openOrg()
    const { connectionSid, tenantSid } = world
    const actor = {
      kind: 'customer admin' as const,
      id: 'Cid',
      name: 'Cid',
      tenantSid,
      connectionSid,
      capabilities: ['configure'] as const,
    }
    const issuerNow = async () =>
      (await db.select().from(connections).where(eq(connections.sid, connectionSid)))[0]!
        .revocationIssuer
    const before = await issuerNow()
    const edit = async (revocationIssuer: string) => {
      const fields = { revocationIssuer }
      return good(await editConnection({ ...request(), actor }, connectionSid, { fields })).waits
    }
    expect(await edit('https://evil.okta.test')).toBe(true)
    expect(await issuerNow()).toBe(before)
    const [waiting] = good(await listPendingChanges(request(), connectionSid))
    expect(waiting!.fields).toEqual({ revocationIssuer: 'https://evil.okta.test' })
    good(await acceptPendingChange(request(), connectionSid, waiting!.sid))
    expect(await issuerNow()).toBe('https://evil.okta.test')
    // A tenant that is trusted, and a connection that nobody uses yet, wait for nobody.
    good(await editTenant(request(), tenantSid, { customerChanges: 'apply' }))
    expect(await edit('https://one.okta.test')).toBe(false)
    good(await editTenant(request(), tenantSid, { customerChanges: 'wait' }))
    await db.delete(users).where(eq(users.connectionSid, connectionSid))
    await db.update(connections).set({ state: 'testing' }).where(eq(connections.sid, connectionSid))
    expect(await edit('https://two.okta.test')).toBe(false)
    expect(await issuerNow()).toBe('https://two.okta.test')
  })
})

describe('the keys', () => {
  const at = async ({ world }: Org, minutesAgo: number) => {
    const time = Date.now() - minutesAgo * 60_000
    const { revocationSources } = await import('../../src/platform/db/schema.ts')
    await db
      .update(revocationSources)
      .set({ fetchedAt: time, askedAt: time })
      .where(eq(revocationSources.connectionSid, world.connectionSid))
  }

  it('are read once for many requests', async () => {
    const { send, org } = await openStage()
    for (let times = 0; times < 3; times++) expect(await send(byEmail(ANN))).toBe(204)
    expect(org.fetches).toBe(1)
  })

  it('are read again for an unknown kid, a minute after the last time', async () => {
    const stage = await openStage()
    const { send, token, org } = stage
    expect(await send(byEmail(ANN))).toBe(204)
    org.published.push({ kid: 'two', pair: pairs.next })
    const rotated = () => token({ header: { kid: 'two' }, pair: pairs.next })
    expect(await send(byEmail(ANN), { bearer: await rotated() })).toBe(401)
    expect(org.fetches).toBe(1)
    await at(stage, 2)
    expect(await send(byEmail(ANN), { bearer: await rotated() })).toBe(204)
    expect(org.fetches).toBe(2)
  })

  it('count no more an hour after the IdP has withdrawn them', async () => {
    const stage = await openStage()
    const { send, org } = stage
    expect(await send(byEmail(ANN))).toBe(204)
    org.published = [{ kid: 'two', pair: pairs.next }]
    await at(stage, 59)
    expect(await send(byEmail(ANN))).toBe(204)
    await at(stage, 61)
    expect(await send(byEmail(ANN))).toBe(401)
  })

  it('count for a day where the key URL is down', async () => {
    const stage = await openStage()
    const { send, org, source } = stage
    expect(await send(byEmail(ANN))).toBe(204)
    org.isDown = true
    await at(stage, 23 * 60)
    expect(await send(byEmail(ANN))).toBe(204)
    expect((await source())!.failure).toBe('it answers 500')
    await at(stage, 25 * 60)
    expect(await send(byEmail(ANN))).toBe(401)
    expect((await source())!.refusedBecause).toBe('keys_unreachable')
  })

  it('of another URL are forgotten', async () => {
    const { world, send, org } = await openStage()
    expect(await send(byEmail(ANN))).toBe(204)
    const fields = { revocationKeysURL: `${KEYS_URL}/none` }
    good(await editConnection(request(), world.connectionSid, { fields }))
    expect(await send(byEmail(ANN))).toBe(401)
    expect(org.fetches).toBe(1)
  })
})

describe('what it leaves', () => {
  beforeAll(async () => {
    await db.delete(spent)
  })

  it('is one row of the ledger for each token, which the sweep takes', async () => {
    const { send, world } = await openStage()
    await send(byEmail(ANN))
    const rows = await db.select().from(spent).where(eq(spent.kind, 'revocation'))
    expect(rows).toMatchObject([{ connectionSid: world.connectionSid }])
    expect(rows[0]!.expiresAt).toBeLessThanOrEqual(Date.now() + 6 * 60_000)
  })
})
