// A test sign-in is judged like any login, says what came of it, and never makes a session.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { findAttempt } from '../../src/login/history/store/attempts.ts'
import { proofs, users } from '../../src/platform/db/schema.ts'
import { LOGIN_REFUSED } from '../../src/errors.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { nameOfHandle } from '../support/pending-logins.ts'
import type { Answer } from '../support/fake-idp.ts'
import {
  as,
  attemptCode,
  countSessions,
  createWorld,
  db,
  history,
  type World,
  type WorldSettings,
} from '../support/world.ts'

const ALICE = 'alice@tenant.example'

async function createTestedWorld(settings: WorldSettings = {}) {
  const world = await createWorld(settings)
  const alice = await world.addUser(ALICE)
  return { world, alice }
}

/** From the start to the page that says what came of it. */
async function test(world: World, answer: Partial<Answer> = as(ALICE), browser = openBrowser()) {
  const departure = await world.begin(browser, '?test')
  const message = await world.idp(departure.requestID).respond(answer)
  const arrived = await world.deliver(browser, message, departure.relayState)
  const location = arrived.headers.get('location') ?? ''
  const page = await browser.get(location)
  const text = await page.text()
  const sid = new URLSearchParams(location.split('?')[1]).get('attempt') ?? ''
  const attempt = await findAttempt(history, sid)
  return { browser, departure, message, arrived, location, page, text, attempt: attempt! }
}

async function expectNothing(world: World) {
  const { sessions, loginCodes, nameIDs } = await world.rows()
  expect({ sessions, loginCodes, nameIDs }).toEqual({ sessions: [], loginCodes: [], nameIDs: [] })
}

function sessionCookie(browser: Browser) {
  return browser.cookies.get('__Host-session')
}

describe('of a tester', () => {
  it('reports success with the attempt’s reference, and offers another test', async () => {
    const { world, alice } = await createTestedWorld()
    const { arrived, page, text, attempt, browser } = await test(world)
    expect(arrived.status).toBe(303)
    expect(page.status).toBe(200)
    expect(text).toContain('<h1>Single sign-on works</h1>')
    expect(text).toContain(attempt.sid)
    expect(text).toContain(`href="/sso/${world.connectionSid}?test"`)
    // Nothing of a person, and nothing that runs or posts.
    expect(text).not.toMatch(/alice|Ämter|<script|<form/i)
    expect(attempt).toMatchObject({ code: null, isTest: true, userSid: alice, revision: 1 })
    expect(sessionCookie(browser)).toBeUndefined()
    await expectNothing(world)
  })

  it('spends request and assertion, and proves that the user can', async () => {
    const { world, alice } = await createTestedWorld()
    await test(world)
    const { spent } = await world.rows()
    expect(spent.map(({ kind }) => kind).toSorted()).toEqual(['assertion', 'request'])
    const proved = await db.select().from(proofs).where(eq(proofs.userSid, alice))
    expect(proved).toMatchObject([{ connectionSid: world.connectionSid }])
  })

  it('checks every row; a login stops at the first that fails', async () => {
    const { world } = await createTestedWorld()
    const wrong = {
      ...as(ALICE),
      audiences: [['https://other.example']],
      notOnOrAfter: '2020-01-01T00:00:00Z',
    }
    const { attempt } = await test(world, wrong)
    const failed = attempt.checks.filter(({ ok }) => !ok).map(({ code }) => code)
    expect(failed).toEqual(['audience', 'not_on_or_after'])
    expect(attempt.checks.at(-1)!.code).toBe('email')
    expect(attempt.code).toBe('audience')

    await world.login(ALICE, wrong)
    const login = (await world.rows()).attempts.find(({ isTest }) => !isTest)!
    expect(login.checks.at(-1)).toMatchObject({ code: 'audience', ok: false })
  })

  it('checks every row of an almost empty assertion', async () => {
    const { world } = await createTestedWorld()
    const { attempt } = await test(world, {
      ...as(ALICE),
      editAssertion: (assertion) =>
        assertion
          .replace(/<saml:Subject>.*<\/saml:Subject>/, '')
          .replace(/<saml:Conditions.*<\/saml:Conditions>/, '')
          .replace(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, ''),
    })
    expect(attempt.code).toBe('subject')
    expect(attempt.checks.filter(({ ok }) => !ok).map(({ code }) => code)).toEqual([
      'subject',
      'name_id',
      'bearer',
      'recipient',
      'confirmation_not_on_or_after',
      'confirmation_in_response_to',
      'audience',
      'authn_statement',
    ])
  })
})

