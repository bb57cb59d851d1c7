// The ways in: made by operators, shown once, kept as hashes, ended on time.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createApiKey,
  createSetupLink,
  createSignInLink,
  getApiKey,
  getSetupLink,
  listApiKeys,
  listSetupLinks,
  openSetupLink,
  readSignInLink,
  revokeApiKey,
  revokeSetupLink,
  signIn,
  signOut,
} from '../../src/access/operations.ts'
import { accessExpiries } from '../../src/access/store/creations.ts'
import { actorOfBearer } from '../../src/access/caller.ts'
import { tenantAdmin } from '../../src/events/actor.ts'
import {
  apiKeys,
  consoleSessions,
  idempotencyKeys,
  setupLinks,
  signInLinks,
  tenants,
} from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { sweep } from '../../src/platform/db/sweep.ts'
import { createSecret, hashSecret } from '../../src/platform/secret.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { clearDatabase, createWorld, db } from '../support/world.ts'
import { addOperatorRow } from '../support/operators.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

beforeEach(clearDatabase)

const actions = async () => (await db.select().from(recordedEvents)).map(({ type }) => type)

describe('an API key', () => {
  const input = { name: 'ci', tenantSid: null, role: 'owner' as const, expiresInDays: 30 }

  it('of operators may do everything, one of a tenant the same as its administrators', async () => {
    const world = await createWorld()
    const ours = good(await createApiKey(request(), input))
    const theirs = good(
      await createApiKey(request(), { ...input, role: 'support', tenantSid: world.tenantSid }),
    )
    const now = Date.now()
    expect(await actorOfBearer(db, `Bearer ${ours.secret}`, now)).toEqual({
      kind: 'operator',
      id: ours.apiKey.sid,
      name: 'key ci',
      role: 'owner',
    })
    expect(await actorOfBearer(db, `bearer ${theirs.secret}`, now)).toEqual(
      tenantAdmin({ id: theirs.apiKey.sid, name: 'key ci', role: 'support' }, world.tenantSid),
    )
    expect(await actions()).toEqual(['api_key.created', 'api_key.created'])
  })

  it('is kept as a hash, and listed without one', async () => {
    const { apiKey, secret } = good(await createApiKey(request(), input))
    expect(secret).toMatch(/^gp_[A-Za-z0-9_-]{43}$/)
    const [row] = await db.select().from(apiKeys)
    expect(row?.secretHash).toBe(await hashSecret(secret))
    const listed = good(await listApiKeys(request(), undefined, ALL))
    expect(listed).toEqual({ items: [apiKey], next: null })
    for (const table of [apiKeys, recordedEvents])
      expect(JSON.stringify(await db.select().from(table))).not.toContain(secret)
    expect(JSON.stringify(listed)).not.toContain(row?.secretHash)
  })

  it('works until it expires, is revoked, or its tenant is suspended', async () => {
    const world = await createWorld()
    const owned = { ...input, role: 'admin' as const, tenantSid: world.tenantSid }
    const { apiKey, secret } = good(await createApiKey(request(), owned))
    const asks = (now = Date.now()) => actorOfBearer(db, `Bearer ${secret}`, now)
    expect(await asks(apiKey.expiresAt - 1)).toBeDefined()
    expect(await asks(apiKey.expiresAt)).toBeUndefined()

    await db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, world.tenantSid))
    expect(await asks()).toBeUndefined()
    await db.update(tenants).set({ suspendedAt: null }).where(eq(tenants.sid, world.tenantSid))
    expect(await asks()).toBeDefined()

    expect(good(await revokeApiKey(request(), apiKey.sid)).revokedAt).not.toBeNull()
    expect(await asks()).toBeUndefined()
    good(await revokeApiKey(request(), apiKey.sid))
    expect(await actions()).toEqual(['api_key.created', 'api_key.revoked'])
  })

  it('notes its use to the hour', async () => {
    const { secret } = good(await createApiKey(request(), input))
    const now = Date.now()
    const used = async () => (await db.select().from(apiKeys))[0]?.lastUsedAt
    await actorOfBearer(db, `Bearer ${secret}`, now)
    expect(await used()).toBe(now)
    await actorOfBearer(db, `Bearer ${secret}`, now + HOUR - 1)
    expect(await used()).toBe(now)
    await actorOfBearer(db, `Bearer ${secret}`, now + HOUR)
    expect(await used()).toBe(now + HOUR)
  })

  it.each([
    ['no header', () => undefined],
    ['no secret', () => 'Bearer '],
    ['another scheme', (secret: string) => `Basic ${secret}`],
    ['another secret', () => `Bearer gp_${createSecret()}`],
    ['the prefix missing', (secret: string) => `Bearer ${secret.slice(3)}`],
    ['something behind it', (secret: string) => `Bearer ${secret} x`],
    ['its hash', async (secret: string) => `Bearer gp_${await hashSecret(secret)}`],
  ])('is nobody’s with %s', async (_, header) => {
    const { secret } = good(await createApiKey(request(), input))
    expect(await actorOfBearer(db, await header(secret), Date.now())).toBeUndefined()
  })

  it('refuses invalid input', async () => {
    const create = async (change: object) =>
      codeOf(await createApiKey(request(), { ...input, ...change }))
    for (const expiresInDays of [0, 366, 1.5, Number.NaN])
      expect(await create({ expiresInDays })).toEqual(['input', 'expiresInDays'])
    for (const name of ['', ' x', 'x'.repeat(101)])
      expect(await create({ name })).toEqual(['input', 'name'])
    expect(await create({ tenantSid: `TN${'0'.repeat(32)}` })).toEqual(['not_there'])
    expect(await db.select().from(apiKeys)).toEqual([])
  })

  it('is made, seen and revoked by operators alone', async () => {
    const world = await createWorld()
    const owned = { ...input, role: 'admin' as const, tenantSid: world.tenantSid }
    const { apiKey } = good(await createApiKey(request(), owned))
    const ours = good(await createApiKey(request(), input)).apiKey
    const admin = request(tenantAdmin({ id: 'carl', name: 'carl' }, world.tenantSid))
    expect(codeOf(await createApiKey(admin, owned))).toEqual(['forbidden'])
    expect(codeOf(await createApiKey(admin, input))).toEqual(['forbidden'])
    expect(codeOf(await listApiKeys(admin, world.tenantSid, ALL))).toEqual(['forbidden'])
    expect(codeOf(await revokeApiKey(admin, apiKey.sid))).toEqual(['forbidden'])
    expect(codeOf(await getApiKey(admin, ours.sid))).toEqual(['not_there'])
    expect(codeOf(await getApiKey(request(), `AK${'0'.repeat(32)}`))).toEqual(['not_there'])
  })
})

