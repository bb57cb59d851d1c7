// A customer's administrator gives passwords back by themselves, with a permission of its own; and
// people whose password the app does not know.
import { and, eq, inArray } from 'drizzle-orm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { editTenant, setSignInMethod } from '../../src/directory/operations.ts'
import { editUser } from '../../src/directory/user-operations.ts'
import { CAPABILITIES, type Actor, type Capability } from '../../src/events/actor.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { contactTeller } from '../../src/mail/tell-contacts.ts'
import { users } from '../../src/platform/db/schema.ts'
import type { MailMessage } from '../../src/platform/mail/message.ts'
import type { SendResult } from '../../src/platform/mail/senders.ts'
import { CHUNK } from '../../src/rollout/list/store/freezing.ts'
import { addBreakGlass, previewRollBack, rollBack } from '../../src/rollout/operations.ts'
import { deleteTester } from '../../src/rollout/validation/store/testers.ts'
import { findConnection } from '../../src/connections/store.ts'
import { nominateTesters } from '../../src/rollout/validation/tester-operations.ts'
import { openService } from '../scim/service.ts'
import { ORIGIN } from '../support/browser.ts'
import { codeOf, createReadyCustomer, DAY, db, good } from './customer.ts'

afterEach(() => {
  CHUNK.rows = 1000
  vi.restoreAllMocks()
})

const FOUR = ['ann', 'ben', 'cyn', 'dan'].map((name) => `${name}@tenant.example`)
const [PASSWORD, ENABLED, ENFORCED] = ['password', 'sso_enabled', 'sso_enforced']

/** Everybody enforced; ann and ben have signed in; ben and dan came by provisioning. */
async function enforceAll() {
  const c = await createReadyCustomer(FOUR)
  const sid = await c.select({ accounts: [c.account] })
  await c.prove(c.people.slice(0, 2))
  const [ann = '', ben = '', cyn = '', dan = ''] = c.people
  await db
    .update(users)
    .set({ hasPassword: false })
    .where(inArray(users.sid, [ben, dan]))
  const version = await c.enforced(sid, { scope: 'all', lockedOut: 2 })
  const { tenantSid, connectionSid } = c
  const linkOf = (...capabilities: Capability[]): Actor => ({
    kind: 'customer admin',
    id: 'carla',
    name: 'carla',
    tenantSid,
    connectionSid,
    capabilities,
  })
  const mayRollBack = c.ask(linkOf('rollBack'))
  return { c, sid, version, ann, ben, cyn, dan, linkOf, mayRollBack }
}

const resetsOf = async (...userSids: string[]) =>
  (
    await db
      .select({ sid: recordedEvents.subjectSid })
      .from(recordedEvents)
      .where(
        and(
          eq(recordedEvents.type, 'user.password_reset_offered'),
          userSids.length > 0 ? inArray(recordedEvents.subjectSid, userSids) : undefined,
        ),
      )
  ).map(({ sid }) => sid)

describe('the permission', () => {
  it('forbidden: is none of the others, and no key of the tenant has it', async () => {
    const { c, sid, linkOf } = await enforceAll()
    const others = CAPABILITIES.filter((one) => one !== 'rollBack')
    const order = { to: 'sso_enabled' } as const
    for (const actor of [c.admin, linkOf(...others)])
      expect(codeOf(await rollBack(c.ask(actor), sid, order))).toEqual(['forbidden'])
    const elsewhere = { ...linkOf('rollBack'), connectionSid: 'CN00' } as Actor
    expect(codeOf(await rollBack(c.ask(elsewhere), sid, order))).toEqual(['not_there'])
    expect(await c.methodsOf(c.people)).toEqual(Array(4).fill(ENFORCED))
  })

  it('gives everybody, those who never signed in, or one person the password back', async () => {
    const { c, sid, version, ann, mayRollBack } = await enforceAll()
    const to = 'sso_enabled'
    good(await rollBack(mayRollBack, sid, { to, users: [ann], reason: 'has no phone' }))
    expect(await c.methodsOf(c.people)).toEqual([ENABLED, ENFORCED, ENFORCED, ENFORCED])
    expect(await c.memberOf(sid, ann, version)).toMatchObject({
      included: false,
      decidedBy: 'customer admin carla',
    })
    good(await rollBack(mayRollBack, sid, { to, scope: 'unproved' }))
    expect(await c.methodsOf(c.people)).toEqual([ENABLED, ENFORCED, ENABLED, ENABLED])
    good(await rollBack(mayRollBack, sid, { to: 'password' }))
    expect(await c.methodsOf(c.people)).toEqual(Array(4).fill(PASSWORD))
    const told = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))
    const by = told.filter(
      ({ actor, type }) => actor === 'customer admin carla' && /back|restored/.test(type),
    )
    expect(by.map(({ type }) => type)).toEqual([
      'rollout.rolled_back',
      'rollout.passwords_restored',
      'rollout.rolled_back',
    ])
    expect(by.at(-1)!.after).toMatchObject({ to: 'password', users: 4 })
  })
})

