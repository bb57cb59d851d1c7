// A company of the year, from outside: its people in browsers, its IdP with signed responses and
// SCIM, the vendor's operator by API, command and page. Nothing here reads or writes the database.
import { env } from 'cloudflare:workers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { vi } from 'vitest'
import { createSignInLink } from '../../src/access/operations.ts'
import { createApp } from '../../src/app.ts'
import type { Arguments } from '../../src/cli/arguments.ts'
import { openClient } from '../../src/cli/client.ts'
import { DERIVED_VERBS } from '../../src/cli/derived/verbs.ts'
import type { Verb } from '../../src/cli/verb.ts'
import { ourSide } from '../../src/connections/connection.ts'
import { CATALOGUE, type ErrorCode } from '../../src/errors.ts'
import { runJobs } from '../../src/jobs.ts'
import { callerWithKey, type Answer, type Caller } from '../api/caller.ts'
import { askApp } from '../support/ask-app.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import { createFakeIdp, toField } from '../support/fake-idp.ts'
import { good, request } from '../support/request.ts'
import {
  nameIDOf,
  type Connection,
  type IdP,
  type Outcome,
  type Person,
  type Said,
  type Site,
} from './policy.ts'

const FORMATS = {
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
}
const DAY = 24 * 3600 * 1000

/** A remedy that a refusal showed, and how it was carried out. */
export type Cure = { code: string; by: string }

export type Company = Awaited<ReturnType<typeof openCompany>>

/** An Internet in which every host answers. */
const internet = (async (input: RequestInfo | URL) =>
  new URL(String(input)).hostname === 'cloudflare-dns.com'
    ? Response.json({ Status: 0, Answer: [{ type: 1, data: '198.41.0.4' }] })
    : new Response('sign in')) as typeof fetch

