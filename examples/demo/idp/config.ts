// The demo IdP's configuration file: its fields and their checks. Refuses an SP that is not on this
// machine, so that the demo's well-known passwords can never open a deployment.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be DER in base64')

const loopbackURL = z.string().refine((value) => {
  const hostname = URL.canParse(value) ? new URL(value).hostname : ''
  return /^(localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
}, 'must be the URL of a server on this machine (localhost, 127.0.0.1 or [::1])')

const schema = z.strictObject({
  /** Where the IdP listens, on 127.0.0.1 only. */
  port: z.int().min(1).max(65535),
  /** The Issuer of every message. */
  entityID: z.string().min(1),
  /** PKCS#8, DER in base64. */
  privateKey: base64,
  /** X.509, DER in base64, of that key. */
  certificate: base64,
  sp: z.strictObject({
    /** The Audience; the only Issuer from whom requests are taken. */
    entityID: z.string().min(1),
    /** The one place responses go to, whatever a request says. */
    acsURL: loopbackURL,
    /**
     * X.509, DER in base64: verifies requests, and assertions are encrypted to it, where its
     * metadata cannot be read.
     */
    certificate: base64,
  }),
  /** What is signed, with RSA-SHA256. */
  sign: z.enum(['response', 'assertion', 'both']).default('both'),
  /** How assertions are encrypted; the key always travels by RSA-OAEP. */
  encrypt: z.enum(['none', 'aes128-gcm', 'aes256-gcm', 'aes256-cbc']).default('none'),
  /** The name on the pages of the service to which people sign in. */
  vendor: z.string().default('Gatepost'),
  /** Where "sign in again" leads. */
  startURL: loopbackURL.optional(),
})

export type IdpConfig = z.output<typeof schema>

/** Where the IdP itself is reached. */
export function idpURL(config: IdpConfig, path: string): string {
  return `http://127.0.0.1:${config.port}${path}`
}

/**
 * Reads and checks a configuration file. Throws an Error whose message is one line that names the
 * field.
 */
export function readIdpConfig(path: string): IdpConfig {
  const parsed = schema.safeParse(readJSON(path))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Error(`${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`)
  }
  const config = parsed.data
  const certificate = parseAs(`${path}: certificate`, () => certificateOf(config.certificate))
  const privateKey = parseAs(`${path}: privateKey`, () =>
    createPrivateKey({
      key: Buffer.from(config.privateKey, 'base64'),
      format: 'der',
      type: 'pkcs8',
    }),
  )
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(`${path}: certificate: belongs to another key than privateKey`)
  }
  parseAs(`${path}: sp.certificate`, () => certificateOf(config.sp.certificate))
  return config
}

function readJSON(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : error}`)
  }
}

function certificateOf(base64DER: string): X509Certificate {
  return new X509Certificate(Buffer.from(base64DER, 'base64'))
}

function parseAs<T>(field: string, parse: () => T): T {
  try {
    return parse()
  } catch {
    throw new Error(`${field}: cannot be read`)
  }
}
