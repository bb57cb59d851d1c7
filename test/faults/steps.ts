// The steps of a login and of an app: a request that may fail, what the person or the program does
// then, and what has to be true in the end.
import { eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { grants, sessions, users } from '../../src/platform/db/schema.ts'
import { basic, codeFields, follow, openApp, REDIRECT_URI } from '../oidc/relying-party.ts'
import { ENTRA_USER, openService } from '../scim/service.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { as, createWorld, db } from '../support/world.ts'
import type { openFaulty } from './faulty.ts'

/** A place deep in an app, which every login has to reach. */
const DEEP = '/reports/7?tab=costs'

export type Step = {
  /** True where the request only reads. */
  isReading?: true
  /** The request that fails. Sent again, it is a reload or a retry. */
  act: () => Promise<Response>
  isGood: (response: Response) => boolean
  /** True if it is done in part, as its page says: nothing is left to do. */
  isPartly?: (response: Response) => Promise<boolean>
  /** Goes on from a good response, to where the person wanted to be. */
  finish: (response: Response) => Promise<Pressed | void>
  /** What the page's button opens. Of a program: its app begins again. */
  press: (href: string) => Promise<Pressed | void>
}

/** Whether a button had to be pressed on the way. */
type Pressed = 'button' | undefined

/** The path that the button of a page opens. */
export async function buttonOf(page: Response): Promise<string | undefined> {
  const [, href] = /<a class="button" href="([^"]*)"/.exec(await page.text()) ?? []
  return href?.replaceAll('&amp;', '&').replace(ORIGIN, '')
}

type Faulty = ReturnType<typeof openFaulty>

const isRedirect = ({ status }: Response) => status === 302 || status === 303
const isOk = ({ status }: Response) => status >= 200 && status < 300

/** Somebody who may log in, and their browser. */
async function openPerson(
  { environment }: Faulty,
  method: 'sso_enabled' | 'sso_enforced' = 'sso_enabled',
) {
  const world = await createWorld()
  const email = `person-${crypto.randomUUID()}@tenant.example`
  const userSid = await world.addUser(email, { signInMethod: method })
  const browser = openBrowser(environment)
  const start = `/sso/${world.connectionSid}?return_to=${encodeURIComponent(DEEP)}`

  const sessionRows = () => db.select().from(sessions).where(eq(sessions.userSid, userSid))

  /** The way from any place of ours, by the IdP and one button, to the page that was asked for. */
  async function goTo(place: string): Promise<Pressed> {
    const way = await follow(world, browser, place, email)
    const end = new URL(way.trail.at(-1) ?? place, ORIGIN).href
    const button = end === ORIGIN + DEEP ? undefined : await buttonOf(way.page)
    if (button) {
      const { trail } = await follow(world, browser, button, email)
      expect(new URL(trail.at(-1) ?? button, ORIGIN).href).toBe(ORIGIN + DEEP)
    } else expect(end).toBe(ORIGIN + DEEP)
    expect(await (await browser.get('/')).text()).toContain(email)
    const rows = await sessionRows()
    const attempts = new Set(rows.map(({ attemptSid }) => attemptSid))
    expect(attempts.size, 'one session for each attempt').toBe(rows.length)
    return button === undefined ? undefined : 'button'
  }
  const finish = (response: Response) => goTo(response.headers.get('location')!)
  const press = goTo

  async function arrive() {
    const departure = await world.begin(browser, `?return_to=${encodeURIComponent(DEEP)}`)
    const message = await world.idp(departure.requestID).respond(as(email))
    return { departure, message }
  }
  return { world, email, browser, start, sessionRows, goTo, finish, press, arrive }
}

async function begin(faulty: Faulty): Promise<Step> {
  const { browser, start, press } = await openPerson(faulty)
  // It leads to the IdP, so the browser goes there and comes back.
  const act = () => browser.get(start)
  return { isReading: true, act, isGood: isRedirect, finish: () => press(start), press }
}

async function acs(faulty: Faulty): Promise<Step> {
  const { world, browser, arrive, finish, press } = await openPerson(faulty)
  const { departure, message } = await arrive()
  const act = () => world.deliver(browser, message, departure.relayState)
  return { act, isGood: isRedirect, finish, press }
}

async function finish(faulty: Faulty): Promise<Step> {
  const person = await openPerson(faulty)
  const { departure, message } = await person.arrive()
  const arrived = await person.world.deliver(person.browser, message, departure.relayState)
  const place = arrived.headers.get('location')!
  const act = () => person.browser.get(place)
  return { act, isGood: isRedirect, finish: person.finish, press: person.press }
}

async function frontDoor(faulty: Faulty): Promise<Step> {
  const person = await openPerson(faulty, 'sso_enforced')
  const act = () => person.browser.post('/login', { email: person.email, return_to: DEEP })
  return {
    isReading: true,
    act,
    isGood: isRedirect,
    finish: person.finish,
    // The button shows the form, which still knows the way back.
    async press(href) {
      const form = await (await person.browser.get(href)).text()
      expect(form).toContain(`name="return_to" value="${DEEP}"`)
      await person.finish(await act())
    },
  }
}

