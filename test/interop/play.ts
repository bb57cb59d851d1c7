// One case: a person signs in at the IdP and comes to us, by an HTTP client that follows redirects
// and posts the forms.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createBrowser, type Page } from '../../examples/demo/browser/browser.ts'
import type { Person } from '../../examples/demo/customer.ts'
import type { Case } from './case.ts'
import type { Ground } from './ground.ts'
import type { Provider, RunningIdp } from './idp.ts'

export type Scene = {
  ground: Ground
  running: RunningIdp
  connectionSid: string
  provider: Provider
  /** The person who signs in, and somebody else. */
  person: Person
  other: Person
}

const STEPS = 12
const HISTORY_MILLISECONDS = 5000

type Browser = ReturnType<typeof createBrowser>
type Form = Page['forms'][number]

const hasField = (name: string) => (form: Form) => form.fields.some((field) => field.name === name)

/** Throws with what happened where that is not the ending of the case. */
export async function play(one: Case, scene: Scene): Promise<void> {
  const logins = one.twist === 'again' ? 2 : 1
  if (logins > 1) await walk(createBrowser(), one, scene, startURL(one, scene))
  const end = await walk(createBrowser(), one, scene, startURL(one, scene))
  const shown = `${end.status} ${end.url.origin}${end.url.pathname}: ${end.text.slice(0, 300)}`
  const { connectionSid, ground, person } = scene
  const sessions = await ground.database.findSessions(connectionSid)
  if (one.ending === 'stopped') {
    assert.notEqual(end.url.origin, ground.origin, `the IdP answered the request: ${shown}`)
    assert.ok(!end.forms.some(hasField('password')), `the IdP asks for the password: ${shown}`)
    assert.deepEqual(await ground.database.findAttempts(connectionSid), [])
    return
  }
  if (one.ending === 'logged in') {
    const code = sessions.length < logins ? await codeOf(scene) : null
    assert.equal(sessions.length, logins, `no session, refused as ${code}. ${shown}`)
    for (const { userSid } of sessions) assert.equal(userSid, person.userSid)
    assert.equal(end.status, 200, shown)
    const { givenName, sn, mail } = person
    for (const text of [`Signed in as ${givenName} ${sn}`, mail])
      assert.ok(end.text.includes(text), `the page lacks “${text}”: ${shown}`)
    return
  }
  assert.deepEqual(sessions, [], 'somebody was signed in')
  assert.equal(await codeOf(scene), one.ending.refused, shown)
  assert.ok(end.status >= 400, shown)
}

/** Attempts are written after the response. */
async function codeOf({ ground, connectionSid }: Scene): Promise<string | null | undefined> {
  const deadline = Date.now() + HISTORY_MILLISECONDS
  while (Date.now() < deadline) {
    const [attempt] = await ground.database.findAttempts(connectionSid)
    if (attempt) return attempt.code
    await delay(50)
  }
  return undefined
}

function startURL({ start }: Case, { running, provider, ground, connectionSid }: Scene): string {
  if (start === 'idp') return running.unsolicitedURL(provider)
  return `${ground.origin}/sso/${connectionSid}?return_to=/`
}

/** Goes on as a person would, until a page needs nothing more. */
async function walk(browser: Browser, one: Case, scene: Scene, url: string): Promise<Page> {
  let page = await browser.open(url)
  const { origin } = scene.ground
  let hasPosted = false
  let passwords = one.twist === 'restarted' ? 2 : 1
  for (let step = 0; step < STEPS; step += 1) {
    const response = page.forms.find(hasField('SAMLResponse'))
    const request = page.forms.find(hasField('SAMLRequest'))
    if (response) {
      assert.equal(hasPosted, one.start === 'post', 'our request took the other binding')
      page = await browser.submit(page, response, undefined, await sent(one, scene, response))
    } else if (request) {
      hasPosted ||= page.url.origin === origin
      page = await browser.submit(page, request)
    } else if (page.url.origin === origin) return page
    else {
      const next = await enter(browser, page, one, scene, passwords > 0)
      if (!next) return page
      page = next
      passwords -= 1
    }
  }
  throw new Error(`no end after ${STEPS} pages: ${page.url.origin}${page.url.pathname}`)
}

/** A page of the IdP: sends the form for the password, where it may, or the only other form. */
async function enter(
  browser: Browser,
  page: Page,
  { idp, twist }: Case,
  { person }: Scene,
  mayEnter: boolean,
): Promise<Page | undefined> {
  const values = idp.enter(person)
  const form = page.forms.find((one) => Object.keys(values).every((name) => hasField(name)(one)))
  if (form) {
    const wanted = twist === 'cancel' ? 'cancel' : 'login'
    const button = form.buttons.find(({ value }) => value === wanted) ?? form.buttons[0]
    return mayEnter ? browser.submit(page, form, button, values) : undefined
  }
  const [only, ...others] = page.forms.filter(({ method }) => method === 'POST')
  return only && others.length === 0 ? browser.submit(page, only, only.buttons[0]) : undefined
}

/** What the browser posts in place of the IdP's fields. */
async function sent(one: Case, scene: Scene, form: Form): Promise<Record<string, string>> {
  const valueOf = (name: string) => form.fields.find((field) => field.name === name)?.value ?? ''
  if (one.twist === 'changed e-mail') {
    const xml = Buffer.from(valueOf('SAMLResponse'), 'base64').toString('utf8')
    const changed = xml.replaceAll(scene.person.mail, scene.other.mail)
    assert.notEqual(changed, xml, 'the response does not have the e-mail')
    return { SAMLResponse: Buffer.from(changed).toString('base64') }
  }
  if (one.twist === 'another request') {
    // Another browser has begun its own login: its RelayState comes with this response.
    return { RelayState: await relayStateOfAnother(one, scene) }
  }
  return {}
}

async function relayStateOfAnother(one: Case, scene: Scene): Promise<string> {
  let relayState: string | undefined
  const response = await fetch(startURL(one, scene), {
    redirect: 'manual',
    signal: AbortSignal.timeout(HISTORY_MILLISECONDS),
  })
  const location = response.headers.get('location')
  if (location) relayState = new URL(location).searchParams.get('RelayState') ?? undefined
  await response.body?.cancel()
  assert.ok(relayState, 'there is no second request')
  return relayState
}
