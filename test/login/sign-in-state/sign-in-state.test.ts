// Why a person can sign in now or not: each reason, from the database that a login reads.
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { SIGN_IN_STATE_WORDS } from '../../../src/console/pages/directory/sign-in-section.tsx'
import { editTenant, getUser, setSignInMethod } from '../../../src/directory/operations.ts'
import { editUser } from '../../../src/directory/user-operations.ts'
import { tenantAdmin } from '../../../src/events/actor.ts'
import { createSid } from '../../../src/ids.ts'
import { explainUnknown, explainUser } from '../../../src/login/sign-in-state/operations.ts'
import { openDatabase } from '../../../src/platform/db/client.ts'
import {
  aliases,
  breakGlass,
  connections,
  domains,
  nameIDs,
  users,
} from '../../../src/platform/db/schema.ts'
import { openOperator } from '../../console/operator/admins.ts'
import { addAttempt } from '../../support/attempts.ts'
import type { Browser } from '../../support/browser.ts'
import { codeOf, good, request } from '../../support/request.ts'
import { createWorld, db, type World } from '../../support/world.ts'
import { countD1 } from '../../support/wrap-d1.ts'

const JANE = 'jane@why.example'
let world: World
let jane: string
let operator: Browser
let at = Date.now()
const told = new Set<string>()

beforeAll(async () => {
  world = await createWorld()
  jane = await world.addUser(JANE)
  operator = await openOperator()
})

afterEach(async () => {
  await db
    .update(connections)
    .set({ state: 'live' })
    .where(eq(connections.sid, world.connectionSid))
})

const userOf = async (sid: string) => good(await getUser(request(), sid))
async function stateNow(sid = jane) {
  const found = good(await explainUser(request(), await userOf(sid)))
  told.add(found.code)
  return found.code
}
const refusedWith = (code: string | null, connectionSid = world.connectionSid, userSid = jane) =>
  addAttempt({ connectionSid, userSid, code: code as 'name_id_changed', createdAt: at++ })
const setConnection = (set: Partial<typeof connections.$inferInsert>) =>
  db.update(connections).set(set).where(eq(connections.sid, world.connectionSid))
const setJane = (set: Partial<typeof users.$inferInsert>) =>
  db.update(users).set(set).where(eq(users.sid, jane))

