// The first login of a person who has no user: it creates one.
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Env } from '../../src/env.ts'
import { openHandle } from '../../src/login/handle.ts'
import {
  awaitedProofs,
  connections,
  memberships,
  newcomerCounts,
  proofs,
  users,
} from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { openApp, signIn } from '../oidc/relying-party.ts'
import { askApp } from '../support/ask-app.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { toField } from '../support/fake-idp.ts'
import { leadNewcomers } from '../support/newcomers.ts'
import { keyRing } from '../support/pending-logins.ts'
import { as, attemptCode, createWorld, db, type World } from '../support/world.ts'
import { countD1, wrapD1 } from '../support/wrap-d1.ts'

const EMAIL = 'New.Person@tenant.example'

let world: World
beforeEach(async () => {
  world = await createWorld()
})

const userOf = async (email = EMAIL) => {
  const [user] = await db.select().from(users).where(eq(users.emailKey, email.toLowerCase()))
  return user
}

const countOf = async () => {
  const { connectionSid } = newcomerCounts
  const [count] = await db
    .select()
    .from(newcomerCounts)
    .where(eq(connectionSid, world.connectionSid))
  return count
}

const eventsOf = (subjectSid: string) =>
  db
    .select({
      actor: recordedEvents.actor,
      type: recordedEvents.type,
      before: recordedEvents.before,
      after: recordedEvents.after,
    })
    .from(recordedEvents)
    .where(
      and(eq(recordedEvents.subjectSid, subjectSid), eq(recordedEvents.tenantSid, world.tenantSid)),
    )

describe('the first login', () => {
  it.each([
    ['sso_enabled', 'sso_enabled'],
    ['sso_enforced_after_login', 'sso_enforced'],
    ['sso_enforced', 'sso_enforced'],
  ] as const)('creates the user, whose newcomers get %s', async (newcomers, signInMethod) => {
    await leadNewcomers(world, { newcomers })
    const { finished } = await world.login(EMAIL)
    expect(finished?.status).toBe(302)
    const { tenantSid, connectionSid } = world
    const user = await userOf()
    expect(user).toEqual({
      sid: expect.stringMatching(/^US[0-9a-f]{32}$/),
      tenantSid,
      externalID: null,
      email: EMAIL,
      emailKey: EMAIL.toLowerCase(),
      firstName: 'Alice',
      lastName: 'Ämter & Söhne',
      signInMethod,
      connectionSid,
      hasPassword: false,
      signedIn: true,
      suspendedAt: null,
      importSid: null,
      importRow: null,
      createdAt: user!.createdAt,
      updatedAt: user!.createdAt,
    })
    const { sid: userSid } = user!
    const { sessions, nameIDs, attempts } = await world.rows()
    expect(sessions).toMatchObject([{ userSid }])
    expect(nameIDs).toMatchObject([{ userSid, kind: 'email' }])
    expect(attempts).toMatchObject([{ userSid, code: null }])
    expect(await db.select().from(proofs).where(eq(proofs.userSid, userSid))).toHaveLength(1)
    expect(await db.select().from(memberships).where(eq(memberships.userSid, userSid))).toEqual([])
    const waiting = await db.select().from(awaitedProofs).where(eq(awaitedProofs.userSid, userSid))
    expect(waiting).toEqual([])
    expect(await eventsOf(userSid)).toEqual([
      {
        actor: 'login Tenant IdP',
        type: 'user.created',
        before: null,
        after: { email: EMAIL, signInMethod, connectionSid, attemptSid: attempts[0]!.sid },
      },
    ])
  })

  it('is like any other from then on', async () => {
    await leadNewcomers(world)
    await world.login(EMAIL)
    const { sid } = (await userOf())!
    expect((await world.login(EMAIL.toUpperCase())).finished?.status).toBe(302)
    expect(await eventsOf(sid)).toHaveLength(1)
    expect(await countOf()).toMatchObject({ created: 1, limitedAt: null })
  })

  it('creates the user when it begins at the IdP too', async () => {
    await leadNewcomers(world)
    await db
      .update(connections)
      .set({ idpInitiated: 'accept' })
      .where(eq(connections.sid, world.connectionSid))
    const browser = openBrowser()
    const arrived = await world.deliver(browser, await world.idp(null).respond(as(EMAIL)))
    expect(arrived.status).toBe(303)
    const finished = await browser.get(arrived.headers.get('location')!)
    expect(finished.status).toBe(302)
    expect(await userOf()).toMatchObject({ signInMethod: 'sso_enforced' })
  })

  it('takes a person with one name, where the connection does', async () => {
    await leadNewcomers(world)
    await db
      .update(connections)
      .set({ optionalNames: ['lastName'] })
      .where(eq(connections.sid, world.connectionSid))
    const { finished } = await world.login(EMAIL, {
      attributes: { email: EMAIL, firstName: 'Alice' },
    })
    expect(finished?.status).toBe(302)
    expect(await userOf()).toMatchObject({ firstName: 'Alice', lastName: null })
  })

  it('tells an app who came: sub, e-mail and names, and no id of the vendor’s', async () => {
    await leadNewcomers(world)
    const app = await openApp()
    const asked = await app.ask()
    const { callback } = await signIn(world, asked, EMAIL)
    const claims = (await app.redeem(callback!, asked.checks)).claims()!
    const user = (await userOf())!
    expect(claims).toMatchObject({
      sub: user.sid,
      email: EMAIL,
      email_verified: true,
      given_name: 'Alice',
      family_name: 'Ämter & Söhne',
      tenant_sid: world.tenantSid,
    })
    expect(Object.keys(claims).filter((name) => /external|account|role|group/.test(name))).toEqual(
      [],
    )
  })
})

