// samlp as the library of server.ts.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Person } from '../../../examples/demo/customer.ts'
import type { Provider } from '../idp.ts'
import type { Backend, Settings } from './server.ts'

type Callback<T> = (error: unknown, value: T) => void
type Middleware = (request: object, response: object, next: (error: unknown) => void) => void

/** What is used of samlp, which brings no types. */
type Samlp = {
  parseRequest(request: object, options: object, callback: Callback<{ id: string }>): void
  getSamlResponse(options: object, user: Person, callback: Callback<string>): void
  metadata(options: object): Middleware
  sendError(options: object): Middleware
}

const samlp = createRequire(import.meta.url)('samlp') as Samlp
const FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const STATUS = 'urn:oasis:names:tc:SAML:2.0:status'

const promised = <T>(ask: (callback: Callback<T>) => void) =>
  new Promise<T>((resolve, reject) => {
    ask((error, value) => (error ? reject(error) : resolve(value)))
  })

/** What a middleware of samlp answers. */
function answerOf(middleware: Middleware, request: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const response = { set() {}, send: (body: unknown) => resolve(String(body)) }
    middleware(request, response, reject)
  })
}

/** samlp calls it with `new`, and reads the claims of its metadata from the prototype. */
function createProfile({ username: uid, mail, givenName, sn, displayName }: Person) {
  return {
    getClaims: () => ({ uid, mail, givenName, sn, displayName }),
    getNameIdentifier: () => ({ nameIdentifier: mail, nameIdentifierFormat: FORMAT }),
  }
}
createProfile.prototype.metadata = []

const CIPHERS = {
  'aes128-gcm': 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'aes256-gcm': 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'aes128-cbc': 'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'aes256-cbc': 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  'tripledes-cbc': 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc',
}

export async function createBackend(settings: Settings): Promise<Backend> {
  const [key, cert] = [readFileSync(settings.key), readFileSync(settings.certificate)]
  const spCertificate = readFileSync(settings.spCertificate, 'utf8')
  const issuer = `${settings.base}/metadata`

  const optionsOf = ({ entityID, acsURL, setting }: Provider, inResponseTo?: string) => ({
    issuer,
    key,
    cert,
    inResponseTo,
    profileMapper: createProfile,
    audience: entityID,
    recipient: acsURL,
    destination: acsURL,
    signatureAlgorithm: setting.algorithm,
    digestAlgorithm: setting.algorithm.replace('rsa-', ''),
    signResponse: setting.sign !== 'assertion',
    signAssertion: setting.sign !== 'response',
    lifetimeInSeconds: 600,
    sessionIndex: '_session-1',
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    ...(setting.encrypt !== 'none' && {
      encryptionCert: spCertificate,
      encryptionPublicKey: spCertificate,
      encryptionAlgorithm: CIPHERS[setting.encrypt],
      disallowEncryptionWithInsecureAlgorithm: false,
      warnOnInsecureEncryptionAlgorithm: false,
    }),
  })

  return {
    metadata: await answerOf(
      samlp.metadata({
        issuer,
        cert,
        profileMapper: createProfile,
        logoutEndpointPaths: {},
        redirectEndpointPath: '/sso',
        postEndpointPath: '/sso',
      }),
      {
        headers: { host: new URL(settings.base).host },
        protocol: 'http',
        originalUrl: '/metadata',
        url: '/metadata',
        connection: {},
      },
    ),
    async readRequest({ method, fields }) {
      const request =
        method === 'GET' ? { method, query: fields, body: {} } : { method, query: {}, body: fields }
      const options = { signingCert: spCertificate, deflate: method === 'GET' }
      const { id } = await promised<{ id: string }>((callback) =>
        samlp.parseRequest(request, options, callback),
      )
      return id
    },
    respond: (provider, inResponseTo, person) =>
      promised((callback) =>
        samlp.getSamlResponse(optionsOf(provider, inResponseTo), person, callback),
      ),
    async fail(provider, inResponseTo) {
      const page = await answerOf(
        samlp.sendError({
          ...optionsOf(provider, inResponseTo),
          error: { code: `${STATUS}:Responder`, description: 'The person cancelled.' },
          getPostURL: (_request: object, callback: Callback<string>) =>
            callback(null, provider.acsURL),
        }),
        {},
      )
      const field = /name="SAMLResponse"\s+value="([^"]+)"/.exec(page)?.[1]
      return Buffer.from(field!, 'base64').toString('utf8')
    },
  }
}
