// What may be registered: each field, and what none of them takes.
import { describe, expect, it } from 'vitest'
import { checkClient, MOST_URIS, type ClientFields } from '../../src/clients/fields.ts'
import { URI_LENGTH } from '../../src/clients/uri-rules.ts'
import { codeOf } from '../support/request.ts'

const APP = 'https://app.example.com'
const FIELDS: ClientFields = {
  name: 'App',
  clientType: 'confidential',
  redirectURIs: [`${APP}/callback`],
  postLogoutRedirectURIs: [],
  returnOrigins: [],
  passwordLoginURL: null,
  initiateLoginURI: null,
  backchannelLogoutURI: null,
  sessionDays: 0,
  refreshTokens: 'offline_access',
  accessTokenSeconds: 3600,
  idTokenSignedResponseAlg: 'RS256',
  pkce: 'required',
  isDefault: false,
}

const check = (fields: Partial<ClientFields>, allowLocal = false) =>
  codeOf(checkClient({ ...FIELDS, ...fields }, allowLocal))

/** The fields that a browser is sent to. */
const WEB = {
  redirectURIs: (url: string) => ({ redirectURIs: [url] }),
  postLogoutRedirectURIs: (url: string) => ({ postLogoutRedirectURIs: [url] }),
}
const HTTPS = {
  passwordLoginURL: (url: string) => ({ passwordLoginURL: url }),
  initiateLoginURI: (url: string) => ({ initiateLoginURI: url }),
  backchannelLogoutURI: (url: string) => ({ backchannelLogoutURI: url }),
}

/** What no URL of a client is. */
const WRONG: Readonly<Record<string, string>> = {
  http: 'http://app.example.com/callback',
  'a scheme of its own': 'com.example.app:/callback',
  javascript: 'javascript:alert(1)',
  data: 'data:text/html,hello',
  'a relative path': '/callback',
  'no scheme': '//app.example.com/callback',
  'a fragment': `${APP}/callback#here`,
  'an empty fragment': `${APP}/callback#`,
  'a wildcard host': 'https://*.example.com/callback',
  'a wildcard path': `${APP}/*`,
  'a user name': 'https://app@app.example.com/callback',
  'user name and password': 'https://app:secret@app.example.com/callback',
  'dot segments': `${APP}/a/../callback`,
  'a back slash': `https://app.example.com\\@evil.example/`,
  'a host in capitals': 'https://APP.example.com/callback',
  'the default port': 'https://app.example.com:443/callback',
  'one slash': 'https:app.example.com/callback',
  'a blank': `${APP}/call back`,
  'a line end': `${APP}/callback\n`,
  'a letter outside ASCII': `${APP}/zurück`,
  nothing: '',
  'loopback that is only a beginning': 'http://localhost.example.com/callback',
  'loopback that is only a user name': 'http://localhost@evil.example/callback',
  'more than its length': `${APP}/${'a'.repeat(URI_LENGTH)}`,
}

describe('a URL of a client', () => {
  for (const [field, of] of Object.entries({ ...WEB, ...HTTPS })) {
    for (const [what, url] of Object.entries(WRONG))
      it(`endpoint_url: ${field} takes no URL with ${what}`, () => {
        expect(check(of(url))).toEqual(['endpoint_url', field])
        // Not even where everything may be by http on localhost.
        expect(check(of(url), true)).toEqual(['endpoint_url', field])
      })

    it(`${field} is https, with or without a query`, () => {
      for (const url of [`${APP}/x`, APP, `${APP}/`, `${APP}:8443/x?a=b&c=%20`])
        expect([url, check(of(url))]).toEqual([url, [null]])
    })
  }

  it('may be http only on loopback, for a browser redirect (RFC 8252 §7.3)', () => {
    for (const of of Object.values(WEB))
      for (const host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080'])
        expect([host, check(of(`http://${host}/callback`))]).toEqual([host, [null]])
  })

  it('is https, unless Gatepost itself is on localhost', () => {
    for (const [field, of] of Object.entries(HTTPS)) {
      expect(check(of('http://localhost:8080/x'))).toEqual(['endpoint_url', field])
      expect(check(of('http://localhost:8080/x'), true)).toEqual([null])
      expect(check(of('http://app.example.com/x'), true)).toEqual(['endpoint_url', field])
    }
  })

  it('endpoint_private: is public if we call it ourselves', () => {
    for (const host of [
      '10.0.0.1',
      '127.0.0.1',
      '[::1]',
      '[::ffff:a00:1]',
      '169.254.169.254',
      'localhost',
      'app.internal',
      'intranet',
    ])
      expect([host, check({ backchannelLogoutURI: `https://${host}/logout` })]).toEqual([
        host,
        ['endpoint_private', 'backchannelLogoutURI'],
      ])
    const local = 'https://10.0.0.1/logout'
    expect(check({ backchannelLogoutURI: local }, true)).toEqual([
      'endpoint_private',
      'backchannelLogoutURI',
    ])
  })
})

describe('a list of a client', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `${APP}/${index}`)

  it('has so many and no more', () => {
    expect(check({ redirectURIs: [] })).toEqual(['input', 'redirectURIs'])
    expect(check({ redirectURIs: many(MOST_URIS) })).toEqual([null])
    expect(check({ redirectURIs: many(MOST_URIS + 1) })).toEqual(['input', 'redirectURIs'])
    expect(check({ postLogoutRedirectURIs: many(MOST_URIS + 1) })).toEqual([
      'input',
      'postLogoutRedirectURIs',
    ])
  })

  it('has each once', () => {
    expect(check({ redirectURIs: [APP, APP] })).toEqual(['input', 'redirectURIs'])
  })

  it('of return origins has origins and nothing more', () => {
    for (const origin of [APP, `${APP}:8443`, 'http://localhost:8080'])
      expect([origin, check({ returnOrigins: [origin] })]).toEqual([origin, [null]])
    for (const wrong of [`${APP}/`, `${APP}/path`, `${APP}?a`, 'http://app.example.com', 'null'])
      expect([wrong, check({ returnOrigins: [wrong] })]).toEqual([
        wrong,
        ['endpoint_url', 'returnOrigins'],
      ])
  })
})

describe('a client', () => {
  it('has a name', () => {
    for (const name of ['', ' App', 'a'.repeat(201)])
      expect([name, check({ name })]).toEqual([name, ['input', 'name']])
  })

  it('is of a type that is offered, and its tokens of an algorithm that is', () => {
    for (const clientType of ['confidential', 'public'] as const)
      expect(check({ clientType })).toEqual([null])
    expect(check({ clientType: 'native' as 'public' })).toEqual(['input', 'clientType'])
    for (const idTokenSignedResponseAlg of ['RS256', 'ES256'] as const)
      expect(check({ idTokenSignedResponseAlg })).toEqual([null])
    for (const alg of ['none', 'HS256', 'PS256'])
      expect(check({ idTokenSignedResponseAlg: alg as 'RS256' })).toEqual([
        'input',
        'idTokenSignedResponseAlg',
      ])
  })

  it('may go without PKCE only with a secret', () => {
    expect(check({ clientType: 'confidential', pkce: 'optional' })).toEqual([null])
    expect(check({ clientType: 'public', pkce: 'required' })).toEqual([null])
    expect(check({ clientType: 'public', pkce: 'optional' })).toEqual(['input', 'pkce'])
  })

  it('is the default only with an initiate_login_uri', () => {
    expect(check({ isDefault: true })).toEqual(['input', 'initiateLoginURI'])
    expect(check({ isDefault: true, initiateLoginURI: `${APP}/sign-in` })).toEqual([null])
  })
})