export async function openCompany(start: number) {
  let now = start
  let address = 0
  let operator: Caller
  let scimToken = ''
  const app = createApp({ fetch: internet })
  const at = { tenant: '', connection: '', rollout: '', move: '' }
  const people = new Map<string, Person>()
  const browsers = new Map<Person, Browser>()
  const idp: IdP = {
    entityID: 'https://idp.corp.example/metadata',
    key: 'idp',
    format: 'emailAddress',
  }
  const connection: Connection = {
    newcomers: new Set(),
    state: 'live',
    entityID: idp.entityID,
    keys: new Set(['idp']),
  }
  const first: Site = { sid: '', idp, connection }
  const sites: Site[] = [first]
  let cures: Cure[] = []
  /** Codes of refusals that have been shown. */
  const shown = new Set<string>()

  const tick = (by = 1) => vi.setSystemTime((now += by))

  /** The operator, by API. Throws what is not done. */
  async function api(method: string, path: string, body?: unknown): Promise<Answer['body']> {
    tick()
    const answer = await operator(method, path, body === undefined ? {} : { body })
    if (answer.status >= 400)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  /** The same, refused with that code. */
  async function refused(code: string, method: string, path: string, body?: unknown) {
    tick()
    const answer = await operator(method, path, body === undefined ? {} : { body })
    if (answer.body?.code !== code)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    shown.add(code)
  }

  /** The same by a command, as it is typed. */
  async function cli(name: string, ...typed: string[]): Promise<Answer['body']> {
    tick()
    const verb = DERIVED_VERBS[name]
    if (!verb) throw new Error(`no command ${name}`)
    const given = argumentsOf(typed, verb)
    const send = async (path: string, init: RequestInit) => {
      const answer = await operator(init.method!, path, {
        ...(init.body != null && { body: init.body }),
        headers: { ...(init.headers as Record<string, string>) },
      })
      return answer.status === 204
        ? new Response(null, { status: 204 })
        : new Response(JSON.stringify(answer.body), {
            status: answer.status,
            headers: { 'content-type': answer.headers.get('content-type') ?? '' },
          })
    }
    return verb.run({ client: openClient({ send, close: async () => {} }), given })
  }

  /** A form of a page of the console. */
  async function page(path: string, fields: Record<string, string>): Promise<void> {
    tick()
    const browser = openBrowser()
    const link = good(
      await createSignInLink({ ...request(), now }, { email: 'olga@vendor.example', name: 'olga' }),
    )
    await browser.post('/console/sign-in', { link: link.secret })
    const answer = await browser.post(path, fields)
    if (answer.status !== 303) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  }

  /** The IdP's provisioning. */
  async function scim(method: string, path: string, body?: unknown): Promise<Answer> {
    tick()
    const response = await askApp(app, `${ORIGIN}/scim/v2/${at.connection}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${scimToken}`,
        'content-type': 'application/scim+json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) }
  }

  /** A login by what the IdP signs; the code of a refusal that leaves no attempt. */
  async function post(said: Said): Promise<{ browser: Browser; early: string | null }> {
    tick()
    const browser = openBrowser()
    const begun = await browser.get(`/sso/${said.site.sid}`)
    if (begun.status !== 302) return { browser, early: await codeOn(begun) }
    const url = new URL(begun.headers.get('location')!)
    const { entityID, acsURL } = ourSide(ORIGIN, said.site.sid)
    const fake = createFakeIdp({
      entityID: said.site.idp.entityID,
      key: said.key,
      sp: { entityID, acsURL },
      now,
      inResponseTo: await requestIDOf(url),
    })
    const isEC = said.key.startsWith('p')
    const message = await fake.respond({
      signature: { method: isEC ? 'ecdsa-sha256' : 'rsa-sha256' },
      nameID: said.nameID.value,
      nameIDFormat: FORMATS[said.nameID.format],
      attributes: { email: said.email, firstName: 'Pat', lastName: 'Doe' },
    })
    const arrived = await browser.postFromElsewhere(new URL(acsURL).pathname, {
      SAMLResponse: toField(message),
      RelayState: url.searchParams.get('RelayState')!,
    })
    if (arrived.status === 303) await browser.get(arrived.headers.get('location')!)
    return { browser, early: null }
  }

  /** Logins one after the other, each with its outcome as the API shows it. */
  async function login(all: readonly Said[]): Promise<{ outcome: Outcome; browser: Browser }[]> {
    const posted: Awaited<ReturnType<typeof post>>[] = []
    for (const said of all) posted.push(await post(said))
    const attempts = new Map<Site, Answer['body'][]>()
    for (const site of sites) {
      const count = all.filter(
        (said, at) => said.site === site && posted[at]!.early === null,
      ).length
      if (count === 0) continue
      const { items } = await api('GET', `/connections/${site.sid}/attempts?limit=${count}`)
      attempts.set(site, items)
    }
    return posted.map(({ early, browser }, at) => {
      if (early !== null) return { browser, outcome: { code: early, userSid: null } }
      const { code, userSid } = attempts.get(all[at]!.site)!.pop()
      return { browser, outcome: { code, userSid } }
    })
  }

  async function isIn(browser: Browser): Promise<boolean> {
    return (await (await browser.get('/')).text()).includes('Signed in as')
  }

  /** `decision reason` of each, as the app learns it. */
  async function decisions(all: readonly Person[]): Promise<string[]> {
    const emails = all.map(({ email }) => email)
    const { items } = await api('POST', '/sign-in-decisions', { emails })
    return items.map((one: Record<string, string>) => `${one.decision} ${one.reason}`)
  }

  /** Where the front door leads: `sso`, `choice` or `password`. */
  async function frontDoor(email: string, fields: { way?: 'password' } = {}): Promise<string> {
    const browser = openBrowser(env, { address: `198.51.${++address >> 8}.${address & 255}` })
    const answer = await browser.post('/login', { email, ...fields })
    if (answer.status === 303) return 'sso'
    const text = await answer.text()
    return sites.some(({ sid }) => text.includes(`/sso/${sid}`)) ? 'choice' : 'password'
  }

  const said = (person: Person, site = person.home): Said => ({
    site,
    email: person.idp.email,
    nameID: nameIDOf(person, site),
    key: site.idp.key,
  })

  /** A person whom the product has by that e-mail. */
  async function meet(email: string, group: string, id = email.split('@')[0]!): Promise<Person> {
    const found = await api('GET', `/users/${encodeURIComponent(email)}`)
    const person: Person = {
      sid: found.sid,
      group,
      email,
      method: 'password',
      isSuspended: false,
      owner: null,
      home: first,
      second: null,
      bound: new Map(),
      refused: null,
      hasSession: false,
      idp: { email, id: `id-${id}` },
    }
    people.set(id, person)
    return person
  }

  /** Another month: the jobs run, and sessions of the month before have run out. */
  async function beginMonth(time: number): Promise<void> {
    tick(time - now)
    operator = await callerWithKey(null, { fetch: internet })
    vi.stubGlobal('fetch', internet)
    for (const cron of ['*/5 * * * *', '7-59/10 * * * *', '2-59/10 * * * *', '17 * * * *'])
      await runJobs(cron, env)
    vi.unstubAllGlobals()
    for (const person of people.values()) person.hasSession = false
  }

  const codes = new Map<string, string[]>()
  const pair = await generateKeyPair('RS256', { extractable: true })

  /** An owner's own page, in their session. */
  async function makeCodes(browser: Browser, id: string): Promise<void> {
    tick()
    const text = await (await browser.post('/recovery-codes')).text()
    const found = [...text.matchAll(/<code>((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})<\/code>/g)]
    codes.set(
      id,
      found.map(([, code]) => code!),
    )
  }

  async function spendCode(id: string): Promise<void> {
    const code = codes.get(id)!.pop()
    await api('POST', '/recovery-codes/spend', { email: people.get(id)!.email, code })
    // Until its hour is over.
    tick(61 * 60 * 1000)
  }

  /** Global Token Revocation by an Okta org. */
  async function revoke(email: string): Promise<void> {
    const org = 'https://corp.okta.example'
    const keysURL = `${org}/oauth2/v1/keys`
    const path = `/connections/${at.connection}`
    await api('PATCH', path, { revocationIssuer: org, revocationKeysURL: keysURL })
    const url = `${ORIGIN}/revocation/${at.connection}`
    const seconds = Math.floor(now / 1000)
    const token = await new SignJWT({ jti: `${now}`, iat: seconds, exp: seconds + 300 })
      .setProtectedHeader({ typ: 'global-token-revocation+jwt', alg: 'RS256', kid: 'one' })
      .setIssuer(org)
      .setSubject('0oa1')
      .setAudience(url)
      .sign(pair.privateKey)
    const jwk = await exportJWK(pair.publicKey)
    const keys = { keys: [{ ...jwk, kid: 'one', use: 'sig', alg: 'RS256' }] }
    const okta = createApp({
      fetch: (async (input: RequestInfo | URL) =>
        String(input).startsWith(keysURL) ? Response.json(keys) : internet(input)) as typeof fetch,
    })
    const answer = await askApp(okta, url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ sub_id: { format: 'email', email } }),
    })
    if (answer.status !== 204) throw new Error(`revocation: ${answer.status}`)
  }

  return {
    makeCodes,
    spendCode,
    revoke,
    at,
    first,
    sites,
    idp,
    connection,
    people,
    browsers,
    api,
    refused,
    cli,
    page,
    scim,
    login,
    isIn,
    decisions,
    frontDoor,
    said,
    meet,
    beginMonth,
    path: (rest = '') => `/connections/${at.connection}${rest}`,
    inDays: (days: number) => now + days * DAY,
    person: (id: string) => people.get(id)!,
    everybody: () => [...people.values()],
    useScimToken: (secret: string) => {
      scimToken = secret
    },
    shown,
    /** A refusal that was shown, and how its remedy was carried out. */
    cured: (code: string, by: string) => {
      if (!shown.has(code)) throw new Error(`nobody was shown ${code}`)
      cures.push({ code, by })
    },
    takeCures: () => {
      const taken = cures
      cures = []
      return taken
    },
  }
}

