// The handle of a login: RelayState of its request. It carries what the ACS must know, with a MAC
// over that and the connection, so that the ACS needs no store to find the login.
import { decodeBase64url, encodeBase64url, sameBytes } from '../base64.ts'
import type { LoginKeyRing, LoginKeys } from './login-keys.ts'

/** How long a login may take at the IdP. */
export const HANDLE_SECONDS = 600

/** Version 1 in the upper half of the first byte, flags in the lower half. */
const VERSION = 0x10
const FLAGS = { test: 1, forceAuthn: 2, admin: 4 } as const
/** After the first byte: seconds since 1970, the revision, random. */
const AT = { seconds: 1, revision: 5, random: 8, mac: 28 } as const
const BYTES = 44
/** The last digits of the revision: two revisions that share them are years apart. */
const REVISIONS = 2 ** 24
/** 96 random bits name a login. */
const NAME_BYTES = 12

/**
 * A test is verified like a login and signs no one in. `admin` opens the console, and never a
 * session of a user.
 */
export type LoginPurpose = 'login' | 'test' | 'admin'

/** What a login was begun with. */
export type LoginRequest = {
  /** Names the login, and with it its cookie and its login code. */
  name: string
  /** ID of the AuthnRequest. */
  requestID: string
  revision: number
  /** When the request was made, milliseconds since 1970. */
  createdAt: number
  /** True: an authentication from before the request is refused. */
  forceAuthn: boolean
  purpose: LoginPurpose
}

/** Returns the handle: 59 characters (SAML Bindings §3.4.3 allows 80 bytes). */
export async function createHandle(
  [keys]: LoginKeyRing,
  connectionSid: string,
  login: Pick<LoginRequest, 'revision' | 'forceAuthn' | 'purpose'> & { now: number },
): Promise<LoginRequest & { handle: string }> {
  const bytes = new Uint8Array(BYTES)
  const view = new DataView(bytes.buffer)
  const { purpose, forceAuthn } = login
  bytes[0] =
    VERSION | (purpose === 'login' ? 0 : FLAGS[purpose]) | (forceAuthn ? FLAGS.forceAuthn : 0)
  view.setUint32(AT.seconds, Math.floor(login.now / 1000))
  // Three bytes, with the fourth overwritten by the random ones.
  view.setUint32(AT.revision, (login.revision % REVISIONS) * 256)
  crypto.getRandomValues(bytes.subarray(AT.random, AT.mac))
  bytes.set(await macOf(keys, connectionSid, bytes), AT.mac)
  return { ...(await readHandle(keys, connectionSid, bytes)), handle: encodeBase64url(bytes) }
}

/**
 * Undefined: we did not make it for this connection, or it was changed. `isExpired`: the login took
 * longer than it may.
 */
export async function openHandle(
  ring: LoginKeyRing,
  connectionSid: string,
  handle: string,
  now: number,
): Promise<(LoginRequest & { isExpired: boolean }) | undefined> {
  const bytes = decodeBase64url(handle)
  if (bytes?.length !== BYTES || (bytes[0]! & 0xf0) !== VERSION) return undefined
  for (const keys of ring) {
    // WebCrypto verifies no shortened MAC. This comparison takes the same time for each.
    if (!sameBytes(await macOf(keys, connectionSid, bytes), bytes.subarray(AT.mac))) continue
    const login = await readHandle(keys, connectionSid, bytes)
    return { ...login, isExpired: now >= login.createdAt + HANDLE_SECONDS * 1000 }
  }
  return undefined
}

/** True if the login began at this revision of the connection. */
export function isAtRevision(login: LoginRequest, revision: number): boolean {
  return login.revision === revision % REVISIONS
}

/** The name of a login that no request of ours began: the same for each copy of its message. */
export async function nameUnsolicited(
  [keys]: LoginKeyRing,
  connectionSid: string,
  assertionID: string,
  now: number,
): Promise<string> {
  const text = `unsolicited ${connectionSid} ${assertionID}`
  const digest = await sign(keys.identifier, new TextEncoder().encode(text))
  return nameOf(now, digest)
}

export function isLoginName(text: string): boolean {
  return /^[0-9a-f]{8}[A-Za-z0-9_-]{16}$/.test(text)
}

/** Copies of an unsolicited message come at different times. The rest of the name is random. */
export function isSameLogin(name: string, other: string): boolean {
  return name.slice(8) === other.slice(8)
}

/** The time comes first, so that names sort by age. */
function nameOf(milliseconds: number, random: Uint8Array): string {
  return nameFrom(milliseconds) + encodeBase64url(random.subarray(0, NAME_BYTES))
}

/** A text that sorts before each name of this second and after each earlier one. */
export function nameFrom(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000)
  return seconds.toString(16).padStart(8, '0')
}

/** The bytes as they are, without their MAC. */
async function readHandle(
  keys: LoginKeys,
  connectionSid: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<LoginRequest> {
  const view = new DataView(bytes.buffer)
  const createdAt = view.getUint32(AT.seconds) * 1000
  return {
    name: nameOf(createdAt, bytes.subarray(AT.random)),
    requestID: await requestIDOf(keys, connectionSid, bytes),
    revision: view.getUint32(AT.revision) >>> 8,
    createdAt,
    forceAuthn: (bytes[0]! & FLAGS.forceAuthn) !== 0,
    purpose: purposeOf(bytes[0]!),
  }
}

function purposeOf(flags: number): LoginPurpose {
  if ((flags & FLAGS.test) !== 0) return 'test'
  return (flags & FLAGS.admin) !== 0 ? 'admin' : 'login'
}

/** An NCName may not begin with a digit or a hyphen. */
async function requestIDOf(keys: LoginKeys, connectionSid: string, bytes: Uint8Array) {
  const digest = await sign(keys.identifier, labelled('request', connectionSid, bytes))
  return `_${encodeBase64url(digest)}`
}

async function macOf(keys: LoginKeys, connectionSid: string, bytes: Uint8Array) {
  const signed = labelled('handle', connectionSid, bytes.subarray(0, AT.mac))
  return (await sign(keys.handle, signed)).subarray(0, BYTES - AT.mac)
}

function labelled(label: string, connectionSid: string, bytes: Uint8Array) {
  const head = new TextEncoder().encode(`gatepost ${label} 1 ${connectionSid} `)
  const whole = new Uint8Array(head.length + bytes.length)
  whole.set(head)
  whole.set(bytes, head.length)
  return whole
}

async function sign(key: CryptoKey, bytes: Uint8Array<ArrayBuffer>) {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes))
}
