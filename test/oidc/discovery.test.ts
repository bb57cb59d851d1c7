// What clients read about us: the document under both of its addresses, and the keys.
import { expect, it } from 'vitest'
import { openBrowser, ORIGIN } from '../support/browser.ts'

const DOCUMENT = '/.well-known/openid-configuration'
const read = async (path: string) => {
  const response = await openBrowser().send(path, {})
  return { response, body: (await response.json()) as Record<string, unknown> }
}

it('contains all that OpenID Connect Discovery requires, and what is not supported', async () => {
  const { body } = await read(DOCUMENT)
  expect(body).toMatchObject({
    issuer: ORIGIN,
    authorization_endpoint: `${ORIGIN}/oauth2/authorize`,
    token_endpoint: `${ORIGIN}/oauth2/token`,
    userinfo_endpoint: `${ORIGIN}/oauth2/userinfo`,
    jwks_uri: `${ORIGIN}/oauth2/jwks`,
    revocation_endpoint: `${ORIGIN}/oauth2/revoke`,
    end_session_endpoint: `${ORIGIN}/oauth2/logout`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'form_post'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: ['openid', 'email', 'profile', 'offline_access'],
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  })
  expect(JSON.stringify(body)).not.toMatch(/role|group/)
})

it('is the same for OAuth clients (RFC 8414)', async () => {
  const { body } = await read('/.well-known/oauth-authorization-server')
  expect(body).toEqual((await read(DOCUMENT)).body)
})

it('names endpoints that exist', async () => {
  const { body } = await read(DOCUMENT)
  for (const [name, url] of Object.entries(body).filter(([name]) => name.endsWith('_endpoint'))) {
    const path = new URL(url as string).pathname
    const answers = await Promise.all(
      ['GET', 'POST'].map((method) => openBrowser().send(path, { method })),
    )
    expect(
      answers.some(({ status }) => status !== 404),
      name,
    ).toBe(true)
  }
})

it('is read by scripts of any origin, and kept for minutes', async () => {
  for (const path of [DOCUMENT, '/oauth2/jwks']) {
    const { response } = await read(path)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('cache-control')).toBe('public, max-age=300, stale-if-error=21300')
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  }
  const { headers } = await openBrowser().send('/oauth2/authorize', {})
  expect(headers.get('access-control-allow-origin')).toBe(null)
  expect(headers.get('cache-control')).toBe('no-store')
})

it('publishes keys, and nothing private of them', async () => {
  const { body } = await read('/oauth2/jwks')
  const keys = body.keys as Record<string, string>[]
  const kid = expect.stringMatching(/^[\w-]{43}$/)
  const text = expect.any(String)
  const expected = {
    RS256: { kty: 'RSA', alg: 'RS256', use: 'sig', kid, n: text, e: 'AQAB' },
    ES256: { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid, x: text, y: text },
  }
  expect(new Set(keys.map(({ alg }) => alg))).toEqual(new Set(['RS256', 'ES256']))
  for (const key of keys) expect(key).toEqual(expected[key.alg as keyof typeof expected])
})