describe('a setup link', () => {
  const input = { name: 'Carla', capabilities: ['configure'] as const, expiresInMinutes: 60 }

  it('opens one connection with the chosen capabilities, and the trail has the opening', async () => {
    const { connectionSid, tenantSid } = await createWorld()
    const { setupLink, secret } = good(await createSetupLink(request(), connectionSid, input))
    const opened = good(await openSetupLink({ db, now: Date.now() }, secret))
    expect(opened.actor).toEqual({
      kind: 'customer admin',
      id: setupLink.sid,
      name: 'Carla',
      tenantSid,
      connectionSid,
      capabilities: ['configure'],
    })
    expect(opened.setupLink.sid).toBe(setupLink.sid)
    const trail = await db.select().from(recordedEvents)
    expect(trail.map(({ type, actor }) => `${type} ${actor}`)).toEqual([
      'setup_link.created operator olga',
      'setup_link.opened customer admin Carla',
    ])
    expect(trail.every(({ subjectSid }) => subjectSid === connectionSid)).toBe(true)
    expect(JSON.stringify(trail)).not.toContain(secret)
    const [row] = await db.select().from(setupLinks)
    expect(row).toMatchObject({ secretHash: await hashSecret(secret) })
    expect(row?.lastUsedAt).not.toBeNull()
  })

  it('is opened as an event once a day, also where two open it at the same time', async () => {
    const { connectionSid } = await createWorld()
    const { secret } = good(
      await createSetupLink(request(), connectionSid, { ...input, expiresInMinutes: 5 * 1440 }),
    )
    const openings = async () =>
      (await db.select().from(recordedEvents))
        .filter(({ type }) => type === 'setup_link.opened')
        .map(({ createdAt }) => createdAt)
    const midnight = Math.ceil(Date.now() / DAY) * DAY
    const open = async (now: number) => good(await openSetupLink({ db, now }, secret))
    await Promise.all([open(midnight), open(midnight), open(midnight)])
    for (const now of [midnight + 1, midnight + DAY - 1]) await open(now)
    expect(await openings()).toEqual([midnight])
    const [row] = await db.select().from(setupLinks)
    expect(row?.lastUsedAt).toBe(midnight + DAY - 1)
    await open(midnight + DAY)
    expect(await openings()).toEqual([midnight, midnight + DAY])
  })

  it('ends on time, by revocation, or with its tenant’s suspension', async () => {
    const { connectionSid, tenantSid } = await createWorld()
    const { setupLink, secret } = good(await createSetupLink(request(), connectionSid, input))
    const open = async (now = Date.now()) => codeOf(await openSetupLink({ db, now }, secret))
    expect(await open(setupLink.expiresAt - 1)).toEqual([null])
    expect(await open(setupLink.expiresAt)).toEqual(['setup_link'])
    await db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, tenantSid))
    expect(await open()).toEqual(['setup_link'])
    await db.update(tenants).set({ suspendedAt: null }).where(eq(tenants.sid, tenantSid))
    good(await revokeSetupLink(request(), setupLink.sid))
    expect(await open()).toEqual(['setup_link'])
    expect(codeOf(await openSetupLink({ db, now: Date.now() }, createSecret()))).toEqual([
      'setup_link',
    ])
    expect(codeOf(await openSetupLink({ db, now: Date.now() }, ''))).toEqual(['setup_link'])
  })

  it('lives 5 minutes to 30 days', async () => {
    const { connectionSid } = await createWorld()
    const create = async (change: object) =>
      codeOf(await createSetupLink(request(), connectionSid, { ...input, ...change }))
    for (const expiresInMinutes of [4, 43_201, 5.5])
      expect(await create({ expiresInMinutes })).toEqual(['input', 'expiresInMinutes'])
    for (const expiresInMinutes of [5, 43_200])
      expect(await create({ expiresInMinutes })).toEqual([null])
    expect(await create({ capabilities: ['operate'] })).toEqual(['input', 'capabilities'])
    expect(await create({ name: '' })).toEqual(['input', 'name'])
    expect(await db.select().from(setupLinks)).toHaveLength(2)
  })

  it('is made, seen and revoked by operators alone', async () => {
    const { connectionSid, tenantSid } = await createWorld()
    const other = await createWorld()
    const { setupLink, secret } = good(await createSetupLink(request(), connectionSid, input))
    const { actor } = good(await openSetupLink({ db, now: Date.now() }, secret))
    for (const admin of [
      request(tenantAdmin({ id: 'carl', name: 'carl' }, tenantSid)),
      request(actor),
    ]) {
      expect(codeOf(await createSetupLink(admin, connectionSid, input))).toEqual(['forbidden'])
      expect(codeOf(await listSetupLinks(admin, connectionSid, ALL))).toEqual(['forbidden'])
      expect(codeOf(await revokeSetupLink(admin, setupLink.sid))).toEqual(['forbidden'])
    }
    const foreign = request(tenantAdmin({ id: 'olaf', name: 'olaf' }, other.tenantSid))
    expect(codeOf(await createSetupLink(foreign, connectionSid, input))).toEqual(['not_there'])
    expect(codeOf(await getSetupLink(foreign, setupLink.sid))).toEqual(['not_there'])
    expect(good(await listSetupLinks(request(), connectionSid, ALL)).items).toHaveLength(1)
  })
})