describe('people on no list', () => {
  /** Two newcomers whom the connection has enforced; the second one has no password. */
  async function withNewcomers() {
    const stage = await enforceAll()
    const { world } = stage.c
    const method = { signInMethod: 'sso_enforced' as const }
    const newcomers = [
      await world.addUser('eve@tenant.example', method),
      await world.addUser('fay@tenant.example', method),
    ]
    await db.update(users).set({ hasPassword: false }).where(eq(users.sid, newcomers[1]!))
    return { ...stage, newcomers }
  }

  it('are counted and listed, and no rollback of the list reaches them', async () => {
    const { c, sid, mayRollBack, newcomers } = await withNewcomers()
    const preview = { to: 'sso_enabled', scope: 'outside' } as const
    const { people, withoutPassword, first } = good(
      await previewRollBack(mayRollBack, sid, preview),
    )
    expect([people, withoutPassword]).toEqual([2, 1])
    expect(first.map(({ userSid }) => userSid).toSorted()).toEqual(newcomers.toSorted())
    good(await rollBack(mayRollBack, sid, { to: 'sso_enabled' }))
    expect(await c.methodsOf(newcomers)).toEqual([ENFORCED, ENFORCED])
  })

  it('get their password back, and nobody of a list or of another connection does', async () => {
    const { c, sid, linkOf, mayRollBack, newcomers } = await withNewcomers()
    const order = { to: 'sso_enabled', scope: 'outside' } as const
    expect(codeOf(await rollBack(c.ask(linkOf('test')), sid, order))).toEqual(['forbidden'])
    const other = await createReadyCustomer([])
    const elsewhere = await other.world.addUser('gil@other.example', {
      signInMethod: 'sso_enforced',
    })
    const kept = { ...order, withoutPassword: 'keep_sso' } as const
    expect(good(await rollBack(mayRollBack, sid, kept))).toMatchObject({ done: true, changed: 1 })
    expect(await c.methodsOf(newcomers)).toEqual([ENABLED, ENFORCED])
    expect(good(await rollBack(mayRollBack, sid, order))).toMatchObject({ changed: 1 })
    expect(await c.methodsOf(newcomers)).toEqual([ENABLED, ENABLED])
    expect(await resetsOf(...newcomers)).toEqual([newcomers[1]])
    expect(await c.methodsOf(c.people)).toEqual(Array(4).fill(ENFORCED))
    expect(await other.methodsOf([elsewhere])).toEqual([ENFORCED])
    const told = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))
    const last = told.filter(({ type }) => type === 'rollout.passwords_restored')
    expect(last.map(({ after }) => after)).toEqual([
      { scope: 'outside', to: 'sso_enabled', users: 1 },
      { scope: 'outside', to: 'sso_enabled', users: 1 },
    ])
  })
})

