// The connection of the synthetic login signs nobody in: not by a good response, not from the IdP,
// not through another door, and no row can make it.
import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { closedBecause } from '../../src/connections/connection.ts'
import { findConnections } from '../../src/connections/listing/store.ts'
import { findConnection } from '../../src/connections/store.ts'
import { findTenants } from '../../src/directory/tenants/store.ts'
import { startProbe } from '../../src/probe/operations.ts'
import { PROBE_IDP } from '../../src/probe/store.ts'
import { PROBE_CONNECTION, PROBE_TENANT } from '../../src/probe-sids.ts'
import * as schema from '../../src/platform/db/schema.ts'
import { ROUTES } from '../../src/api/routes.ts'
import { createSid } from '../../src/ids.ts'
import { openService } from '../scim/service.ts'
import { callerWithKey } from '../api/caller.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { certificateOf } from '../support/keys.ts'
import { ALL, good, request } from '../support/request.ts'
import { as, createWorld, db, doorOf, type World } from '../support/world.ts'

const ANN = 'ann@tenant.example'
const door = doorOf(PROBE_CONNECTION, PROBE_IDP.entityID)

let world: World
let annSid: string
beforeAll(async () => {
  world = await createWorld()
  annSid = await world.addUser(ANN)
  good(await startProbe(request(), ORIGIN, certificateOf('idp')))
})

