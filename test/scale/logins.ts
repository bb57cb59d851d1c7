// The rows that D1 reads for each step of a login, also to an app, a sign-in decision and the front
// door, as whole requests to the whole Worker.
import { createHash, randomBytes } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { NAME_ID_FORMAT } from '../../src/saml/names.ts'
import { createFakeIdp, toField, type Answer as Said } from '../support/fake-idp.ts'
import { CONNECTION, emailOf, ENTITY_ID, PEOPLE } from './seed.ts'
import type { Answer, Server } from './server.ts'

/** E-mails of a batch. */
const MANY = 50

const REDIRECT_URI = 'https://app.vendor.example/callback'

export type Rows = Record<string, number>

export async function readLogins(server: Server, secret: string): Promise<Rows> {
  const { ask, origin } = server
  const rows: Rows = {}
  const note = (name: string, { status, body, cost }: Answer, expected: number) => {
    if (status !== expected) throw new Error(`${name} answered ${status}: ${JSON.stringify(body)}`)
    rows[name] = cost.rowsRead
  }
  const form = (fields: Record<string, string>): RequestInit => ({
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin },
  })

  /** From the start to the end, or as far as it comes: to where the browser goes then. */
  async function login(
    name: string,
    email: string,
    options: LoginOptions = {},
  ): Promise<string | null> {
    const own = `/sso/${CONNECTION}?return_to=/${options.isTest ? '&test' : ''}`
    const begun = await ask(options.authorize ?? own)
    note(`${options.authorize ? 'authorize' : 'begin'}, ${name}`, begun, 302)
    const url = new URL(begun.headers.get('location')!)
    const relayState = url.searchParams.get('RelayState')!
    const message = await respond(origin, url, email, options.said)
    const fields = { SAMLResponse: toField(message), RelayState: relayState }
    const arrived = await ask(`/saml/${CONNECTION}/acs`, form(fields))
    note(`ACS, ${name}`, arrived, options.refused ?? 303)
    if (options.refused) return null
    const cookies = begun.headers.getSetCookie().map((line) => line.split(';')[0]!)
    const cookie = options.otherBrowser ? '' : cookies.join('; ')
    const finished = await ask(arrived.headers.get('location')!, { headers: { cookie } })
    note(`finish, ${name}`, finished, options.finished ?? 302)
    return finished.headers.get('location')
  }

  /** From the authorization request of an app to the claims that it reads. */
  async function loginToApp(name: string, client: AppClient): Promise<void> {
    const verifier = randomBytes(32).toString('base64url')
    const query = new URLSearchParams({
      client_id: client.sid,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid email profile',
      state: 'state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      login_hint: PEOPLE.inApp,
    })
    const authorize = `/oauth2/authorize?${query}`
    const callback = new URL((await login(name, PEOPLE.inApp, { authorize, finished: 303 }))!)
    const code = callback.searchParams.get('code')
    if (!code) throw new Error(`${name} came back without a code: ${callback.search}`)
    const basic = Buffer.from(`${client.sid}:${client.secret}`).toString('base64')
    const token = await ask('/oauth2/token', {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT_URI,
        code_verifier: verifier,
      }),
    })
    note(`token, ${name}`, token, 200)
    const bearer = { authorization: `Bearer ${(token.body as AccessToken).access_token}` }
    note(`userinfo, ${name}`, await ask('/oauth2/userinfo', { headers: bearer }), 200)
  }

  await login('the first', PEOPLE.enabled)
  await login('the next', PEOPLE.enabled)
  await login('by an alias', PEOPLE.alias)
  await login('by an alias again', PEOPLE.alias)
  await login('who is enforced', PEOPLE.enforced)
  await login('a test', PEOPLE.enabled, { isTest: true, finished: 200 })
  await login('another browser', PEOPLE.enabled, { otherBrowser: true, finished: 403 })
  await login('nobody we know', PEOPLE.unknown, { refused: 403 })
  await login('SSO is off', PEOPLE.password, { refused: 403 })
  await login('another key', PEOPLE.enabled, {
    said: { signature: { key: 'attacker' } },
    refused: 403,
  })

  const nameIDFormat = NAME_ID_FORMAT.persistent
  const said = { nameID: 'persistent-5', nameIDFormat }
  await login('a persistent NameID, the first', PEOPLE.persistent, { said })
  await login('a persistent NameID, the next', PEOPLE.persistent, { said })
  const changed = { nameID: 'persistent-of-nobody', nameIDFormat }
  await login('another NameID', PEOPLE.persistent, { said: changed, refused: 403 })
  await login("a colleague's NameID", PEOPLE.enabled, { said, refused: 403 })

  const authorization = `Bearer ${secret}`
  const registered = await ask('/api/v1/clients', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'App', redirectURIs: [REDIRECT_URI] }),
  })
  if (registered.status !== 201) throw new Error(`no app: ${JSON.stringify(registered.body)}`)
  // The first reader of the keys makes one.
  await ask('/oauth2/jwks')
  await loginToApp('to an app, the first', registered.body as AppClient)
  await loginToApp('to an app, the next', registered.body as AppClient)

  for (const [name, email] of Object.entries(PEOPLE)) {
    const query = new URLSearchParams({ email })
    note(
      `decision, ${name}`,
      await ask(`/api/v1/sign-in-decision?${query}`, { headers: { authorization } }),
      200,
    )
    const status = name === 'enforced' || name === 'inApp' ? 303 : 200
    note(`front door, ${name}`, await ask('/login', form({ email })), status)
  }
  const emails = Array.from({ length: MANY }, (_, number) => emailOf(number))
  const decided = await ask('/api/v1/sign-in-decisions', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ emails }),
  })
  note(`decisions, ${MANY} e-mails`, decided, 200)
  rows[`decisions, an e-mail of ${MANY}`] = Math.ceil(decided.cost.rowsRead / MANY)
  return rows
}

type AppClient = { sid: string; secret: string }
type AccessToken = { access_token: string }

type LoginOptions = {
  /** The authorization request of an app that begins it. */
  authorize?: string
  isTest?: boolean
  otherBrowser?: boolean
  said?: Partial<Said>
  /** The status of its last step; 302 by default. */
  finished?: number
  /** The status with which the ACS refuses it. */
  refused?: number
}

function respond(
  origin: string,
  url: URL,
  email: string,
  said: Partial<Said> = {},
): Promise<string> {
  const request = Buffer.from(url.searchParams.get('SAMLRequest')!, 'base64')
  const requestID = / ID="([^"]+)"/.exec(inflateRawSync(request).toString())![1]!
  const base = `${origin}/saml/${CONNECTION}`
  const idp = createFakeIdp({
    entityID: ENTITY_ID,
    key: 'idp',
    sp: { entityID: `${base}/metadata`, acsURL: `${base}/acs` },
    now: Date.now(),
    inResponseTo: requestID,
  })
  return idp.respond({
    nameID: email,
    attributes: { email, firstName: 'Pat', lastName: 'Doe' },
    ...said,
  })
}
