// Who may come in through which connection while people move, whatever asks: logins, the front
// door, the decision, provisioning, sign-out by the IdP, aliases, testers and pending changes.
import { and, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { changeState } from '../../../src/connections/operations.ts'
import { editConnection } from '../../../src/connections/operations.ts'
import { decideSignIns } from '../../../src/directory/sign-in/operations.ts'
import { setSignInMethod } from '../../../src/directory/operations.ts'
import type { Actor } from '../../../src/events/actor.ts'
import {
  connections,
  domains,
  nameIDs,
  scimUsers,
  sessions,
  tenants,
  users,
} from '../../../src/platform/db/schema.ts'
import {
  enable,
  enforce,
  mapAlias,
  rollBack,
  uploadIdpUsers,
} from '../../../src/rollout/operations.ts'
import {
  listTesters,
  nominateTesters,
  withdrawTester,
} from '../../../src/rollout/validation/tester-operations.ts'
import { findMeant, revokeOnce } from '../../../src/revocation/store.ts'
import { openService } from '../../scim/service.ts'
import { openBrowser } from '../../support/browser.ts'
import { as, attemptCode } from '../../support/world.ts'
import { codeOf, db, good } from '../customer.ts'
import { createMover } from './mover.ts'

const ANN = 'ann@tenant.example'

async function open(names = ['ann', 'ben']) {
  const m = await createMover({ enforced: names })
  const sid = await m.createMove()
  const version = await m.approved(sid)
  const move = async (scope: 'proved' | 'all' = 'all') => {
    const step = { version, scope, lockedOut: 9 }
    return m.finish(() => enforce(m.ask(), sid, step))
  }
  const back = () => m.finish(() => rollBack(m.ask(), sid, { to: 'earlier' }))
  const sessionsOf = async (name: string) =>
    (await db.select().from(sessions).where(eq(sessions.userSid, m.people[name]!))).map(
      ({ connectionSid, endedAt, endedBecause }) =>
        `${connectionSid === m.from ? 'from' : 'to'} ${endedAt === null ? 'open' : endedBecause}`,
    )
  return { m, sid, version, move, back, sessionsOf }
}

it('lets people in by both ways, and records the proof where they came in', async () => {
  const { m, move } = await open()
  const shut = await createMover({ enforced: ['eve'] })
  const eve = await shut.world.login('eve@tenant.example')
  expect(eve.arrived.status).toBe(403)
  expect(await attemptCode(eve.arrived)).toBe('user_not_enabled')
  // Worlds take the addresses of those before them.
  await db.update(users).set({ emailKey: ANN }).where(eq(users.sid, m.people.ann!))
  const byOld = await m.old.login(ANN)
  expect(byOld.finished?.status).toBe(302)
  const byNew = await m.world.login(ANN)
  expect(byNew.finished?.status).toBe(302)
  expect(await m.provedAt(m.to)).toEqual(['ann'])
  // Bindings begin afresh at the new connection, and those of the one before stay.
  const bound = await db.select().from(nameIDs).where(eq(nameIDs.userSid, m.people.ann!))
  expect(bound.map(({ connectionSid }) => connectionSid).toSorted()).toEqual(
    [m.from, m.to].toSorted(),
  )
  await move('proved')
  expect(await m.standings()).toEqual({ ann: 'to sso_enforced', ben: 'from sso_enforced +way' })
  const late = await m.old.login(ANN)
  expect(await attemptCode(late.arrived)).toBe('user_not_enabled')
  expect((await m.world.login(ANN)).finished?.status).toBe(302)
})

it('takes what the new IdP sends by itself, where its connection accepts it', async () => {
  const { m } = await open()
  await db.update(connections).set({ idpInitiated: 'accept' }).where(eq(connections.sid, m.to))
  const browser = openBrowser()
  const message = await m.world.idp(null).respond(as(ANN))
  const arrived = await m.world.deliver(browser, message)
  expect(arrived.status).toBe(303)
  expect((await browser.get(arrived.headers.get('location')!)).status).toBe(302)
  expect(await m.provedAt(m.to)).toEqual(['ann'])
})

it('refuses a login by a way that closes before it is finished', async () => {
  const { m, move, back } = await open()
  const begun = async (door: typeof m.world | typeof m.old) => {
    const browser = openBrowser()
    const { requestID, relayState } = await door.begin(browser)
    const message = await door.idp(requestID).respond(as(ANN))
    const arrived = await door.deliver(browser, message, relayState)
    expect(arrived.status).toBe(303)
    return () => browser.get(arrived.headers.get('location')!)
  }
  const finishOld = await begun(m.old)
  await move()
  expect((await finishOld()).status).toBe(403)
  const finishNew = await begun(m.world)
  await back()
  expect((await finishNew()).status).toBe(403)
})

it('leads to the connection before, and says where else the person may go', async () => {
  const { m, move } = await open()
  const decide = async (actor?: Actor) => good(await decideSignIns(m.ask(actor), [ANN]))[0]
  expect(await decide()).toMatchObject({
    decision: 'sso',
    connectionSid: m.from,
    secondConnectionSid: m.to,
  })
  const ask = async () => {
    const browser = openBrowser()
    return browser.post('/login', { email: ANN })
  }
  const page = await (await ask()).text()
  expect(page).toContain(`href="/sso/${m.from}?`)
  expect(page).toContain(`href="/sso/${m.to}?`)
  expect(page).toContain('Try your company’s new sign-in')
  // A closed one is no way.
  good(await changeState(m.ask(), m.to, 'suspend'))
  expect(await decide()).toMatchObject({ connectionSid: m.from, secondConnectionSid: null })
  expect((await ask()).headers.get('location')).toContain(`/sso/${m.from}?`)
  good(await changeState(m.ask(), m.to, 'resume'))
  await move()
  expect(await decide()).toMatchObject({ connectionSid: m.to, secondConnectionSid: null })
  expect((await ask()).headers.get('location')).toContain(`/sso/${m.to}?`)
})

it('does not tell strangers who moves, where newcomers of the domain have a way', async () => {
  const { m } = await open()
  await m.verifyDomain('tenant.example')
  await db
    .update(domains)
    .set({ connectionSid: m.from })
    .where(eq(domains.domain, 'tenant.example'))
  await db.update(connections).set({ newcomers: 'sso_enforced' }).where(eq(connections.sid, m.from))
  const locations = []
  for (const email of [ANN, 'nobody@tenant.example']) {
    const answer = await openBrowser().post('/login', { email })
    locations.push(answer.headers.get('location')?.split('?')[0])
  }
  expect(locations).toEqual([`/sso/${m.from}`, `/sso/${m.from}`])
})

it('lets sessions of the connection before go on, or ends them where it says so', async () => {
  for (const endSessionsOn of [[], ['move' as const]]) {
    const { m, move, back, sessionsOf } = await open()
    await db
      .update(connections)
      .set({ endSessionsOn })
      .where(eq(connections.tenantSid, m.tenantSid))
    await m.old.login(ANN)
    await m.world.login(ANN)
    const [old = '', young = ''] = endSessionsOn.length > 0 ? ['moved', 'moved'] : ['open', 'open']
    await move()
    expect(await sessionsOf('ann')).toEqual([`from ${old}`, 'to open'])
    await back()
    expect(await sessionsOf('ann')).toEqual([`from ${old}`, `to ${young}`])
  }
})

it('sets nobody’s SSO off and leaves a way in behind', async () => {
  const { m } = await open()
  good(await setSignInMethod(m.ask(), m.people.ann!, { signInMethod: 'password' }))
  const login = await m.world.login(ANN)
  expect(await attemptCode(login.arrived)).toBe('user_not_enabled')
})

it('moves nobody by switching them on at the new connection', async () => {
  const { m } = await open()
  const on = { signInMethod: 'sso_enabled', connectionSid: m.to } as const
  expect(codeOf(await setSignInMethod(m.ask(), m.people.ann!, on))).toEqual(['other_connection'])
  expect(await m.standing('ann')).toEqual({ at: 'from', method: 'sso_enforced', way: true })
})

it('lets a customer’s tester of the new connection come in, and takes it back', async () => {
  const m = await createMover({ enforced: ['ann', 'ben'] })
  const nominate = () => nominateTesters(m.ask(m.admin), m.to, [ANN])
  // Without a move nobody of another connection is reached.
  expect(good(await nominate()).refused).toEqual([{ email: ANN, code: 'other_connection' }])
  const sid = await m.createMove()
  expect(good(await nominate()).refused).toEqual([])
  expect(await m.standing('ann')).toEqual({ at: 'from', method: 'sso_enforced', way: true })
  expect(good(await listTesters(m.ask(), m.to))[0]).toMatchObject({ isEnabled: true })
  expect((await m.world.login(ANN)).finished?.status).toBe(302)
  expect(await m.provedAt(m.to)).toEqual(['ann'])
  good(await withdrawTester(m.ask(), m.to, m.people.ann!))
  expect(await m.standing('ann')).toEqual({ at: 'from', method: 'sso_enforced', way: false })
  // The rollout's own way outlasts a nomination.
  good(await nominate())
  const version = await m.reviewed(sid)
  await m.finish(() => enable(m.ask(), sid, { version }))
  good(await withdrawTester(m.ask(), m.to, m.people.ann!))
  expect((await m.standing('ann')).way).toBe(true)
  await m.finish(() => rollBack(m.ask(), sid, { to: 'earlier' }))
  expect((await m.standing('ann')).way).toBe(false)
  // What went wrong is tested again before the next try.
  expect(good(await nominate()).refused).toEqual([])
  expect((await m.standing('ann')).way).toBe(true)
})

it('takes aliases of the new connection for people who move', async () => {
  const m = await createMover({ enforced: ['ann'] })
  const alias = () => mapAlias(m.ask(), m.to, { email: 'a@corp.example', user: ANN })
  expect(codeOf(await alias())).toEqual(['other_connection', 'user'])
  await m.createMove()
  good(await alias())
})

it('keeps on the list those alone whom the new IdP knows', async () => {
  const m = await createMover({ enforced: ['ann', 'ben'] })
  const sid = await m.createMove()
  const upload = { upload: 'one', isLast: true, emails: [ANN] }
  good(await uploadIdpUsers(m.ask(), m.to, upload))
  const version = await m.approved(sid)
  expect(await m.memberOf(sid, m.people.ben!, version)).toMatchObject({
    included: false,
    blockedBy: { blocker: 'alias' },
  })
  await m.finish(() => enforce(m.ask(), sid, { version, scope: 'all', lockedOut: 1 }))
  expect(await m.standings()).toEqual({ ann: 'to sso_enforced', ben: 'from sso_enforced' })
})

it('has the new IdP provision beside the old one, and each suspend its own people alone', async () => {
  const { m, move, back } = await open(['ann'])
  const service = await openService(m.world)
  const oldService = await openService({
    ...m.world,
    connectionSid: m.from as typeof m.world.connectionSid,
  })
  const made = await oldService.ask('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: ANN,
    externalId: 'old-1',
    active: true,
  })
  expect(made.status).toBe(201)
  const created = await service.ask('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'a.smith@tenant.example',
    emails: [{ value: ANN, primary: true }],
    name: { givenName: 'Other' },
    externalId: 'new-1',
    active: true,
  })
  expect(created.status).toBe(201)
  const ann = async () => (await db.select().from(users).where(eq(users.sid, m.people.ann!)))[0]!
  const links = async () =>
    (await db.select().from(scimUsers).where(eq(scimUsers.userSid, m.people.ann!)))
      .map(({ externalID, active }) => `${externalID} ${active}`)
      .toSorted()
  expect(await links()).toEqual(['new-1 true', 'old-1 true'])
  // What it says of the person waits for the move.
  expect(await ann()).toMatchObject({ email: ANN, firstName: null, suspendedAt: null })
  const setActive = (to: typeof service, active: boolean) =>
    to.ask('PATCH', `/Users/${m.people.ann}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: active }],
    })
  expect((await setActive(service, false)).status).toBe(200)
  expect((await ann()).suspendedAt).toBeNull()
  expect(await links()).toEqual(['new-1 false', 'old-1 true'])
  // Nobody is moved to an IdP that has deactivated them.
  await move()
  expect((await m.standing('ann')).at).toBe('from')
  expect((await setActive(service, true)).status).toBe(200)
  await move()
  expect((await m.standing('ann')).at).toBe('to')
  expect((await setActive(oldService, false)).status).toBe(404)
  expect((await oldService.ask('DELETE', `/Users/${m.people.ann}`)).status).toBe(404)
  expect((await ann()).suspendedAt).toBeNull()
  expect((await setActive(service, false)).status).toBe(200)
  expect((await ann()).suspendedAt).not.toBeNull()
  expect((await setActive(service, true)).status).toBe(200)
  await back()
  expect((await setActive(service, false)).status).toBe(200)
  expect((await ann()).suspendedAt).toBeNull()
  expect((await setActive(oldService, false)).status).toBe(200)
  expect((await ann()).suspendedAt).not.toBeNull()
})

it('ends sessions for either IdP: all for the person’s own, its own for the other', async () => {
  const { m, move, sessionsOf } = await open()
  const revoke = async (connectionSid: string, entityID: string) => {
    const source = { connectionSid, tenantSid: m.tenantSid, entityID }
    const meant = await findMeant(db, source as Parameters<typeof findMeant>[1], {
      nameID: undefined,
      emailKey: ANN,
    })
    if (!meant) return 'nobody'
    const token = { jti: `jti-${Math.random()}`, until: Date.now() + 60_000 }
    return revokeOnce(m.ask({ kind: 'maintenance' }), source, token, meant)
  }
  await m.old.login(ANN)
  await m.world.login(ANN)
  expect(await revoke(m.to, m.world.idpEntityID)).toEqual({ ended: 1 })
  expect(await sessionsOf('ann')).toEqual(['from open', 'to idp_revoked'])
  await m.world.login(ANN)
  await move()
  expect(await revoke(m.from, 'x')).toEqual({ ended: 1 })
  expect((await sessionsOf('ann')).toSorted()).toEqual([
    'from idp_revoked',
    'to idp_revoked',
    'to open',
  ])
  // Without a session there is nothing that the old IdP may end.
  expect(await revoke(m.from, 'x')).toBe('nobody')
  expect(await revoke(m.to, m.world.idpEntityID)).toEqual({ ended: 1 })
})

it('has a customer’s changes wait once people may come in through the new connection', async () => {
  const m = await createMover({ enforced: ['ann'] })
  await db.update(connections).set({ state: 'validated' }).where(eq(connections.sid, m.to))
  await db.update(tenants).set({ customerChanges: 'wait' }).where(eq(tenants.sid, m.tenantSid))
  const sid = await m.createMove()
  const edit = async () => {
    const url = `https://idp.tenant.example/sso?${Math.random()}`
    return good(
      await editConnection(
        m.ask(m.admin),
        m.to,
        { fields: { ssoRedirectURL: url } },
        {
          preview: true,
        },
      ),
    ).waits
  }
  expect(await edit()).toBe(false)
  good(await nominateTesters(m.ask(m.admin), m.to, [ANN]))
  expect(await edit()).toBe(false)
  await m.enabled(sid)
  expect(await edit()).toBe(true)
  const [row] = await db
    .select()
    .from(users)
    .where(and(eq(users.sid, m.people.ann!), eq(users.connectionSid, m.from)))
  expect(row?.signInMethod).toBe('sso_enforced')
})
