// The secrets of a grant. The code names session and grant secret; access and refresh tokens add a
// number and a MAC over all of it. Only the hash of the grant secret is stored, so neither the
// database nor the key alone makes a token.
import { decode, encode } from 'jose/base64url'
import type { LoginSecrets } from '../env.ts'
import { openLoginKeys } from '../login/login-keys.ts'
import {
  createLocatedSecret,
  readLocatedSecret,
  type LocatedHash,
} from '../platform/located-secret.ts'

/** Prefixes for secret scanners of repositories and logs. */
export const PREFIXES = { access: 'gpa_', refresh: 'gpr_' } as const
export type TokenKind = keyof typeof PREFIXES

/** `sid`: the session's SID; `hash`: of the grant secret. */
export type GrantKey = LocatedHash

export type GrantToken = GrantKey & {
  /** Of an access token when it was issued, in milliseconds; of a refresh token its number. */
  number: number
}

const TEXT =
  /^(?<locator>[0-9a-f]{32}[A-Za-z0-9_-]{43})(?<digits>[0-9a-f]{12})(?<mac>[A-Za-z0-9_-]{43})$/
const encoder = new TextEncoder()

export function createCode(sessionSid: string): Promise<{ text: string; hash: string }> {
  return createLocatedSecret(sessionSid)
}

export function readCode(code: string): Promise<GrantKey | undefined> {
  return readLocatedSecret('SE', code)
}

/** A token of the grant that `secret` opens: its code, or the locator of another token of it. */
export async function createToken(
  secrets: LoginSecrets,
  kind: TokenKind,
  secret: string,
  number: number,
): Promise<string> {
  const text = `${secret}${number.toString(16).padStart(12, '0')}`
  const [{ token: key }] = await openLoginKeys(secrets)
  const mac = await crypto.subtle.sign('HMAC', key, signed(kind, text))
  return `${PREFIXES[kind]}${text}${encode(new Uint8Array(mac))}`
}

/**
 * The grant of a token, and the secret that makes further tokens of it. Undefined: we never issued
 * the token, or it is of another kind.
 */
export async function readToken(
  secrets: LoginSecrets,
  kind: TokenKind,
  token: string,
): Promise<(GrantToken & { secret: string }) | undefined> {
  if (!token.startsWith(PREFIXES[kind])) return undefined
  const { locator, digits, mac } = TEXT.exec(token.slice(PREFIXES[kind].length))?.groups ?? {}
  const found = locator && (await readLocatedSecret('SE', locator))
  if (!found || !digits || !mac) return undefined
  const text = signed(kind, `${locator}${digits}`)
  for (const { token: key } of await openLoginKeys(secrets))
    if (await crypto.subtle.verify('HMAC', key, decode(mac) as Uint8Array<ArrayBuffer>, text))
      return { ...found, number: Number.parseInt(digits, 16), secret: locator }
  return undefined
}

function signed(kind: TokenKind, text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${kind} ${text}`)
}
