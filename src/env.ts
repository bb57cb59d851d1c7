// Reads and checks the bindings of wrangler.toml and the secrets, once. No other file reads them by
// name.

export type Env = {
  /** All durable data, and everything that must happen only once. */
  DB: D1Database
  /** What logins looked like. A login never depends on it: it may be missing or broken. */
  HISTORY?: D1Database
  /** RelayState, for ten minutes. */
  RELAY: KVNamespace
  /** Limits logins by client address, which a whole company may share. */
  LOGINS_BY_ADDRESS: RateLimit
  /** Limits logins by address and e-mail together: a stranger cannot lock anybody out. */
  LOGINS_BY_ADDRESS_AND_EMAIL: RateLimit
  /** Limits the requests of one SCIM token. */
  SCIM_BY_TOKEN: RateLimit
  /** The public origin, https (http for localhost) and without a trailing slash. */
  ORIGIN: string
  /** Secret. 32 random bytes in base64: protects what a browser and an IdP keep of a login. */
  LOGIN_SECRET: string
  /** Secret, optional. The one before, for ten minutes after it was replaced. */
  LOGIN_SECRET_PREVIOUS?: string
  /** Secret. Our RSA key, PKCS#8 DER in base64. Ignored if the database has key pairs. */
  SP_PRIVATE_KEY?: string
  /** The certificate of that key, DER in base64. */
  SP_CERTIFICATE?: string
  /** Secret, optional. The next pair: published, decrypts, does not sign yet. */
  SP_NEXT_PRIVATE_KEY?: string
  SP_NEXT_CERTIFICATE?: string
  /** Secret, optional. The previous key, for IdPs that still encrypt to it. */
  SP_PREVIOUS_PRIVATE_KEY?: string
  /** Optional. Its certificate, for the list of key pairs. */
  SP_PREVIOUS_CERTIFICATE?: string
  /** Secret, optional. 32 random bytes in base64: encrypts the key pairs in the database. */
  KEY_ENCRYPTION_KEY?: string
  /** Optional. The longest life of a session, 1 to 720 hours; by default 8. */
  SESSION_HOURS?: string
  /** Optional. Its longest life without use, 5 to 43200 minutes; by default 120. */
  SESSION_IDLE_MINUTES?: string
  /** Optional. How many days the lines of logins are kept, 1 to 3650; by default 90. */
  HISTORY_DAYS?: string
  /** Optional. The size at which the oldest lines go, in GB; by default 8. */
  HISTORY_GB?: string
  /** Optional. Origins of the vendor's apps, comma-separated, to which a login may return. */
  RETURN_ORIGINS?: string
  /** Optional. The name of the vendor's product, for the pages of the setup portal. */
  PRODUCT_NAME?: string
  /** Optional. The app's password page, https. The front door sends password users there. */
  PASSWORD_LOGIN_URL?: string
  /** Optional. The Cloudflare Access team of the operators: `vendor.cloudflareaccess.com`. */
  ACCESS_TEAM_DOMAIN?: string
  /** The audience tag of the Access application in front of /console. */
  ACCESS_AUDIENCE?: string
  /** Optional. How large D1 lets a database grow, in GB; by default 10 (0.5 on the free plan). */
  DATABASE_GB?: string
  /** Optional. Sends the notices of rollouts. */
  EMAIL?: SendEmail
  /** The sender's address, of a domain that is onboarded for sending. */
  NOTICE_FROM?: string
}

export type Config = {
  origin: string
  /** True if the origin is a loopback host: then an IdP may use http. */
  isLocal: boolean
  returnOrigins: readonly string[]
  /** How long sessions last. */
  session: { absoluteSeconds: number; idleSeconds: number }
  /** How long what logins looked like is kept, and up to which size. */
  history: { days: number; bytes: number }
  /** The name of the vendor's product; by default the host name. */
  productName: string
  /** Where password users sign in; null: the front door tells them to sign in in the app. */
  passwordLoginURL: string | null
  /** How operators sign in without a link; null: they cannot. */
  access: { issuer: string; audience: string } | null
  /** How large D1 lets the database grow. */
  databaseGB: number
  /** The settings of our keys. keys/secrets.ts parses them when a key is needed. */
  keySecrets: KeySecrets
  /** The settings of logins in flight. login/login-secret.ts parses them. */
  loginSecrets: LoginSecrets
}

/** A setting with its name, for the message if it is wrong. */
export type Setting = { name: string; text: string | undefined }

export type KeySecrets = {
  origin: string
  isLocal: boolean
  pairs: Record<'current' | 'next' | 'previous', { privateKey: Setting; certificate: Setting }>
  keyEncryptionKey: Setting
}

export type LoginSecrets = { current: Setting; previous: Setting }

/** Names a missing or wrong setting. The message is for the log, never for a page. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const configs = new WeakMap<Env, Config>()
const local = new WeakMap<Env, boolean>()

/** Throws a ConfigError. */
export function readConfig(env: Env): Config {
  let config = configs.get(env)
  if (!config) configs.set(env, (config = parseConfig(env)))
  return config
}

