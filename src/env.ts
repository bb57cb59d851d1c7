// Reads and checks the bindings of wrangler.toml and the secrets, once. No other file reads them by
// name.

import type { DeploymentBranding } from './platform/branding.ts'
import {
  ConfigError,
  isLoopback,
  readAddress,
  readColor,
  readGigabytes,
  readName,
  readOrigin,
  readPage,
  readWhole,
} from './read-setting.ts'

export { ConfigError, isLoopback } from './read-setting.ts'

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
  /** Optional. How many days events of the audit trail are kept, 30 to 36500; else for ever. */
  AUDIT_DAYS?: string
  /** Optional. Origins of the vendor's apps, comma-separated, to which a login may return. */
  RETURN_ORIGINS?: string
  /** Optional. The name of the vendor's product, for the setup portal and our SAML metadata. */
  PRODUCT_NAME?: string
  /** Optional. The vendor's name for our SAML metadata. It needs ORGANIZATION_URL. */
  ORGANIZATION_NAME?: string
  /** Optional. The vendor's website, https. */
  ORGANIZATION_URL?: string
  /** Optional. Where administrators of IdPs reach the vendor, for our SAML metadata. */
  SUPPORT_EMAIL?: string
  /** Optional. The colour of buttons and links: `#1f5fbf`. */
  ACCENT_COLOR?: string
  /** Optional. A page with help, https, linked from the pages for end users. */
  HELP_URL?: string
  /** Optional. Where users ask for help: an address or a page. A tenant may have its own. */
  SUPPORT_CONTACT?: string
  /** Optional. The app's password page, https. The front door sends password users there. */
  PASSWORD_LOGIN_URL?: string
  /** Optional. The Cloudflare Access team of the operators: `vendor.cloudflareaccess.com`. */
  ACCESS_TEAM_DOMAIN?: string
  /** The audience tag of the Access application in front of /console. */
  ACCESS_AUDIENCE?: string
  /** Optional. Wakes the delivery of events, which then has 15 minutes instead of 30 seconds. */
  EVENTS_QUEUE?: Queue
  /** Optional. How large D1 lets a database grow, in GB; by default 10 (0.5 on the free plan). */
  DATABASE_GB?: string
  /** Optional. Gets the events, as objects of lines. */
  EVENTS_BUCKET?: R2Bucket
  /** Optional. Gets a data point for each login and each refused request. */
  ANALYTICS?: AnalyticsEngineDataset
  /** Optional. Sends mail through Cloudflare. */
  EMAIL?: SendEmail
  /** Optional. Sends mail through an HTTP API instead: where to POST it, https. */
  MAIL_API_URL?: string
  /** Secret. The bearer key of that API. */
  MAIL_API_KEY?: string
  /** The sender's address: `sso@vendor.example`. Its domain is onboarded for sending. */
  MAIL_FROM?: string
  /** Optional. Where answers to mail go. */
  MAIL_REPLY_TO?: string
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
  /** How long events of the audit trail are kept; null: for ever. */
  auditDays: number | null
  /** The name of the vendor's product; by default the host name. */
  productName: string
  /** How pages and mails look, where a tenant has nothing of its own. */
  branding: DeploymentBranding
  /** What our SAML metadata says of the vendor; each null where it is not set. */
  publisher: {
    productName: string | null
    organization: { name: string; url: string } | null
    supportEmail: string | null
  }
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
    auditDays: env.AUDIT_DAYS ? readWhole('AUDIT_DAYS', env.AUDIT_DAYS, [30, 36_500], 0) : null,
    productName: readName(env.PRODUCT_NAME) || new URL(origin).hostname,
    branding: {
      productName: readName(env.PRODUCT_NAME) || new URL(origin).hostname,
      accentColor: readColor('ACCENT_COLOR', env.ACCENT_COLOR),
      helpURL: readPage('HELP_URL', env.HELP_URL),
      supportContact: readName(env.SUPPORT_CONTACT) || null,
    },
    publisher: {
      productName: readName(env.PRODUCT_NAME) || null,
      organization: readOrganization(env),
      supportEmail: readAddress('SUPPORT_EMAIL', env.SUPPORT_EMAIL),
    },
    passwordLoginURL: readPage('PASSWORD_LOGIN_URL', env.PASSWORD_LOGIN_URL),
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

function readAccess({ ACCESS_TEAM_DOMAIN, ACCESS_AUDIENCE }: Env): Config['access'] {
  if (!ACCESS_TEAM_DOMAIN && !ACCESS_AUDIENCE) return null
  if (!ACCESS_TEAM_DOMAIN || !ACCESS_AUDIENCE)
    throw new ConfigError('ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE go together')
  const issuer = readOrigin('ACCESS_TEAM_DOMAIN', `https://${ACCESS_TEAM_DOMAIN}`)
  return { issuer, audience: ACCESS_AUDIENCE }
}

function readOrganization(env: Env): Config['publisher']['organization'] {
  const name = readName(env.ORGANIZATION_NAME)
  const url = readPage('ORGANIZATION_URL', env.ORGANIZATION_URL)
  if (!name && url === null) return null
  if (!name || url === null)
    throw new ConfigError('ORGANIZATION_NAME and ORGANIZATION_URL go together')
  return { name, url }
}

export type MailSettings = { from: string; replyTo: string | null } & (
  { by: 'binding'; binding: SendEmail } | { by: 'api'; url: string; key: string }
)

/** What of the environment says how mail is sent. */
export type MailEnv = Pick<
  Env,
  'EMAIL' | 'MAIL_API_URL' | 'MAIL_API_KEY' | 'MAIL_FROM' | 'MAIL_REPLY_TO'
>

/** How mail is sent; null: not set up. Throws a ConfigError if only half of it is set. */
export function readMail(env: MailEnv): MailSettings | null {
  const { EMAIL, MAIL_API_URL: url, MAIL_API_KEY: key } = env
  if (!EMAIL && !url && !key && !env.MAIL_FROM) return null
  if (!env.MAIL_FROM || (!EMAIL && !url))
    throw new ConfigError('MAIL_FROM goes with the send_email binding EMAIL or with MAIL_API_URL')
  if (EMAIL && url)
    throw new ConfigError('mail is sent by the binding EMAIL or by MAIL_API_URL, not by both')
  const addresses = {
    from: readAddress('MAIL_FROM', env.MAIL_FROM)!,
    replyTo: readAddress('MAIL_REPLY_TO', env.MAIL_REPLY_TO),
  }
  if (EMAIL) return { by: 'binding', binding: EMAIL, ...addresses }
  if (!key || /[^\x21-\x7e]/.test(key))
    throw new ConfigError('MAIL_API_KEY is missing, or has characters that a header cannot have')
  return { by: 'api', url: readPage('MAIL_API_URL', url)!, key, ...addresses }
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
