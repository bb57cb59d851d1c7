// The rows that D1 reads for each step of a login, a sign-in decision and the front door, as whole
// requests to the whole Worker.
import { inflateRawSync } from 'node:zlib'
import { createFakeIdp, toField, type Answer as Said } from '../support/fake-idp.ts'
import { CONNECTION, emailOf, ENTITY_ID, PEOPLE } from './seed.ts'
import type { Answer, Server } from './server.ts'

/** E-mails of a batch. */
const MANY = 50

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

  /** From the start to the end, or as far as it comes. */
  async function login(name: string, email: string, options: LoginOptions = {}): Promise<void> {
    const begun = await ask(`/sso/${CONNECTION}?return_to=/${options.isTest ? '&test' : ''}`)
    note(`begin, ${name}`, begun, 302)
    const url = new URL(begun.headers.get('location')!)
    const relayState = url.searchParams.get('RelayState')!
    const message = await respond(origin, url, email, options.said)
    const fields = { SAMLResponse: toField(message), RelayState: relayState }
    const arrived = await ask(`/saml/${CONNECTION}/acs`, form(fields))
    note(`ACS, ${name}`, arrived, options.refused ?? 303)
    if (options.refused) return
    const cookies = begun.headers.getSetCookie().map((line) => line.split(';')[0]!)
    const cookie = options.otherBrowser ? '' : cookies.join('; ')
    const finished = await ask(arrived.headers.get('location')!, { headers: { cookie } })
    note(`finish, ${name}`, finished, options.isTest ? 200 : options.otherBrowser ? 403 : 302)
  }

  await login('the first', PEOPLE.enabled)
  await login('the next', PEOPLE.enabled)
  await login('by an alias', PEOPLE.alias)
  await login('by an alias again', PEOPLE.alias)
  await login('who is enforced', PEOPLE.enforced)
  await login('a test', PEOPLE.enabled, { isTest: true })
  await login('another browser', PEOPLE.enabled, { otherBrowser: true })
  await login('nobody we know', PEOPLE.unknown, { refused: 403 })
  await login('SSO is off', PEOPLE.password, { refused: 403 })
  await login('another key', PEOPLE.enabled, {
    said: { signature: { key: 'attacker' } },
    refused: 403,
  })

  const authorization = `Bearer ${secret}`
  for (const [name, email] of Object.entries(PEOPLE)) {
    const query = new URLSearchParams({ email })
    note(
      `decision, ${name}`,
      await ask(`/api/v1/sign-in-decision?${query}`, { headers: { authorization } }),
      200,
    )
    const status = name === 'enforced' ? 303 : 200
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

type LoginOptions = {
  isTest?: boolean
  otherBrowser?: boolean
  said?: Partial<Said>
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