describe('a sign-in link', () => {
  it('opens the console once, for ten minutes', async () => {
    const link = good(
      await createSignInLink(request(), { email: 'ann@vendor.example', name: 'ann' }),
    )
    expect(link.expiresAt - Date.now()).toBeLessThanOrEqual(10 * MINUTE)
    const late = { db, now: link.expiresAt }
    expect(codeOf(await signIn(late, link.secret))).toEqual(['sign_in_link'])
    const stranger = { db, now: Date.now() }
    expect(good(await readSignInLink(stranger, link.secret))).toMatchObject({
      operator: { name: 'ann', role: 'owner' },
    })
    const session = good(await signIn(stranger, link.secret))
    expect(session).toMatchObject({ operator: { name: 'ann' } })
    expect(codeOf(await signIn(stranger, link.secret))).toEqual(['sign_in_link'])
    expect(codeOf(await readSignInLink(stranger, link.secret))).toEqual(['sign_in_link'])
    expect(await db.select().from(consoleSessions)).toMatchObject([
      { operatorSid: link.operator.sid, secretHash: await hashSecret(session.secret) },
    ])
    expect(await actions()).toEqual([
      'operator.invited',
      'sign_in_link.created',
      'operator.signed_in',
    ])
    await signOut(stranger, session.secret)
    expect(await db.select().from(consoleSessions)).toEqual([])
  })

  it('opens it once also when two come at the same moment', async () => {
    const { secret } = good(
      await createSignInLink(request(), { email: 'ann@vendor.example', name: 'ann' }),
    )
    const stranger = { db, now: Date.now() }
    const codes = await Promise.all(
      [1, 2, 3, 4].map(async () => codeOf(await signIn(stranger, secret))),
    )
    expect(codes.filter(([code]) => code === null)).toHaveLength(1)
    expect(await db.select().from(consoleSessions)).toHaveLength(1)
  })

  it('is made by operators alone', async () => {
    const { tenantSid } = await createWorld()
    const admin = request(tenantAdmin({ id: 'carl', name: 'carl' }, tenantSid))
    expect(
      codeOf(await createSignInLink(admin, { email: 'carl@vendor.example', name: 'carl' })),
    ).toEqual(['forbidden'])
    for (const [input, field] of [
      [{ email: 'nobody@vendor.example' }, 'email'],
      [{ email: 'nobody', name: 'Nobody' }, 'email'],
      [{ email: 'nobody@vendor.example', name: '' }, 'name'],
    ] as const)
      expect(codeOf(await createSignInLink(request(), input))).toEqual(['input', field])
    expect(await db.select().from(signInLinks)).toEqual([])
  })
})