describe('of another person', () => {
  it.each([
    ['user_unknown', { addressed: 'nobody@tenant.example', user: {} }],
    ['user_not_enabled', { addressed: 'bob@tenant.example', user: { signInMethod: 'password' } }],
    ['user_suspended', { addressed: 'bob@tenant.example', user: { suspendedAt: 1 } }],
  ] as const)('%s: tells the person, whom the IdP has vouched for', async (code, settings) => {
    const { world } = await createTestedWorld()
    await world.addUser('bob@tenant.example', settings.user)
    const { page, text, attempt } = await test(world, as(settings.addressed))
    expect([page.status, attempt.code, attempt.isTest]).toEqual([200, code, true])
    expect(text).not.toContain(LOGIN_REFUSED.title)
    expect(text).toContain(attempt.sid)
    await expectNothing(world)
    expect(
      await db.select().from(proofs).where(eq(proofs.connectionSid, world.connectionSid)),
    ).toEqual([])
  })

  it('name_id_changed: tells of another NameID than the bound one', async () => {
    const { world } = await createTestedWorld()
    await world.login(ALICE, { nameID: 'stable-1' })
    const { attempt, text } = await test(world, { ...as(ALICE), nameID: 'stable-2' })
    expect(attempt.code).toBe('name_id_changed')
    expect(text).toContain('The user is bound to another NameID')
  })

  it('a test binds no NameID: the next may come with another', async () => {
    const { world } = await createTestedWorld()
    await test(world, { ...as(ALICE), nameID: 'stable-1' })
    const { attempt } = await test(world, { ...as(ALICE), nameID: 'stable-2' })
    expect(attempt.code).toBeNull()
  })

  it('names no trust check, because any sender of a message can open the page', async () => {
    const { world } = await createTestedWorld()
    const texts = new Set<string>()
    const codes: (string | null)[] = []
    for (const answer of [
      { ...as(ALICE), sign: [] },
      { ...as(ALICE), signature: { key: 'attacker' as const } },
      { ...as(ALICE), audiences: [['https://other.example']] },
      { ...as(ALICE), issuer: 'https://other.example' },
    ]) {
      const { text, attempt } = await test(world, answer)
      codes.push(attempt.code)
      texts.add(text.replaceAll(attempt.sid, '').replaceAll(/nonce="[^"]+"/g, ''))
    }
    expect(codes).toEqual(['signature_missing', 'signature_invalid', 'audience', 'response_issuer'])
    expect(texts.size).toBe(1)
  })

  it('explains the IdP’s own refusal', async () => {
    const { world } = await createTestedWorld()
    const { attempt, text } = await test(world, {
      status: ['Responder', 'AuthnFailed'],
      statusMessage:
        "AADSTS50105: The signed in user 'bob@tenant.example' is not assigned to a role for the application.",
      assertion: false,
      sign: [],
    })
    expect(attempt.code).toBe('status')
    expect(text).toContain('<h1>The user is not assigned to the application</h1>')
    expect(text).not.toContain('bob@')
  })
})

describe('begins', () => {
  it.each(['testing', 'validated', 'live'] as const)('in %s', async (state) => {
    const { world } = await createTestedWorld({ connection: { state } })
    expect((await test(world)).attempt.code).toBeNull()
  })

  it.each([
    ['draft', 'connection_not_ready', 'Single sign-on is not set up for your company yet'],
    ['suspended', 'connection_suspended', 'Single sign-on is suspended'],
  ] as const)('not in %s: %s', async (state, _code, title) => {
    const { world } = await createTestedWorld({ connection: { state } })
    const response = await openBrowser().get(`/sso/${world.connectionSid}?test`)
    expect(response.status).toBe(403)
    const text = await response.text()
    expect(text).toContain(title)
    expect(text).toContain(`href="/sso/${world.connectionSid}?test"`)
  })

  it('begins only here: an IdP-initiated response is a login', async () => {
    const { world } = await createTestedWorld({ connection: { idpInitiated: 'accept' } })
    const arrived = await world.deliver(openBrowser(), await world.idp(null).respond(as(ALICE)))
    expect(arrived.headers.get('location')).toMatch(/^\/login\/finish\?code=/)
    expect((await world.rows()).attempts).toMatchObject([{ isTest: false, code: null }])
  })
})

describe('makes no session', () => {
  it('when whatever a test leaves behind is brought to the end of a login', async () => {
    const { world, alice } = await createTestedWorld()
    const { browser, departure, attempt, location } = await test(world)
    const name = new URL(location, ORIGIN).searchParams.get('login')!
    const { relayState, requestID } = departure
    const codes = [
      relayState,
      requestID,
      attempt.sid,
      name,
      `${name}.${'A'.repeat(43)}`,
      '',
      'null',
    ]
    for (const code of codes) {
      const finished = await browser.get(`/login/finish?code=${code}`)
      expect(finished.status, code).toBe(400)
    }
    expect(await countSessions(alice)).toBe(0)
    expect(sessionCookie(browser)).toBeUndefined()
  })

  it('when the response of a test is posted again, with its own RelayState or that of a login', async () => {
    const { world, alice } = await createTestedWorld()
    const { browser, departure, message } = await test(world)
    const again = await world.deliver(browser, message, departure.relayState)
    const page = await browser.get(again.headers.get('location')!)
    expect(await attemptCode(page)).toBe('replayed')

    const login = await world.begin(browser)
    const mixed = await world.deliver(browser, message, login.relayState)
    expect(await attemptCode(mixed)).toBe('in_response_to')
    expect(await countSessions(alice)).toBe(0)
    await expectNothing(world)
  })

  it('when the response of a login is posted with the RelayState of a test', async () => {
    const { world, alice } = await createTestedWorld()
    const browser = openBrowser()
    const login = await world.begin(browser)
    const tested = await world.begin(browser, '?test')
    const message = await world.idp(login.requestID).respond(as(ALICE))
    const mixed = await world.deliver(browser, message, tested.relayState)
    const page = await browser.get(mixed.headers.get('location')!)
    expect(await attemptCode(page)).toBe('in_response_to')
    expect(await countSessions(alice)).toBe(0)
    // The login itself is untouched by it.
    const arrived = await world.deliver(browser, message, login.relayState)
    expect((await browser.get(arrived.headers.get('location')!)).status).toBe(302)
    expect(await countSessions(alice)).toBe(1)
  })

  it('when the RelayState of another connection’s test comes', async () => {
    const { world: other } = await createTestedWorld()
    const { world } = await createTestedWorld()
    const browser = openBrowser()
    const { relayState, requestID } = await other.begin(browser, '?test')
    const message = await world.idp(requestID).respond(as(ALICE))
    const arrived = await world.deliver(browser, message, relayState)
    expect(arrived.status).toBe(400)
    expect(await attemptCode(arrived)).toBe('relay_state_unknown')
    expect((await world.rows()).attempts).toMatchObject([{ isTest: false }])
    await expectNothing(world)
    await expectNothing(other)
  })

  it('and ends or replaces none that is there', async () => {
    const { world, alice } = await createTestedWorld()
    const { browser } = await world.login(ALICE)
    const before = sessionCookie(browser)
    expect(before).toBeDefined()
    await test(world, as(ALICE), browser)
    expect(sessionCookie(browser)).toBe(before)
    expect(await countSessions(alice)).toBe(1)
    const { loginCodes } = await world.rows()
    expect(loginCodes).toHaveLength(1)
  })

  it('changes no user', async () => {
    const { world } = await createTestedWorld()
    const of = async () => {
      const found = await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))
      // That she has come through this IdP is known from tests too.
      return found.map(({ signedIn: _, ...row }) => row)
    }
    const before = await of()
    await test(world)
    expect(await of()).toEqual(before)
  })
})

