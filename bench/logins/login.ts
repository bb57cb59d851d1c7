// One whole login over HTTP, from the service's link to a session, or from an app to userinfo.
import { inflateRawSync } from 'node:zlib'
import { createFakeIdp, toField } from '../../test/support/fake-idp.ts'
import { openBrowser, send, type Client } from './browser.ts'
import { APP, DONE, IDP, type Service } from './service.ts'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

/** About 8 KB, as large IdPs send by default, with some groups. */
const ATTRIBUTES = {
  email: 'alice@tenant.example',
  firstName: 'Alice',
  lastName: 'Ämter & Söhne',
  id: 'alice',
  [`${CLAIMS}/emailaddress`]: 'alice@tenant.example',
  [`${CLAIMS}/givenname`]: 'Alice',
  [`${CLAIMS}/surname`]: 'Ämter & Söhne',
  [`${CLAIMS}/name`]: 'alice@tenant.example',
  'http://schemas.microsoft.com/identity/claims/displayname': 'Alice Ämter & Söhne',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': Array.from(
    { length: 24 },
    (_, index) => `6f1c0e9a-7d35-4a43-9d0a-0f3a5b7f2c${index + 10}`,
  ),
  department: 'Engineering',
  jobtitle: 'Analyst & Programmer',
  telephonenumber: '+44 20 7946 0000',
}

/** Throws unless the login ends as it should. */
export async function login(service: Service, client: Client): Promise<void> {
  const browser = openBrowser(client)
  const begun = await browser.go(new URL(service.startURL))
  const request = begun.url.searchParams.get('SAMLRequest')
  if (!request) throw unexpected('begin', begun)
  const form = new URLSearchParams({
    SAMLResponse: await sign(service, idOf(request)),
    RelayState: begun.url.searchParams.get('RelayState') ?? '',
  })
  const landed = await browser.go(new URL(service.sp.acsURL), {
    form,
    until: DONE,
    sendsCookies: service.sendsCookies ?? false,
  })
  if (service.kind === 'saml') {
    if (landed.url.pathname !== DONE || browser.cookies.size === 0)
      throw unexpected('the session', landed)
    return
  }
  const code = landed.url.searchParams.get('code')
  if (!code) throw unexpected('the code', landed)
  await redeem(service, client, code)
}

async function redeem(service: Service, client: Client, code: string): Promise<void> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: APP.redirectURI,
    client_id: service.clientID ?? APP.clientSid,
    client_secret: service.clientSecret ?? APP.clientSecret,
  })
  if (service.codeVerifier) body.set('code_verifier', service.codeVerifier)
  const none = new Map<string, string>()
  const tokens = await send(client, new URL(service.tokenURL!), none, body.toString())
  const { access_token: token } = JSON.parse(tokens.text) as { access_token?: string }
  if (!token) throw new Error(`no token: ${tokens.status} ${tokens.text.slice(0, 300)}`)
  const authorization = `Bearer ${token}`
  const who = await send(client, new URL(service.userinfoURL!), none, undefined, { authorization })
  if (who.status !== 200 || !who.text.includes('alice'))
    throw new Error(`no userinfo: ${who.status} ${who.text.slice(0, 300)}`)
}

async function sign({ sp }: Service, inResponseTo: string): Promise<string> {
  const idp = createFakeIdp({
    entityID: IDP.entityID,
    key: 'idp',
    sp,
    now: Date.now(),
    inResponseTo,
  })
  return toField(await idp.respond({ attributes: ATTRIBUTES, sign: ['Assertion'] }))
}

/** The ID of an AuthnRequest of the HTTP-Redirect binding. */
export function idOf(request: string): string {
  const xml = inflateRawSync(Buffer.from(request, 'base64')).toString()
  const [, id] = / ID="([^"]+)"/.exec(xml) ?? []
  if (id === undefined) throw new Error('an AuthnRequest without ID')
  return id
}

function unexpected(
  what: string,
  { status, url, text }: { status: number; url: URL; text: string },
) {
  const error = url.searchParams.get('error_description') ?? ''
  const words = error + text.replaceAll(/<style.*?<\/style>|<[^>]*>|\s+/gs, ' ').slice(0, 300)
  return new Error(`${what} is missing: ${status} at ${url.origin}${url.pathname}: ${words}`)
}
