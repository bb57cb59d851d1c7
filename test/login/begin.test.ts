import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { connections } from '../../src/platform/db/schema.ts'
import { decodeBase64 } from '../../src/base64.ts'
import { parseCertificate } from '../../src/saml/signature/certificate.ts'
import { readStrictXml } from '../../src/saml/xml/strict-xml.ts'
import { verifySignatures } from '../../src/saml/signature/signature.ts'
import { childElements } from '../../src/saml/xml/strict-tree.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { certificateOf, publicKeyOf } from '../support/keys.ts'
import { createWorld, db } from '../support/world.ts'

describe('HTTP-Redirect', () => {
  it('sends a request that names our ACS and no other', async () => {
    const world = await createWorld()
    const { xml, url } = await world.begin(openBrowser())
    expect(url.origin + url.pathname).toBe('https://idp.tenant.example/sso')
    expect(xml).toContain(`AssertionConsumerServiceURL="${ORIGIN}${world.acs}"`)
    expect(xml).toContain(
      `<saml:Issuer>${ORIGIN}/saml/${world.connectionSid}/metadata</saml:Issuer>`,
    )
    expect(xml).toContain('Destination="https://idp.tenant.example/sso"')
    expect(xml).toMatch(/ ID="_[A-Za-z0-9_-]{43}"/)
    expect(xml).not.toContain('ForceAuthn')
  })

  it('signs SAMLRequest, RelayState and SigAlg as they stand in the query', async () => {
    const world = await createWorld()
    const { url } = await world.begin(openBrowser())
    const [signed, signature] = url.search.slice(1).split('&Signature=') as [string, string]
    expect(signed).toMatch(/^SAMLRequest=[^&]+&RelayState=[^&]+&SigAlg=[^&]+$/)
    expect(signed).toContain(
      'SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256',
    )
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('spki', publicKeyOf('sp'), algorithm, false, [
      'verify',
    ])
    const value = decodeBase64(decodeURIComponent(signature))!
    const octets = new TextEncoder().encode(signed)
    expect(await crypto.subtle.verify(algorithm.name, key, value, octets)).toBe(true)
  })

  it('keeps the query that the sign-in URL has', async () => {
    const world = await createWorld({
      connection: { ssoRedirectURL: 'https://idp.tenant.example/sso?idpid=C01' },
    })
    const { url } = await world.begin(openBrowser())
    expect(url.search).toMatch(/^\?idpid=C01&SAMLRequest=/)
  })

  it('omits the signature if the connection does not sign requests', async () => {
    const world = await createWorld({ connection: { signRequests: false } })
    const { url } = await world.begin(openBrowser())
    expect([...url.searchParams.keys()]).toEqual(['SAMLRequest', 'RelayState'])
  })

  it('requests what the connection’s settings want', async () => {
    const context = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
    const world = await createWorld({
      connection: {
        forceAuthn: true,
        nameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        requestedAuthnContext: [context],
      },
    })
    const { xml } = await world.begin(openBrowser())
    expect(xml).toContain(' ForceAuthn="true"')
    expect(xml).toContain(
      '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" AllowCreate="true">',
    )
    expect(xml).toContain(
      `<samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef>${context}</saml:AuthnContextClassRef>`,
    )
  })
})

