// The bindings of wrangler.toml and the secrets beside them, read and checked once. Nobody else reads their names.
import { decodeBase64 } from './saml/base64.ts'
import { parseCertificate } from './saml/certificate.ts'

export type Env = {
  /** Everything that has to be kept, or has to happen once. */
  DB: D1Database
  /** RelayState of the next ten minutes. */
  RELAY: KVNamespace
  /** The public origin, https (http for localhost) and without a trailing slash. */
  ORIGIN: string
  /** Secret. Our RSA key, PKCS#8 DER in base64. */
  SP_PRIVATE_KEY?: string
  /** The certificate of that key, DER in base64. */
  SP_CERTIFICATE?: string
  /** Secret, optional. The key before, for IdPs that still encrypt to it. */
  SP_PREVIOUS_PRIVATE_KEY?: string
  /** Optional: origins of the vendor's apps, comma-separated, to which a login may return. */
  RETURN_ORIGINS?: string
  /** Optional: the Cloudflare Access team that operators sign in through, like `vendor.cloudflareaccess.com`. */
  ACCESS_TEAM_DOMAIN?: string
  /** The audience tag of the Access application in front of /console. */
  ACCESS_AUDIENCE?: string
}

export type Config = {
  origin: string
  /** True under `wrangler dev` and in tests that say so: only there may an IdP be reached by http. */
  isLocal: boolean
  returnOrigins: readonly string[]
  /** Where operators may come from without a link; null: from nowhere. */
  access: { issuer: string; audience: string } | null
  serviceProvider: {
    /** DER in base64. */
    certificate: string
    signingKey: CryptoKey
    /** PKCS#8, the current one first. */
    decryptionKeys: readonly Uint8Array<ArrayBuffer>[]
  }
}

/** Says which setting is missing or wrong. Its message is for the operator's log and never for a page. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The subject of the certificates that `npm start` makes. A deployment that has one is refused. */
export const DEVELOPMENT_SUBJECT = 'CN=Gatepost local development'

const configs = new WeakMap<Env, Promise<Config>>()

/** Rejects with a ConfigError. */
export function readConfig(env: Env): Promise<Config> {
  let config = configs.get(env)
  if (!config) configs.set(env, (config = parseConfig(env)))
  return config
}

async function parseConfig(env: Env): Promise<Config> {
  const origin = readOrigin('ORIGIN', env.ORIGIN ?? '')
  const isLocal = isLoopback(new URL(origin).hostname)
  const privateKey = readBase64('SP_PRIVATE_KEY', env.SP_PRIVATE_KEY)
  const certificate = await parseCertificate(readBase64('SP_CERTIFICATE', env.SP_CERTIFICATE))
  if (!certificate.ok) throw new ConfigError('SP_CERTIFICATE is not an X.509 certificate')
  if (certificate.value.subject === DEVELOPMENT_SUBJECT && !isLocal)
    throw new ConfigError(
      'SP_CERTIFICATE is one of `npm start`: make a key pair for this deployment',
    )
  const previous = env.SP_PREVIOUS_PRIVATE_KEY
    ? [readBase64('SP_PREVIOUS_PRIVATE_KEY', env.SP_PREVIOUS_PRIVATE_KEY)]
    : []
  return {
    origin,
    isLocal,
    returnOrigins: [
      origin,
      ...(env.RETURN_ORIGINS ?? '')
        .split(',')
        .map((text) => text.trim())
        .filter(Boolean)
        .map((text) => readOrigin('RETURN_ORIGINS', text)),
    ],
    access: readAccess(env),
    serviceProvider: {
      certificate: certificate.value.base64,
      signingKey: await importSigningKey(privateKey, certificate.value.spki),
      decryptionKeys: [privateKey, ...previous],
    },
  }
}

function readAccess({ ACCESS_TEAM_DOMAIN, ACCESS_AUDIENCE }: Env): Config['access'] {
  if (!ACCESS_TEAM_DOMAIN && !ACCESS_AUDIENCE) return null
  if (!ACCESS_TEAM_DOMAIN || !ACCESS_AUDIENCE)
    throw new ConfigError('ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE go together')
  const issuer = readOrigin('ACCESS_TEAM_DOMAIN', `https://${ACCESS_TEAM_DOMAIN}`)
  return { issuer, audience: ACCESS_AUDIENCE }
}

function readOrigin(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.origin !== text)
    throw new ConfigError(`${name} is not an origin like https://sso.example.com`)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw new ConfigError(`${name} must be https: only localhost may be http`)
  return url.origin
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}

function readBase64(name: string, text: string | undefined): Uint8Array<ArrayBuffer> {
  const bytes = text ? decodeBase64(text) : undefined
  if (!bytes) throw new ConfigError(`${name} is ${text ? 'not base64' : 'not set'}`)
  return bytes
}

/** Also proves that key and certificate are a pair: an IdP could not verify or encrypt for another one. */
async function importSigningKey(pkcs8: Uint8Array<ArrayBuffer>, spki: Uint8Array<ArrayBuffer>) {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  try {
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
    const probe = new TextEncoder().encode('pair')
    const signature = await crypto.subtle.sign(algorithm.name, key, probe)
    const publicKey = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify'])
    if (await crypto.subtle.verify(algorithm.name, publicKey, signature, probe)) return key
  } catch {
    // falls through: a key that cannot be used is no key
  }
  throw new ConfigError('SP_PRIVATE_KEY is not the RSA key of SP_CERTIFICATE')
}