describe('the page', () => {
  it('browser_mismatch: is for the browser that began, and changes no attempt', async () => {
    const { world } = await createTestedWorld()
    const { location, attempt } = await test(world)
    const elsewhere = openBrowser()
    // A browser of its own logins, not of this one.
    await world.begin(elsewhere, '?test')
    const page = await elsewhere.get(location)
    expect(page.status).toBe(403)
    expect(await page.text()).toContain('started in another browser')
    const after = await findAttempt(history, attempt.sid)
    expect(after).toEqual(attempt)
  })

  it('can be loaded again', async () => {
    const { world } = await createTestedWorld()
    const { browser, location, text, attempt } = await test(world)
    const again = await (await browser.get(location)).text()
    const plain = (html: string) => html.replaceAll(/nonce="[^"]+"/g, '')
    expect(plain(again)).toBe(plain(text))
    expect(attempt.isTest).toBe(true)
  })

  it('shows no attempt that is not a test of that connection', async () => {
    const { world: other } = await createTestedWorld()
    const foreign = await test(other)
    const { world } = await createTestedWorld()
    const { browser, attempt, location } = await test(world)
    await world.login(ALICE, {}, browser)
    const done = (await world.rows()).attempts.find(({ isTest }) => !isTest)!
    const begun = await world.begin(browser)
    const nameOf = (path: string) => new URL(path, ORIGIN).searchParams.get('login')!
    const name = nameOf(location)
    for (const [attemptSid, login, status] of [
      [foreign.attempt.sid, name, 403],
      [foreign.attempt.sid, nameOf(foreign.location), 403],
      [done.sid, name, 400],
      [attempt.sid, await nameOfHandle(world.connectionSid, begun.relayState), 403],
      [attempt.sid, '', 403],
      ['', name, 400],
      ["AT' OR 1=1 --", name, 400],
    ] as const) {
      const query = new URLSearchParams({ attempt: attemptSid, login })
      const page = await browser.get(`/login/tested?${query}`)
      expect(page.status, `${query}`).toBe(status)
      expect(await page.text()).not.toContain('works')
    }
  })
})