/** As the CLI reads them: workerd has no parseArgs. Flags that the verb does not have are refused. */
function argumentsOf(typed: readonly string[], { takes = [], flags = {} }: Verb): Arguments {
  const values = new Map<string, string>()
  const positionals: string[] = []
  for (let at = 0; at < typed.length; at++) {
    const [, name] = /^--(.+)$/.exec(typed[at]!) ?? []
    if (name === undefined) positionals.push(typed[at]!)
    else if (!flags[name]) throw new Error(`no flag --${name}`)
    else values.set(name, flags[name].value === undefined ? '' : typed[++at]!)
  }
  const positional = (name: string) =>
    positionals[takes.findIndex((one) => one === name || one === `[${name}]`)]
  const need = (value: string | undefined) => {
    if (!value) throw new Error('an argument is missing')
    return value
  }
  return {
    positional,
    argument: (name) => need(positional(name)),
    text: (name) => values.get(name),
    needText: (name) => need(values.get(name)),
    isOn: (name) => values.has(name),
    list: () => [],
  }
}

async function codeOn(page: Response): Promise<string> {
  const text = (await page.text()).replaceAll('&#39;', "'")
  const found = Object.keys(CATALOGUE).find((code) =>
    text.includes(`<h1>${CATALOGUE[code as ErrorCode].title}`),
  )
  return found ?? text
}

async function requestIDOf(url: URL): Promise<string> {
  const bytes = Uint8Array.from(atob(url.searchParams.get('SAMLRequest')!), (c) => c.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return / ID="([^"]+)"/.exec(await new Response(stream).text())![1]!
}