it('sweeps expired rows and nothing else', async () => {
  const now = Date.now()
  const sid = { subjectSid: 'TN', requestHash: 'x' }
  const operatorSid = (await addOperatorRow('owner')).sid
  const session = { operatorSid, role: 'owner', createdAt: 0 } as const
  await db.batch([
    db.insert(signInLinks).values([
      { secretHash: 'old', operatorSid, createdAt: 0, expiresAt: now - DAY - 1 },
      { secretHash: 'new', operatorSid, createdAt: 0, expiresAt: now - DAY + 1 },
    ]),
    db.insert(consoleSessions).values([
      { ...session, secretHash: 'old', expiresAt: now - DAY - 1 },
      { ...session, secretHash: 'new', expiresAt: now - DAY + 1 },
    ]),
    db.insert(idempotencyKeys).values([
      { ...sid, keyHash: 'old', createdAt: now - DAY - 1 },
      { ...sid, keyHash: 'new', createdAt: now - DAY + 1 },
    ]),
  ])
  await sweep(db, accessExpiries, now, { statements: 40, until: Infinity })
  for (const table of [signInLinks, consoleSessions, idempotencyKeys])
    expect(JSON.stringify(await db.select().from(table))).toMatch(/^\[[^[]*"new"[^[]*\]$/)
})