describe('nobody is created', () => {
  const refusedAs = async (code: string, email = EMAIL) => {
    const { arrived } = await world.login(email)
    expect(arrived.status).toBe(403)
    expect(await attemptCode(arrived)).toBe(code)
    expect(await userOf(email)).toBe(undefined)
    expect(await world.rows()).toMatchObject({ loginCodes: [], sessions: [], nameIDs: [] })
  }

  it('if the connection creates none', async () => {
    await leadNewcomers(world, { newcomersPerHour: null })
    await refusedAs('user_unknown')
  })

  it('if newcomers have a password', async () => {
    await leadNewcomers(world, { newcomers: 'password' })
    await refusedAs('user_unknown')
  })

  it('if the connection is in testing', async () => {
    await leadNewcomers(world)
    await db
      .update(connections)
      .set({ state: 'testing' })
      .where(eq(connections.sid, world.connectionSid))
    await refusedAs('user_unknown')
  })

  it('if the domain is not verified, or another one', async () => {
    await leadNewcomers(world, { verifiedAt: null })
    await refusedAs('user_unknown')
    await leadNewcomers(world)
    await refusedAs('user_unknown', 'new@sub.tenant.example')
    await refusedAs('user_unknown', 'new@xtenant.example')
  })
})

/** A login up to the ACS, whose answer it returns. */
async function arrive(environment: Env, email = EMAIL) {
  const departure = await world.begin(openBrowser())
  const handle = await openHandle(
    await keyRing(),
    world.connectionSid,
    departure.relayState,
    Date.now(),
  )
  const message = await world.idp(handle!.requestID).respond(as(email))
  return askApp(
    createApp(),
    `${ORIGIN}${world.acs}`,
    {
      method: 'POST',
      body: new URLSearchParams({
        SAMLResponse: toField(message),
        RelayState: departure.relayState,
      }),
    },
    environment,
  )
}

it('a change of the connection on the way counts: nobody is created', async () => {
  await leadNewcomers(world)
  const DB = wrapD1(env.DB, async (trip, asked) => {
    if (asked.some(({ query }) => /insert into "users"/i.test(query)))
      await db
        .update(connections)
        .set({ newcomersPerHour: null })
        .where(eq(connections.sid, world.connectionSid))
    return trip()
  })
  const response = await arrive({ ...env, DB } as unknown as Env)
  expect(await attemptCode(response)).toBe('user_unknown')
  expect(await userOf()).toBe(undefined)
})

it('a lost answer of D1 creates nobody twice, and the login goes on', async () => {
  await leadNewcomers(world)
  let tries = 0
  const DB = wrapD1(env.DB, async (trip, asked) => {
    if (!asked.some(({ query }) => /insert into "users"/i.test(query))) return trip()
    tries++
    const results = await trip()
    if (tries > 1) return results
    throw new Error('D1_ERROR: Network connection lost.')
  })
  const response = await arrive({ ...env, DB } as unknown as Env)
  expect(response.headers.get('location')).toMatch(/^\/login\/finish\?code=/)
  expect(tries).toBe(2)
  const { sid } = (await userOf())!
  expect(await eventsOf(sid)).toHaveLength(1)
  expect(await countOf()).toMatchObject({ created: 1 })
  expect((await world.rows()).loginCodes).toMatchObject([{ userSid: sid }])
})

it('costs one more trip, and that of others does not grow', async () => {
  await leadNewcomers(world)
  const measure = async (email: string, status = 303) => {
    const { binding: DB, cost } = countD1(env.DB)
    expect((await arrive({ ...env, DB } as unknown as Env, email)).status).toBe(status)
    return { trips: cost.trips, rowsRead: cost.rowsRead }
  }
  await world.addUser('known@tenant.example')
  const known = await measure('known@tenant.example')
  const created = await measure(EMAIL)
  expect(known.trips).toBe(2)
  expect(known.rowsRead).toBeLessThanOrEqual(20)
  expect(created.trips).toBe(3)
  expect(created.rowsRead).toBeLessThanOrEqual(60)
  await leadNewcomers(world, { newcomersPerHour: null })
  // A proven message with an unknown e-mail: one more says whether the domain is the tenant's.
  expect((await measure('other@tenant.example', 403)).trips).toBe(3)
  console.log(`rows read: ${JSON.stringify({ known, created })}`)
})
