// A small web server around a SAML library of npm, which reads and writes every message:
//
//   node test/interop/servers/server.ts samlp|samlify|boxyhq SETTINGS.json
//
//   GET /metadata     GET or POST /sso     GET /unsolicited?sp=ENTITY_ID     POST /login
//
// It keeps no session: each login asks for the password.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { inflateRawSync } from 'node:zlib'
import type { Person } from '../../../examples/demo/customer.ts'
import { escapeMarkup, renderAutoPost } from '../../../examples/demo/idp/pages.ts'
import type { Order, Provider } from '../idp.ts'

export type Settings = Omit<Order, 'root' | 'folder'> & { base: string }

export type Message = {
  method: 'GET' | 'POST'
  /** The query or the body as it came. */
  raw: string
  fields: Record<string, string>
}

export type Backend = {
  metadata: string
  /** The ID of the request, its signature verified. Rejects with the library's reason. */
  readRequest(message: Message, provider: Provider): Promise<string>
  /** A response to the request, or an unsolicited one. XML. */
  respond(provider: Provider, inResponseTo: string | undefined, person: Person): Promise<string>
  /** The person cancelled. */
  fail?(provider: Provider, inResponseTo: string): Promise<string>
}

export type Answer = { status?: number; type?: string; body: string }
type Login = { provider: Provider; id: string | undefined; relayState: string | undefined }

const [, , backendName, settingsPath] = process.argv
const settings = JSON.parse(readFileSync(settingsPath!, 'utf8')) as Settings
const { createBackend } = (await import(`./${backendName}.ts`)) as {
  createBackend(settings: Settings): Promise<Backend>
}
const backend = await createBackend(settings)
const logins = new Map<string, Login>()

function providerOf(entityID: string | undefined): Provider {
  const provider = settings.providers.find((one) => one.entityID === entityID)
  if (!provider) throw new Error(`the service provider ${entityID} is not known`)
  return provider
}

/** Whose request it is. The library then reads it with that provider's settings. */
function issuerOf({ method, fields }: Message): string | undefined {
  const bytes = Buffer.from(fields.SAMLRequest ?? '', 'base64')
  const xml = (method === 'GET' ? inflateRawSync(bytes) : bytes).toString('utf8')
  return /<(?:\w+:)?Issuer[^>]*>([^<]*)</.exec(xml)?.[1]?.replaceAll('&amp;', '&')
}

function askForPassword(login: Login): Answer {
  const token = randomBytes(12).toString('hex')
  logins.set(token, login)
  return {
    body: `<form method="post" action="/login">
<input type="hidden" name="token" value="${token}">
<input name="username"><input name="password" type="password">
<button type="submit" name="action" value="login">Sign in</button>
<button type="submit" name="action" value="cancel">Cancel</button></form>`,
  }
}

async function complete({ token, username, password, action }: Record<string, string>) {
  const login = logins.get(token ?? '')
  const person = settings.people.find((one) => one.username === username)
  if (!login) throw new Error('there is no such login')
  if (action !== 'cancel' && person?.password !== password) throw new Error('wrong password')
  logins.delete(token!)
  const { provider, id, relayState } = login
  const xml =
    action === 'cancel'
      ? await backend.fail!(provider, id!)
      : await backend.respond(provider, id, person!)
  return {
    body: renderAutoPost(provider.acsURL, {
      SAMLResponse: Buffer.from(xml).toString('base64'),
      ...(relayState !== undefined && { RelayState: relayState }),
    }),
  }
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const [path, query = ''] = request.url!.split('?')
  const method = request.method === 'POST' ? 'POST' : 'GET'
  let raw = query
  if (method === 'POST') raw = Buffer.concat(await request.toArray()).toString('utf8')
  const fields = Object.fromEntries(new URLSearchParams(raw))
  const relayState = fields.RelayState
  if (path === '/metadata') return { type: 'application/samlmetadata+xml', body: backend.metadata }
  if (path === '/sso') {
    const message: Message = { method, raw, fields }
    const provider = providerOf(issuerOf(message))
    return askForPassword({
      provider,
      id: await backend.readRequest(message, provider),
      relayState,
    })
  }
  if (path === '/unsolicited')
    return askForPassword({ provider: providerOf(fields.sp), id: undefined, relayState })
  if (path === '/login') return complete(fields)
  return { status: 404, body: 'There is no such page' }
}

createServer((request, response) => {
  answer(request)
    .catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : JSON.stringify(error)
      console.error(error)
      return { status: 400, body: escapeMarkup(String(reason)) } satisfies Answer as Answer
    })
    .then(({ status = 200, type = 'text/html; charset=utf-8', body }) => {
      response.writeHead(status, { 'content-type': type })
      response.end(body)
    }, console.error)
}).listen(settings.port, '127.0.0.1')
