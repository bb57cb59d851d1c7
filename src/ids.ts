// SIDs: two capital letters for the kind of thing, and 32 hexadecimal digits.

export type SidKind =
  | 'AC' // account
  | 'AK' // API key
  | 'AT' // attempt
  | 'CL' // client
  | 'CM' // address claim
  | 'CN' // connection
  | 'CT' // contact
  | 'ER' // erasure
  | 'EV' // event
  | 'GR' // grant
  | 'IM' // import
  | 'LD' // logout delivery
  | 'OB' // row of the outbox
  | 'OP' // operator
  | 'ML' // mail
  | 'PC' // pending change
  | 'RO' // rollout
  | 'RQ' // refused request without an attempt: in the log alone
  | 'SE' // session
  | 'SL' // setup link
  | 'ST' // SCIM token
  | 'TN' // tenant
  | 'US' // user
  | 'WH' // webhook endpoint
export type Sid<Kind extends SidKind> = `${Kind}${string}`

export function createSid<Kind extends SidKind>(kind: Kind): Sid<Kind> {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `${kind}${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** Hexadecimal digits of a timed SID’s time, in milliseconds: enough for 8,900 years. */
const TIME_DIGITS = 12

/** Digits of a number that counts up within a millisecond. 68 random bits follow. */
const ORDER_DIGITS = 3

let latest = { now: -1, order: 0 }

/**
 * A SID that begins with its time; the rest is random. New rows then go to the end of their table,
 * and a sweep of the oldest rows gives whole pages back. SIDs that one isolate makes in the same
 * millisecond keep their order.
 */
export function createTimedSid<Kind extends SidKind>(kind: Kind, now: number): Sid<Kind> {
  latest = { now, order: latest.now === now ? (latest.order + 1) % 16 ** ORDER_DIGITS : 0 }
  const order = latest.order.toString(16).padStart(ORDER_DIGITS, '0')
  const random = createSid(kind).slice(2 + TIME_DIGITS + ORDER_DIGITS)
  return `${timedSidFrom(kind, now)}${order}${random}`
}

/** A text that sorts before each timed SID of this moment and after each earlier one. */
export function timedSidFrom<Kind extends SidKind>(kind: Kind, at: number): Sid<Kind> {
  return `${kind}${at.toString(16).padStart(TIME_DIGITS, '0')}`
}

/** The time of a timed SID, in milliseconds since 1970. */
export function timeOfSid(sid: string): number {
  return Number.parseInt(sid.slice(2, 2 + TIME_DIGITS), 16)
}

export function isSid<Kind extends SidKind>(text: string, kind: Kind): text is Sid<Kind> {
  return text.startsWith(kind) && /^[A-Z]{2}[0-9a-f]{32}$/.test(text)
}