describe('telling', () => {
  function recorder(refuses: readonly string[] = []) {
    const sent: MailMessage[] = []
    const send = async (message: MailMessage): Promise<SendResult> => {
      if (refuses.includes(message.to)) return { ok: false, code: 'refused', isFinal: true }
      sent.push(message)
      return { ok: true }
    }
    const mailer = { isIdempotent: true, send }
    const tell = contactTeller(
      { db, now: Date.now() },
      { mailer, origin: ORIGIN, product: 'Vendor' },
    )
    return { sent, tell }
  }

  it('writes to owners and support once for each order, and warns in the log', async () => {
    const { c, sid, mayRollBack } = await enforceAll()
    good(await editTenant(c.ask(), c.tenantSid, { supportContact: 'help@vendor.example' }))
    const { sent, tell } = recorder()
    const logged = vi.spyOn(console, 'warn').mockImplementation(() => {})
    CHUNK.rows = 1
    await c.finish(() => rollBack(mayRollBack, sid, { to: 'sso_enabled', tell }))
    expect(sent.map(({ to }) => to).toSorted()).toEqual([
      'help@vendor.example',
      'owner@tenant.example',
    ])
    expect(sent[0]!.text).toContain('customer admin carla gave everybody in the rollout')
    const warned = logged.mock.calls.map(([line]) => JSON.parse(line as string))
    expect(warned).toEqual([
      {
        event: 'customer_rolled_back',
        tenantSid: c.tenantSid,
        rolloutSid: sid,
        to: 'sso_enabled',
        scope: 'all',
      },
    ])
  })

  it('goes through though a message cannot be sent, and says how many', async () => {
    const { c, sid, mayRollBack } = await enforceAll()
    const { sent, tell } = recorder(['owner@tenant.example'])
    const logged = vi.spyOn(console, 'warn').mockImplementation(() => {})
    good(await rollBack(mayRollBack, sid, { to: 'password', scope: 'unproved', tell }))
    expect(sent.map(({ to }) => to)).toEqual(['help@tenant.example'])
    expect(JSON.parse(logged.mock.calls[1]![0] as string)).toMatchObject({
      event: 'message_not_sent',
      failed: 1,
    })
    expect(await c.methodsOf(c.people)).toEqual([ENFORCED, ENFORCED, PASSWORD, PASSWORD])
  })

  it('tells nobody of what an operator does', async () => {
    const { c, sid } = await enforceAll()
    const { sent, tell } = recorder()
    const logged = vi.spyOn(console, 'warn').mockImplementation(() => {})
    good(await rollBack(c.ask(), sid, { to: 'sso_enabled', tell }))
    expect([sent, logged.mock.calls]).toEqual([[], []])
  })
})

