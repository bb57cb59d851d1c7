// What the demo IdP answers to each path. Posts to the one configured ACS URL only. Keeps no
// session: every login asks for the password, except the one that an SP begins at once after a
// login that began here.
import { timingSafeEqual } from 'node:crypto'
import { people, type Person } from '../customer.ts'
import type { IdpConfig } from './config.ts'
import { createMemory } from './memory.ts'
import { renderMetadata } from './metadata.ts'
import * as pages from './pages.ts'
import { readAuthnRequest, type AuthnRequest } from './request.ts'
import { createFailure, createResponse } from './response.ts'

export type Visit = {
  config: IdpConfig
  method: 'GET' | 'POST'
  /** Of the query, or of the form that was posted. */
  parameters: Record<string, string>
  cookies: Record<string, string>
}

/** HTML, with status 200 by default. */
export type Answer = { status?: number; type?: string; cookie?: string; body: string }

type Login = {
  /** The ID of the AuthnRequest; undefined: the login began here. */
  inResponseTo: string | undefined
  relayState: string | undefined
}

const justLoggedInCookie = 'demo_idp_just_logged_in'
const justLoggedInSeconds = 60
const pendingLogins = createMemory<Login>(1000, 600)
const justLoggedIn = createMemory<Person>(1000, justLoggedInSeconds)

export const routes: Record<string, (visit: Visit) => Answer | Promise<Answer>> = {
  'GET /': ({ config }) => ({ body: pages.renderHome(config.vendor, config.startURL) }),
  'GET /metadata': ({ config }) => ({
    type: 'application/samlmetadata+xml',
    body: renderMetadata(config),
  }),
  'GET /sso': beginLogin,
  'POST /sso': beginLogin,
  'GET /unsolicited': ({ config, parameters }) =>
    askForPassword(config, { inResponseTo: undefined, relayState: parameters.RelayState }),
  'POST /login': completeLogin,
  'GET /signed-out': showSignedOut,
  'POST /signed-out': showSignedOut,
}

async function beginLogin({ config, method, parameters, cookies }: Visit): Promise<Answer> {
  let request: AuthnRequest
  try {
    const binding = method === 'GET' ? 'HTTP-Redirect' : 'HTTP-POST'
    request = await readAuthnRequest(config, binding, parameters)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { status: 400, body: pages.renderError('This sign-in request cannot be used', reason) }
  }
  const login = { inResponseTo: request.id, relayState: parameters.RelayState }
  const handle = cookies[justLoggedInCookie] ?? ''
  const person = justLoggedIn.find(handle)
  justLoggedIn.remove(handle)
  return person && !request.forceAuthn
    ? vouchFor(config, person, login)
    : askForPassword(config, login)
}

function askForPassword(config: IdpConfig, login: Login): Answer {
  const pending = pendingLogins.add(login)
  return { body: pages.renderLogin({ vendor: config.vendor, pending, failed: false }) }
}

async function completeLogin({ config, parameters }: Visit): Promise<Answer> {
  const { pending = '', username = '', password = '', action } = parameters
  const login = pendingLogins.find(pending)
  if (!login) {
    const detail = 'It took longer than ten minutes, or it is done already. Begin again.'
    return { status: 400, body: pages.renderError('There is no such login', detail) }
  }
  if (action === 'cancel') {
    pendingLogins.remove(pending)
    return postBack(config, createFailure(config, login.inResponseTo), login)
  }
  const person = people.find((candidate) => candidate.username === username)
  if (!person || !isSame(person.password, password)) {
    const body = pages.renderLogin({ vendor: config.vendor, pending, failed: true })
    return { status: 403, body }
  }
  pendingLogins.remove(pending)
  const answer = await vouchFor(config, person, login)
  // An SP may answer an unsolicited login with a request of its own: asking twice would look like a
  // fault.
  return login.inResponseTo ? answer : { ...answer, cookie: createCookie(justLoggedIn.add(person)) }
}

async function vouchFor(config: IdpConfig, person: Person, login: Login): Promise<Answer> {
  return postBack(config, await createResponse(config, person, login.inResponseTo), login)
}

function postBack(config: IdpConfig, xml: string, { relayState }: Login): Answer {
  const body = pages.renderAutoPost(config.sp.acsURL, {
    SAMLResponse: Buffer.from(xml).toString('base64'),
    ...(relayState !== undefined && { RelayState: relayState }),
  })
  return { body }
}

function showSignedOut({ config, method }: Visit): Answer {
  return { body: pages.renderSignedOut(method, config.vendor, config.startURL) }
}

function createCookie(handle: string): string {
  const attributes = `Path=/sso; Max-Age=${justLoggedInSeconds}; HttpOnly; SameSite=Lax`
  return `${justLoggedInCookie}=${handle}; ${attributes}`
}

function isSame(expected: string, received: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(received)]
  return one.length === other.length && timingSafeEqual(one, other)
}
