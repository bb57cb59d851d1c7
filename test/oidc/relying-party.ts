// An app that signs its users in through us: registered like any other, with openid-client for a
// library and a browser of a person whose IdP answers at once.
import { env } from 'cloudflare:workers'
import * as openid from 'openid-client'
import { createClient, type ClientFields } from '../../src/clients/operations.ts'
import { createApp } from '../../src/app.ts'
import type { Env } from '../../src/env.ts'
import { openBrowser, ORIGIN, type Browser } from '../support/browser.ts'
import type { Answer } from '../support/fake-idp.ts'
import { good, request } from '../support/request.ts'
import { as, type World } from '../support/world.ts'
import { askApp } from '../support/ask-app.ts'

const app = createApp()

export const REDIRECT_URI = 'https://app.vendor.example/callback'

/** What a library calls instead of the network: the Worker itself. */
export function fetchOf(environment: Env = env): openid.CustomFetch {
  return async (url, init) => askApp(app, url, init as RequestInit, environment)
}

export type App = Awaited<ReturnType<typeof openApp>>

export async function openApp(fields: Partial<ClientFields> = {}, environment: Env = env) {
  const made = await createClient(request(), {
    name: 'Invoices',
    redirectURIs: [REDIRECT_URI],
    refreshTokens: 'always',
    ...fields,
  })
  const { client, secret } = good(made)
  const authentication = secret === null ? openid.None() : openid.ClientSecretBasic(secret)
  const metadata = { id_token_signed_response_alg: client.idTokenSignedResponseAlg }
  const config = await openid.discovery(new URL(ORIGIN), client.sid, metadata, authentication, {
    [openid.customFetch]: fetchOf(environment),
  })
  // ID tokens come from us directly: libraries need not verify their signatures, and this one
  // shall.
  openid.enableNonRepudiationChecks(config)

  /** An authorization request of the library's making, and what it has to remember of it. */
  async function ask(more: Record<string, string> = {}) {
    const verifier = openid.randomPKCECodeVerifier()
    const checks = { state: openid.randomState(), nonce: openid.randomNonce(), verifier }
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: client.redirectURIs[0]!,
      scope: 'openid email profile',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: checks.state,
      nonce: checks.nonce,
      ...more,
    })
    return { url, path: `${url.pathname}${url.search}`, checks }
  }

  /** Fetches the tokens for what came to the redirect URI. */
  const redeem = (callback: URL, { state, nonce, verifier }: Checks) =>
    openid.authorizationCodeGrant(config, callback, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })

  return { client, secret, config, ask, redeem }
}

export type Checks = { state: string; nonce: string; verifier: string }

/**
 * Follows redirects on our side and at the IdP, which answers with `email`, until they lead to an
 * app or end on a page. `trail` is every place on the way.
 */
export async function follow(
  world: World,
  browser: Browser,
  path: string,
  email: string,
  answer: Partial<Answer> = {},
): Promise<{ callback: URL | undefined; page: Response; trail: string[] }> {
  const trail: string[] = []
  let response = await browser.get(path)
  for (let step = 0; step < 20; step++) {
    const location = response.headers.get('location')
    if (location === null) return { callback: undefined, page: response, trail }
    const url = new URL(location, ORIGIN)
    trail.push(url.href)
    if (url.href.startsWith('https://idp.tenant.example/sso')) {
      const xml = await inflate(url.searchParams.get('SAMLRequest')!)
      const message = await world
        .idp(/ ID="([^"]+)"/.exec(xml)![1]!)
        .respond({ ...as(email), ...answer })
      response = await world.deliver(browser, message, url.searchParams.get('RelayState')!)
    } else if (url.origin === ORIGIN) response = await browser.get(`${url.pathname}${url.search}`)
    else return { callback: url, page: response, trail }
  }
  throw new Error(`goes in circles: ${trail.slice(-6).join(' → ')}`)
}

/** Enters an e-mail at the front door that the request leads to, and follows on to the app. */
export async function signIn(
  world: World,
  { path }: { path: string },
  email: string,
  browser = openBrowser(),
  answer: Partial<Answer> = {},
) {
  const door = await follow(world, browser, path, email, answer)
  const last = door.trail.at(-1)
  if (!last?.startsWith(`${ORIGIN}/login?`)) return { ...door, browser }
  const entered = await browser.post('/login', {
    email,
    return_to: new URL(last).searchParams.get('return_to')!,
  })
  const location = entered.headers.get('location')
  if (location === null) return { callback: undefined, page: entered, trail: door.trail, browser }
  if (new URL(location, ORIGIN).origin !== ORIGIN)
    return { callback: new URL(location), page: entered, trail: door.trail, browser }
  const followed = await follow(world, browser, location, email, answer)
  return { ...followed, trail: [...door.trail, location, ...followed.trail], browser }
}

/** A browser in which somebody is signed in already. */
export async function openSession(world: World, email: string, answer: Partial<Answer> = {}) {
  const { browser, finished } = await world.login(email, answer)
  if (finished?.status !== 302) throw new Error('nobody is signed in')
  return browser
}

/** Asks in a browser in which somebody is signed in, and says what came to the redirect URI. */
export async function askIn(browser: Browser, app: App, more: Record<string, string> = {}) {
  const asked = await app.ask(more)
  const response = await browser.get(asked.path)
  const location = response.headers.get('location')
  const callback = location?.startsWith(REDIRECT_URI) ? new URL(location) : undefined
  return { ...asked, response, location, callback, code: callback?.searchParams.get('code') ?? '' }
}

/** A new user of the world, signed in, and the tokens of an app for them. */
export async function signInWith(app: App, world: World, more: Record<string, string> = {}) {
  const email = `user-${crypto.randomUUID()}@tenant.example`
  const userSid = await world.addUser(email)
  const browser = await openSession(world, email)
  const asked = await askIn(browser, app, more)
  const tokens = await app.redeem(asked.callback!, asked.checks)
  return { ...asked, userSid, email, browser, tokens }
}

/** A request to one of our endpoints for programs, as no library would make it. */
export async function post(
  path: string,
  fields: Record<string, string> | string,
  headers: Record<string, string> = {},
  environment: Env = env,
) {
  const response = await askApp(
    app,
    `${ORIGIN}${path}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    },
    environment,
  )
  const text = await response.text()
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, string>)
  return { status: response.status, headers: response.headers, body }
}

export function basic({ client, secret }: Pick<App, 'client' | 'secret'>) {
  return { authorization: `Basic ${btoa(`${client.sid}:${secret}`)}` }
}

/** What the app sends to change a code for tokens. */
export function codeFields(code: string, { verifier }: Checks): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  }
}

async function inflate(parameter: string): Promise<string> {
  const bytes = Uint8Array.from(atob(parameter), (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Response(stream).text()
}