describe('people without a password in the app', () => {
  it('are counted and come first', async () => {
    const { c, sid, ann, dan, mayRollBack } = await enforceAll()
    const preview = async (asked: Parameters<typeof previewRollBack>[2]) =>
      good(await previewRollBack(mayRollBack, sid, asked))
    expect(await preview({ to: 'sso_enabled' })).toMatchObject({ people: 4, withoutPassword: 2 })
    const { first } = await preview({ to: 'sso_enabled' })
    expect(first.map(({ email }) => email[0])).toEqual(['b', 'd', 'a', 'c'])
    const never = await preview({ to: 'password', scope: 'unproved' })
    expect(never).toMatchObject({ people: 2, withoutPassword: 1 })
    expect(never.first[0]).toEqual({ userSid: dan, email: FOUR[3], hasPassword: false })
    expect(await preview({ to: 'password', user: ann })).toMatchObject({ people: 1 })
    expect(await preview({ to: 'password', user: FOUR[1]! })).toMatchObject({
      people: 1,
      withoutPassword: 1,
    })
    // Somebody of the tenant whom the rollout has not touched looks like nobody.
    await c.addPeople(['else@tenant.example'])
    for (const user of ['else@tenant.example', 'nobody@tenant.example'])
      expect(codeOf(await previewRollBack(mayRollBack, sid, { to: 'password', user }))).toEqual([
        'input',
        'user',
      ])
  })

  it('stay on SSO where the order says so, in chunks too', async () => {
    const { c, sid, version, ben, mayRollBack } = await enforceAll()
    CHUNK.rows = 1
    const order = { to: 'password', withoutPassword: 'keep_sso' } as const
    await c.finish(() => rollBack(mayRollBack, sid, order))
    expect(await c.methodsOf(c.people)).toEqual([PASSWORD, ENFORCED, PASSWORD, ENFORCED])
    expect((await c.memberOf(sid, ben, version))!.enforcedAt).not.toBeNull()
    expect(await resetsOf(...c.people)).toEqual([])
    // Another order begins anew, and takes them too.
    await c.finish(() => rollBack(mayRollBack, sid, { to: 'sso_enabled' }))
    expect(await c.methodsOf(c.people)).toEqual([PASSWORD, ENABLED, PASSWORD, ENABLED])
  })

  it('return too where another order overtakes the one that left them on SSO', async () => {
    const { c, sid, mayRollBack } = await enforceAll()
    const [first = ''] = c.people.toSorted()
    await db.update(users).set({ hasPassword: false }).where(eq(users.sid, first))
    CHUNK.rows = 1
    const order = { to: 'password' } as const
    good(await rollBack(mayRollBack, sid, { ...order, withoutPassword: 'keep_sso' }))
    expect(await c.methodsOf([first])).toEqual([ENFORCED])
    await c.finish(() => rollBack(mayRollBack, sid, order))
    expect(await c.methodsOf(c.people)).toEqual(Array(4).fill(PASSWORD))
  })

  it('stay on SSO among those who never signed in, and among named people', async () => {
    const { c, sid, version, ben, ann, mayRollBack } = await enforceAll()
    const order = { to: 'sso_enabled', withoutPassword: 'keep_sso' } as const
    good(await rollBack(mayRollBack, sid, { ...order, scope: 'unproved' }))
    expect(await c.methodsOf(c.people)).toEqual([ENFORCED, ENFORCED, ENABLED, ENFORCED])
    good(await rollBack(mayRollBack, sid, { ...order, users: [ann, ben] }))
    expect(await c.methodsOf(c.people)).toEqual([ENABLED, ENFORCED, ENABLED, ENFORCED])
    expect(await c.memberOf(sid, ben, version)).toMatchObject({ included: true })
  })

  it('are told to the app, once each, when their password counts again', async () => {
    const { c, sid, ben, dan, mayRollBack } = await enforceAll()
    good(await rollBack(mayRollBack, sid, { to: 'sso_enabled', scope: 'unproved' }))
    expect(await resetsOf(...c.people)).toEqual([dan])
    good(await rollBack(mayRollBack, sid, { to: 'sso_enabled' }))
    expect((await resetsOf(...c.people)).toSorted()).toEqual([ben, dan].toSorted())
    const [event] = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, dan))
    expect(event).toMatchObject({
      actor: 'customer admin carla',
      tenantSid: c.tenantSid,
      before: { signInMethod: ENFORCED },
    })
  })

  it('are told at every other door where a password begins to count', async () => {
    const doors = {
      person: async ({ c, dan }) => {
        good(await setSignInMethod(c.ask(), dan, { signInMethod: 'password' }))
      },
      owner: async ({ c, dan }) => {
        const exemption = { user: dan, reason: 'keeps the keys', expiresAt: Date.now() + DAY }
        good(await addBreakGlass(c.ask(), c.tenantSid, exemption))
      },
      'named in a rollout': async ({ c, sid, dan }) => {
        good(await rollBack(c.ask(), sid, { to: 'password', users: [dan] }))
      },
      plan: async ({ c }) => {
        good(await editTenant(c.ask(), c.tenantSid, { plan: 'standard' }))
      },
    } satisfies Record<string, (s: Awaited<ReturnType<typeof enforceAll>>) => Promise<void>>
    for (const [name, open] of Object.entries(doors)) {
      const stage = await enforceAll()
      await open(stage)
      expect([name, await resetsOf(stage.dan)]).toEqual([name, [stage.dan]])
      expect([name, await resetsOf(stage.cyn)]).toEqual([name, []])
    }
  })

  it('are told when a tester is withdrawn', async () => {
    const { c, ben } = await enforceAll()
    await db
      .update(users)
      .set({ signInMethod: 'password', connectionSid: null })
      .where(eq(users.sid, ben))
    await c.world.addUser('new@tenant.example', { signInMethod: 'password' })
    await db.update(users).set({ hasPassword: false }).where(eq(users.email, 'new@tenant.example'))
    good(await nominateTesters(c.ask(), c.connectionSid, ['new@tenant.example']))
    const [tester] = await db.select().from(users).where(eq(users.email, 'new@tenant.example'))
    expect(tester!.signInMethod).toBe(ENABLED)
    await deleteTester(c.ask(), (await findConnection(db, c.connectionSid))!, tester!.sid)
    expect(await resetsOf(tester!.sid)).toEqual([tester!.sid])
  })

  it('are those whom SCIM created, until the app says that there is a password', async () => {
    const service = await openService()
    const created = await service.ask('POST', '/Users', { userName: 'new@tenant.example' })
    const sid = created.body.id as string
    const row = async () => (await db.select().from(users).where(eq(users.sid, sid)))[0]!
    expect((await row()).hasPassword).toBe(false)
    const { c } = await enforceAll()
    good(await editUser(c.ask(), sid, { hasPassword: true }))
    expect((await row()).hasPassword).toBe(true)
  })
})