describe('of a user', () => {
  it('nothing keeps her out, also after a login that succeeded', async () => {
    expect(await stateNow()).toBe('well')
    await refusedWith(null)
    expect(await stateNow()).toBe('well')
  })

  it('she, her tenant or her connection is closed', async () => {
    good(await editUser(request(), jane, { suspended: true }))
    expect(await stateNow()).toBe('user_suspended')
    good(await editTenant(request(), world.tenantSid, { suspended: true }))
    expect(await stateNow()).toBe('tenant_suspended')
    good(await editTenant(request(), world.tenantSid, { suspended: false }))
    good(await editUser(request(), jane, { suspended: false }))
    await setConnection({ state: 'suspended' })
    expect(await stateNow()).toBe('connection_suspended')
    await setConnection({ state: 'draft' })
    expect(await stateNow()).toBe('connection_not_ready')
    good(await editTenant(request(), world.tenantSid, { plan: 'standard' as never }))
    expect(await stateNow()).toBe('plan_required')
    good(await editTenant(request(), world.tenantSid, { plan: 'enterprise' }))
  })

  it('she has a password only, and the last login says through what she came', async () => {
    await setJane({ signInMethod: 'password', connectionSid: null })
    const sid = await refusedWith('user_not_enabled')
    const found = good(await explainUser(request(), await userOf(jane)))
    expect(found).toMatchObject({ code: 'password_only', attempt: { sid } })
    told.add(found.code)
    const { connectionSid } = world
    good(await setSignInMethod(request(), JANE, { signInMethod: 'sso_enabled', connectionSid }))
    // What was refused then is allowed now.
    expect(await stateNow()).toBe('well')
  })

  it('she came through a connection that is not hers', async () => {
    const other = createSid('CN')
    const [row] = await db
      .select()
      .from(connections)
      .where(eq(connections.sid, world.connectionSid))
    await db.insert(connections).values({ ...row!, sid: other, name: 'Other', entityID: 'x:other' })
    await refusedWith('user_not_enabled', other)
    expect(await stateNow()).toBe('other_connection')
    await setJane({ signInMethod: 'sso_enforced' })
    expect(await stateNow()).toBe('enforced_elsewhere')
    await setJane({ signInMethod: 'sso_enabled' })
    await refusedWith('browser_mismatch')
    expect(await stateNow()).toBe('refused_lately')
  })

  it('her NameID does not fit, by the last login or by what the database holds', async () => {
    await refusedWith('name_id_of_other')
    expect(await stateNow()).toBe('name_id')
    await refusedWith(null)
    expect(await stateNow()).toBe('well')
    const bob = await world.addUser('bob@why.example')
    const bound = {
      connectionSid: world.connectionSid,
      entityID: world.idpEntityID,
      kind: 'value' as const,
      format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      firstSeenAt: at,
      lastSeenAt: at,
    }
    await db.insert(nameIDs).values({ ...bound, userSid: jane, nameID: 'bob@why.example' })
    expect(await stateNow()).toBe('name_id')
    await db
      .delete(nameIDs)
      .where(and(eq(nameIDs.userSid, jane), eq(nameIDs.connectionSid, world.connectionSid)))
    await db.insert(aliases).values({
      connectionSid: world.connectionSid,
      emailKey: JANE,
      userSid: bob,
      createdAt: at,
      createdBy: 'test',
    } as typeof aliases.$inferInsert)
    expect(await stateNow()).toBe('address_of_other')
    await db.delete(aliases).where(eq(aliases.userSid, bob))
  })

  it('an owner with a recovery code signs in by password for now', async () => {
    await db.insert(breakGlass).values({
      tenantSid: world.tenantSid,
      userSid: jane,
      reason: 'test',
      createdAt: at,
      createdBy: 'test',
      expiresAt: at + 1e9,
      passwordUntil: at + 1e9,
    } as typeof breakGlass.$inferInsert)
    expect(await stateNow()).toBe('password_for_now')
    await db.delete(breakGlass).where(eq(breakGlass.userSid, jane))
  })

  it('is told to those alone who may see the user, and reads few rows', async () => {
    const eve = request(tenantAdmin({ id: 'eve', name: 'eve' }, createSid('TN')))
    expect(codeOf(await explainUser(eve, await userOf(jane)))).toEqual(['not_there'])
    expect(codeOf(await explainUnknown(eve, 'x@why.example'))).toEqual(['not_there'])
    const user = await userOf(jane)
    const { binding, cost } = countD1(env.DB)
    good(await explainUser({ ...request(), db: openDatabase(binding) }, user))
    expect(cost.rowsRead).toBeLessThan(60)
  })
})

describe('of an e-mail that nobody has', () => {
  const unknown = async () => {
    const found = good(await explainUnknown(request(), 'nobody@why.example'))
    told.add(found?.code ?? '')
    return found
  }

  it('the domain is of nobody, of a tenant, or takes newcomers', async () => {
    expect(await unknown()).toMatchObject({ code: 'domain_not_verified', tenantSid: null })
    await db.insert(domains).values({
      tenantSid: world.tenantSid,
      domain: 'why.example',
      token: 't',
      createdBy: 'test',
      createdAt: at,
      verifiedAt: at,
      verifiedBy: 'dns',
      connectionSid: world.connectionSid,
    } as typeof domains.$inferInsert)
    expect(await unknown()).toMatchObject({ code: 'no_entry', tenantSid: world.tenantSid })
    await setConnection({ newcomers: 'sso_enabled', newcomersPerHour: 5 })
    expect(await unknown()).toMatchObject({
      code: 'newcomer',
      connectionSid: world.connectionSid,
    })
    expect(good(await explainUnknown(request(), JANE))).toBeNull()
    expect(good(await explainUnknown(request(), 'no e-mail'))).toBeNull()
  })
})

it('each reason was provoked, and the pages say it with a link', async () => {
  expect([...told].toSorted()).toEqual(Object.keys(SIGN_IN_STATE_WORDS).toSorted())
  const found = await operator.get('/console/search?search=nobody@why.example')
  expect(await found.text()).toContain(SIGN_IN_STATE_WORDS.newcomer.title)
  const sid = await refusedWith('name_id_changed')
  const moved = await operator.get(`/console/search?search=${JANE}`)
  const page = await operator.get(moved.headers.get('location')!)
  const html = await page.text()
  expect(html).toContain(SIGN_IN_STATE_WORDS.name_id.title)
  expect(html).toContain(`/attempts/${sid}`)
  expect(html).toContain(`/name-ids?user=${jane}#release`)
})