/** A person who is signed in, and an app that asks for a code. */
async function openClient(faulty: Faulty) {
  const app = await openApp({}, faulty.environment)
  const person = await openPerson(faulty)
  await person.goTo(person.start)
  const [session] = await person.sessionRows()
  const { path, checks } = await app.ask()
  const send = (fields: Record<string, string>, place = '/oauth2/token') =>
    person.browser.send(place, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...basic(app) },
      body: new URLSearchParams(fields).toString(),
    })
  const codeOf = (response: Response) =>
    new URL(response.headers.get('location')!).searchParams.get('code')!
  const redeem = (response: Response) => send(codeFields(codeOf(response), checks))

  /** The tokens work, and each code has one grant. */
  async function use(response: Response) {
    expect(response.status).toBe(200)
    const { access_token: token } = (await response.json()) as { access_token: string }
    const claims = await ask(token)
    expect([claims.status, ((await claims.json()) as { email: string }).email]).toEqual([
      200,
      person.email,
    ])
    const rows = await db.select().from(grants).where(eq(grants.sessionSid, session!.sid))
    const codes = new Set(rows.map(({ secretHash }) => secretHash))
    expect(codes.size, 'one grant for each code').toBe(rows.length)
  }
  const ask = (token: string) =>
    person.browser.send('/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } })

  /** The app sends the person to us again, who is signed in: one button there, and none here. */
  async function again() {
    const next = await app.ask()
    const response = await person.browser.get(next.path)
    const fields = codeFields(codeOf(response), next.checks)
    await use(await send(fields))
  }
  return { person, path, send, redeem, use, ask, again }
}

async function authorize(faulty: Faulty): Promise<Step> {
  const { person, path, redeem, use, again } = await openClient(faulty)
  return {
    act: () => person.browser.get(path),
    isGood: (response) => response.headers.get('location')?.startsWith(REDIRECT_URI) === true,
    finish: async (response) => use(await redeem(response)),
    press: again,
  }
}

async function token(faulty: Faulty): Promise<Step> {
  const { person, path, redeem, use, again } = await openClient(faulty)
  const answered = await person.browser.get(path)
  return { act: () => redeem(answered), isGood: isOk, finish: use, press: again }
}

async function refresh(faulty: Faulty): Promise<Step> {
  const { person, path, send, redeem, use, again } = await openClient(faulty)
  const issued = await redeem(await person.browser.get(path))
  const { refresh_token: refreshToken } = (await issued.json()) as { refresh_token: string }
  const act = () => send({ grant_type: 'refresh_token', refresh_token: refreshToken })
  return { act, isGood: isOk, finish: use, press: again }
}

async function userinfo(faulty: Faulty): Promise<Step> {
  const { person, path, redeem, ask, again } = await openClient(faulty)
  const issued = await redeem(await person.browser.get(path))
  const { access_token: accessToken } = (await issued.json()) as { access_token: string }
  const finish = async (response: Response) => {
    expect(await response.json()).toHaveProperty('sub')
  }
  return { isReading: true, act: () => ask(accessToken), isGood: isOk, finish, press: again }
}

async function logout(faulty: Faulty): Promise<Step> {
  const { goTo, browser, start, sessionRows } = await openPerson(faulty)
  await goTo(start)
  const isOut = async () => {
    expect((await sessionRows()).map(({ endedAt }) => endedAt !== null)).toEqual([true])
    expect(await (await browser.get('/')).text()).toContain('Not signed in')
  }
  return {
    act: () => browser.post('/logout'),
    isGood: (response) => isOk(response) || isRedirect(response),
    async isPartly(response) {
      if (!(await response.text()).includes('signed out of this browser only')) return false
      expect((await sessionRows()).map(({ endedAt }) => endedAt)).toEqual([null])
      expect(await (await browser.get('/')).text()).toContain('Not signed in')
      return true
    },
    finish: isOut,
    press: isOut,
  }
}

async function scim(faulty: Faulty): Promise<Step> {
  const service = await openService()
  const { send } = openBrowser(faulty.environment)
  const email = `scim-${crypto.randomUUID()}@tenant.example`
  const body = { ...ENTRA_USER, userName: email, externalId: email, emails: undefined }
  // The first use of a token is noted by itself.
  await service.ask('GET', '/Groups')
  const act = () =>
    send(`${service.base}/Users`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${service.secret}`,
        'content-type': 'application/scim+json',
      },
      body: JSON.stringify(body),
    })
  async function isThereOnce() {
    const rows = await db.select().from(users).where(eq(users.emailKey, email))
    expect(rows).toHaveLength(1)
  }
  return {
    act,
    // An IdP that meets the person it has just created goes on with that one.
    isGood: (response) => isOk(response) || response.status === 409,
    finish: isThereOnce,
    press: isThereOnce,
  }
}

export const STEPS: Readonly<Record<string, (faulty: Faulty) => Promise<Step>>> = {
  begin,
  ACS: acs,
  finish,
  authorize,
  token,
  refresh,
  userinfo,
  'front door': frontDoor,
  SCIM: scim,
  logout,
}