function messagesOf(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${messagesOf(error.cause)}` : ''
}

/** What the probe's connection has in the database. */
async function left() {
  const { sessions, loginCodes, nameIDs, proofs, users } = schema
  const of = { connectionSid: PROBE_CONNECTION }
  return (
    await Promise.all([
      ...[sessions, loginCodes, nameIDs, proofs, users].map((table) =>
        db.$count(table, eq(table.connectionSid, of.connectionSid)),
      ),
      db.$count(users, eq(users.tenantSid, PROBE_TENANT)),
    ])
  ).reduce((sum, count) => sum + count, 0)
}

describe('a login through it', () => {
  it('does not begin', async () => {
    const refused = await openBrowser().get(`/sso/${PROBE_CONNECTION}`)
    expect(refused.status).toBe(403)
    expect(await refused.text()).toContain('This connection signs nobody in')
    expect((await openBrowser().get(`/sso/${PROBE_CONNECTION}/again`)).status).toBe(403)
  })

  it('is no login where a test of a user of a customer answers with everything good', async () => {
    const browser = openBrowser()
    const { requestID, relayState } = await door.begin(browser, '?test')
    const message = await door.idp(requestID).respond(as(ANN))
    const answer = await door.deliver(browser, message, relayState)
    expect(answer.headers.get('location')).toMatch(/^\/login\/tested\?/)
    expect(answer.headers.getSetCookie().join()).not.toContain('session')
    const attempt = new URL(answer.headers.get('location')!, ORIGIN).searchParams.get('attempt')!
    const operator = await callerWithKey(null)
    expect((await operator('GET', `/probe/results/${attempt}`)).body).toMatchObject({
      code: 'user_unknown',
    })
    expect(await left()).toBe(0)
  })

  it('is refused from the IdP, whatever RelayState comes', async () => {
    const other = await world.begin(openBrowser())
    for (const relayState of ['', 'abc', other.relayState, '/']) {
      const message = await door.idp(null).respond(as(ANN))
      const answer = await door.deliver(openBrowser(), message, relayState)
      expect(answer.status).toBe(403)
      expect(answer.headers.get('location')).toBeNull()
    }
    expect(await left()).toBe(0)
  })

  it('is refused with the handle of a login of another connection, and the other way round', async () => {
    const browser = openBrowser()
    const other = await world.begin(browser)
    const answer = await door.idp(other.requestID).respond(as(ANN))
    expect((await door.deliver(browser, answer, other.relayState)).status).toBe(400)
    const { requestID, relayState } = await door.begin(browser, '?test')
    const message = await world.idp(requestID).respond(as(ANN))
    expect((await world.deliver(browser, message, relayState)).status).toBe(400)
    expect(await left()).toBe(0)
  })

  it('is closed in the view that every door asks, and in the predicate', async () => {
    const { connectionStanding } = schema
    const [row] = await db
      .select()
      .from(connectionStanding)
      .where(eq(connectionStanding.connectionSid, PROBE_CONNECTION))
    expect(row).toMatchObject({ closedBecause: 'probe_only' })
    const connection = (await findConnection(db, PROBE_CONNECTION))!
    expect(closedBecause(connection)).toBe('probe_only')
    expect(closedBecause(connection, 'test')).toBeUndefined()
    const suspended = { ...connection, state: 'suspended' } as const
    expect(closedBecause(suspended, 'test')).toBe('connection_suspended')
  })

  it('has no other door: SCIM, revocation, the front door', async () => {
    const { ask } = await openService(world)
    expect((await ask('GET', '/Users')).status).toBe(200)
    for (const path of [`/scim/v2/${PROBE_CONNECTION}/Users`, `/revocation/${PROBE_CONNECTION}`])
      expect((await openBrowser().post(path)).status).toBe(401)
    const sent = await openBrowser().post('/login', { email: 'nobody@probe.invalid' })
    expect(sent.headers.get('location') ?? '').not.toContain(PROBE_CONNECTION)
  })
})

describe('administration', () => {
  it('does not see it', async () => {
    expect((await findTenants(db, ALL)).map(({ sid }) => sid)).not.toContain(PROBE_TENANT)
    const listed = await findConnections(db, undefined, ALL)
    expect(listed.map(({ sid }) => sid)).not.toContain(PROBE_CONNECTION)
  })

  const SIDS = { tenant: PROBE_TENANT, connection: PROBE_CONNECTION }
  const reaching = ROUTES.filter(({ path }) => /\{(?:tenant|connection)\}/.test(path)).filter(
    ({ path }) => !path.replaceAll(/\{(?:tenant|connection)\}/g, '').includes('{'),
  )

  it.each(reaching)('$operationId reaches nothing of it', async ({ method, path }) => {
    const operator = await callerWithKey(null)
    const filled = path.replaceAll(/\{(tenant|connection)\}/g, (_, name: 'tenant') => SIDS[name])
    const isReading = method === 'GET'
    const { status, body } = await operator(method, filled, isReading ? {} : { body: {} })
    // Refused as not there, as forbidden, or before that for the empty body; lists are empty.
    if (status === 200) expect(body.items ?? []).toEqual([])
    else expect([400, 403, 404, 412, 415]).toContain(status)
    // A refusal repeats what was asked for.
    expect(JSON.stringify({ ...body, received: '' })).not.toContain(PROBE_CONNECTION.slice(2))
    expect(await left()).toBe(0)
  })
})

describe('the schema refuses', () => {
  const now = Date.now()
  const ofProbe = { connectionSid: PROBE_CONNECTION }
  const { connections, users } = schema
  const session = () => ({
    sid: createSid('SE'),
    tokenHash: createSid('SE'),
    userSid: annSid,
    attemptSid: '',
    principal: {} as never,
    createdAt: now,
    expiresAt: now,
    ...ofProbe,
  })
  const set = (
    values: Partial<typeof connections.$inferInsert>,
    sid = PROBE_CONNECTION as string,
  ) => db.update(connections).set(values).where(eq(connections.sid, sid))
  const person = { email: 'p@probe.invalid', emailKey: 'p@probe.invalid', createdAt: now }
  const ROWS: Record<string, () => PromiseLike<unknown>> = {
    'a user': () =>
      db
        .insert(users)
        .values({ sid: createSid('US'), tenantSid: PROBE_TENANT, updatedAt: now, ...person }),
    'a user of another tenant that signs in through it': () =>
      db.update(users).set(ofProbe).where(eq(users.sid, annSid)),
    'a user who is moved into its tenant': () =>
      db.update(users).set({ tenantSid: PROBE_TENANT }).where(eq(users.sid, annSid)),
    'an account': () =>
      db
        .insert(schema.accounts)
        .values({ sid: createSid('AC'), tenantSid: PROBE_TENANT, name: 'A', createdAt: now }),
    'a domain': () =>
      db.insert(schema.domains).values({
        tenantSid: PROBE_TENANT,
        domain: 'probe.invalid',
        token: '',
        createdBy: '',
        createdAt: now,
      }),
    'a domain of another tenant that leads to it': () =>
      db.insert(schema.domains).values({
        tenantSid: world.tenantSid,
        domain: 'probe.invalid',
        token: '',
        createdBy: '',
        createdAt: now,
        ...ofProbe,
      }),
    'a session': () => db.insert(schema.sessions).values(session()),
    'a login code': () =>
      db.insert(schema.loginCodes).values({
        ...session(),
        name: createSid('SE'),
        codeHash: '',
        revision: 1,
      }),
    'a NameID': () =>
      db.insert(schema.nameIDs).values({
        userSid: annSid,
        entityID: '',
        kind: 'email',
        format: '',
        firstSeenAt: now,
        lastSeenAt: now,
        ...ofProbe,
      }),
    'a proof': () =>
      db.insert(schema.proofs).values({ userSid: annSid, createdAt: now, ...ofProbe }),
    'an alias': () =>
      db
        .insert(schema.aliases)
        .values({ emailKey: 'a', userSid: annSid, createdBy: '', createdAt: now, ...ofProbe }),
    'a second way in': () => db.insert(schema.moves).values({ userSid: annSid, ...ofProbe }),
    'a SCIM token': () =>
      db.insert(schema.scimTokens).values({
        sid: createSid('ST'),
        tenantSid: PROBE_TENANT,
        name: '',
        secretHash: '',
        createdBy: '',
        createdAt: now,
        expiresAt: now,
        ...ofProbe,
      }),
    'a setup link': () =>
      db.insert(schema.setupLinks).values({
        sid: createSid('SL'),
        tenantSid: PROBE_TENANT,
        name: '',
        capabilities: [],
        secretHash: '',
        createdBy: '',
        createdAt: now,
        expiresAt: now,
        ...ofProbe,
      }),
    'another purpose': () => set({ purpose: 'login' }),
    'another SID': () => set({ sid: createSid('CN') }),
    'another tenant': () => set({ tenantSid: world.tenantSid }),
    'another tenant and purpose': () => set({ tenantSid: world.tenantSid, purpose: 'login' }),
    newcomers: () => set({ newcomers: 'sso_enabled' }),
    'created newcomers': () => set({ newcomersPerHour: 10 }),
    'logins from the IdP': () => set({ idpInitiated: 'accept' }),
    'a revocation source': () => set({ revocationIssuer: 'https://x.example' }),
    'a second one': () => set({ purpose: 'probe' }, world.connectionSid),
    'a connection of a customer in its tenant': () =>
      set({ tenantSid: PROBE_TENANT }, world.connectionSid),
  }

  it.each(Object.entries(ROWS))('%s', async (_, write) => {
    const error = await Promise.resolve(write()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    // Not for a key that is missing, but for the rule.
    expect(messagesOf(error)).toMatch(/CHECK constraint failed: \w*probe/)
    expect(await left()).toBe(0)
  })

  it('nothing of another connection', async () => {
    expect(
      await db.get(sql`SELECT count(*) AS n FROM connections WHERE purpose = 'probe'`),
    ).toEqual({ n: 1 })
    expect((await world.login(ANN)).finished!.status).toBe(302)
    expect(env.DB).toBeDefined()
  })
})