function parseConfig(env: Env): Config {
  const origin = readOrigin('ORIGIN', env.ORIGIN ?? '')
  const isLocal = isLoopback(new URL(origin).hostname)
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
    session: {
      absoluteSeconds: readWhole('SESSION_HOURS', env.SESSION_HOURS, [1, 720], 8) * 3600,
      idleSeconds:
        readWhole('SESSION_IDLE_MINUTES', env.SESSION_IDLE_MINUTES, [5, 43_200], 120) * 60,
    },
    history: {
      days: readWhole('HISTORY_DAYS', env.HISTORY_DAYS, [1, 3650], 90),
      bytes: readGigabytes('HISTORY_GB', env.HISTORY_GB, 8) * 1e9,
    },
    productName: env.PRODUCT_NAME?.trim().slice(0, 100) || new URL(origin).hostname,
    passwordLoginURL: readPasswordLoginURL(env),
    access: readAccess(env),
    databaseGB: readGigabytes('DATABASE_GB', env.DATABASE_GB, 10),
    keySecrets: {
      origin,
      isLocal,
      pairs: {
        current: settings(env, 'SP_PRIVATE_KEY', 'SP_CERTIFICATE'),
        next: settings(env, 'SP_NEXT_PRIVATE_KEY', 'SP_NEXT_CERTIFICATE'),
        previous: settings(env, 'SP_PREVIOUS_PRIVATE_KEY', 'SP_PREVIOUS_CERTIFICATE'),
      },
      keyEncryptionKey: setting(env, 'KEY_ENCRYPTION_KEY'),
    },
    loginSecrets: {
      current: setting(env, 'LOGIN_SECRET'),
      previous: setting(env, 'LOGIN_SECRET_PREVIOUS'),
    },
  }
}

function readWhole(
  name: string,
  text: string | undefined,
  [minimum, maximum]: readonly [number, number],
  fallback: number,
): number {
  if (!text) return fallback
  const whole = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (!(whole >= minimum && whole <= maximum))
    throw new ConfigError(`${name} is not a whole number from ${minimum} to ${maximum}`)
  return whole
}

function readGigabytes(name: string, text: string | undefined, fallback: number): number {
  if (!text) return fallback
  const gigabytes = /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
  if (!(gigabytes > 0)) throw new ConfigError(`${name} is not a number of GB like 10 or 0.5`)
  return gigabytes
}

function readAccess({ ACCESS_TEAM_DOMAIN, ACCESS_AUDIENCE }: Env): Config['access'] {
  if (!ACCESS_TEAM_DOMAIN && !ACCESS_AUDIENCE) return null
  if (!ACCESS_TEAM_DOMAIN || !ACCESS_AUDIENCE)
    throw new ConfigError('ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE go together')
  const issuer = readOrigin('ACCESS_TEAM_DOMAIN', `https://${ACCESS_TEAM_DOMAIN}`)
  return { issuer, audience: ACCESS_AUDIENCE }
}

function readPasswordLoginURL({ PASSWORD_LOGIN_URL: text }: Env): string | null {
  if (!text) return null
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (!url || !isSafe || url.username || url.password || url.hash)
    throw new ConfigError('PASSWORD_LOGIN_URL is not a URL like https://app.example.com/login')
  return url.href
}

function readOrigin(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.origin !== text)
    throw new ConfigError(`${name} is not an origin like https://sso.example.com`)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw new ConfigError(`${name} must be https: only localhost may be http`)
  return url.origin
}

/** How notices are sent; null: not set up. Throws a ConfigError if only half of it is set. */
export function readNoticeSender({
  EMAIL,
  NOTICE_FROM,
}: Pick<Env, 'EMAIL' | 'NOTICE_FROM'>): { binding: SendEmail; from: string } | null {
  if (!EMAIL && !NOTICE_FROM) return null
  if (!EMAIL || !NOTICE_FROM)
    throw new ConfigError('the send_email binding EMAIL and NOTICE_FROM go together')
  return { binding: EMAIL, from: NOTICE_FROM }
}

/** By the setting alone, which may be wrong: then it is not local. */
export function hasLocalOrigin(env: Env): boolean {
  let isLocal = local.get(env)
  if (isLocal === undefined) {
    isLocal = URL.canParse(env.ORIGIN) && isLoopback(new URL(env.ORIGIN).hostname)
    local.set(env, isLocal)
  }
  return isLocal
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}

type SecretName =
  | `SP_${'' | 'NEXT_' | 'PREVIOUS_'}${'PRIVATE_KEY' | 'CERTIFICATE'}`
  | `LOGIN_SECRET${'' | '_PREVIOUS'}`
  | 'KEY_ENCRYPTION_KEY'

function setting(env: Env, name: SecretName): Setting {
  // A template of settings leaves empty values: they are unset.
  return { name, text: env[name] || undefined }
}

function settings(env: Env, privateKey: SecretName, certificate: SecretName) {
  return { privateKey: setting(env, privateKey), certificate: setting(env, certificate) }
}