describe('HTTP-POST', () => {
  it('answers with a form whose request has an enveloped signature behind its Issuer', async () => {
    const world = await createWorld({ connection: { requestBinding: 'HTTP-POST' } })
    const response = await openBrowser().get(`/sso/${world.connectionSid}`)
    expect(response.status).toBe(200)
    const page = await response.text()
    expect(page).toContain('<form method="post" action="https://idp.tenant.example/sso">')
    const field = /name="SAMLRequest" value="([^"]+)"/.exec(page)![1]!
    const read = readStrictXml(new TextDecoder().decode(decodeBase64(field)))
    if (!read.ok) throw new Error(read.error.code)
    const root = read.value
    const [issuer, signature] = childElements(root)
    expect([issuer, signature].map((one) => one!.qualifiedName)).toEqual([
      'saml:Issuer',
      'ds:Signature',
    ])
    const message = new TextDecoder().decode(decodeBase64(field))
    expect([...message.matchAll(/ Algorithm="([^"]*)"/g)].map(([, uri]) => uri)).toEqual([
      'http://www.w3.org/2001/10/xml-exc-c14n#',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/2001/10/xml-exc-c14n#',
      'http://www.w3.org/2001/04/xmlenc#sha256',
    ])
    expect(message).toContain(
      `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificateOf('sp')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`,
    )
    const certificate = await parseCertificate(certificateOf('sp'))
    const verified = await verifySignatures([{ element: root, signature: signature! }], {
      certificates: [certificate.ok ? certificate.value : (undefined as never)],
      allow: new Set(),
    })
    expect(verified).toMatchObject({ ok: true, value: { tree: { name: 'AuthnRequest' } } })
  })

  it('lets the form post to the IdP and lets only its own script run', async () => {
    const world = await createWorld({ connection: { requestBinding: 'HTTP-POST' } })
    const response = await openBrowser().get(`/sso/${world.connectionSid}`)
    const policy = response.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain('form-action https://idp.tenant.example https:')
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)![1]!
    expect(await response.text()).toContain(`<script nonce="${nonce}">`)
  })

  it('is used if the IdP offers no other binding', async () => {
    const world = await createWorld({ connection: { ssoRedirectURL: null } })
    const response = await openBrowser().get(`/sso/${world.connectionSid}`)
    expect(await response.text()).toContain('name="SAMLRequest"')
  })
})

describe('the browser', () => {
  it('gets a login cookie that scripts and other hosts cannot touch', async () => {
    const world = await createWorld()
    const response = await openBrowser().get(`/sso/${world.connectionSid}`)
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(
      /^__Host-login-[0-9a-f]{8}[\w-]{16}=[\w-]{150,400}; Max-Age=1800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  it.each([
    ['one after the other', false],
    ['at the same moment', true],
  ])('finishes two logins that it began in two tabs, %s', async (_how, together) => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const browser = openBrowser()
    const begun = together ? [world.begin(browser), world.begin(browser)] : []
    const first = await (begun[0] ?? world.begin(browser))
    const second = await (begun[1] ?? world.begin(browser))
    expect(browser.cookies.size).toBe(2)
    expect(first.relayState).not.toBe(second.relayState)
    for (const { requestID, relayState } of [second, first]) {
      const message = await world.idp(requestID).respond({
        attributes: { email: 'alice@tenant.example', firstName: 'A', lastName: 'B' },
      })
      const arrived = await world.deliver(browser, message, relayState)
      expect((await browser.get(arrived.headers.get('location')!)).status).toBe(302)
    }
    expect((await world.rows()).sessions).toHaveLength(2)
  })
})

describe('no one can begin', () => {
  const code = async (response: Response) => ({
    status: response.status,
    title: /<h1>([^<]+)</.exec(await response.text())?.[1],
  })

  it.each([
    ['connection_suspended', { connection: { state: 'suspended' } }, 'suspended for your company'],
    ['connection_suspended', { tenant: { suspendedAt: 1 } }, 'suspended for your company'],
    ['connection_not_ready', { connection: { state: 'draft' } }, 'not set up for your company yet'],
    ['plan_required', { tenant: { plan: 'standard' } }, 'not part of your company’s plan'],
    [
      'connection_not_ready',
      { connection: { ssoRedirectURL: null, ssoPostURL: null } },
      'not set up for your company yet',
    ],
    [
      'connection_not_ready',
      {
        connection: {
          ssoRedirectURL: 'http://idp.tenant.example/sso',
          ssoPostURL: 'javascript:alert(1)',
        },
      },
      'not set up for your company yet',
    ],
  ] as const)('%s: %o', async (_code, settings, title) => {
    const world = await createWorld(settings)
    const answer = await code(await openBrowser().get(`/sso/${world.connectionSid}`))
    expect(answer).toMatchObject({ status: 403, title: expect.stringContaining(title) })
  })

  it('connection_unknown: at a connection that does not exist', async () => {
    for (const sid of [`CN${'0'.repeat(32)}`, 'CN1', "CN'--"]) {
      const response = await openBrowser().get(`/sso/${sid}`)
      expect(response.status).toBe(404)
      expect(await response.text()).toContain('Unknown sign-in address')
    }
  })

  it('sees a change of the connection at once', async () => {
    const world = await createWorld()
    await world.begin(openBrowser())
    await db
      .update(connections)
      .set({ state: 'suspended' })
      .where(eq(connections.sid, world.connectionSid))
    expect((await openBrowser().get(`/sso/${world.connectionSid}`)).status).toBe(403)
  })
})
