// The bytes that the chain hashes. They never change: a new form gets a new word in front. Pure.

/** Before the first event of a chain. */
export const GENESIS = '0'.repeat(64)

const FORM = 'gatepost.event.v1'

/** What the hash of a number covers. */
export type HashedLink = {
  chain: string
  number: number
  digest: string
  previous: string
  seq: number
  sid: string
  type: string
  tenantSid: string | null
  connectionSid: string | null
  actorKind: string
  actorId: string | null
  subjectSid: string
  /** Milliseconds since 1970. */
  createdAt: number
}

/**
 * SHA-256 in hexadecimal over the UTF-8 of a JSON array in this order, without white space. It has
 * texts, whole numbers and null alone, so that JSON has one way to write it (RFC 8785).
 */
export function hashOf(link: HashedLink): Promise<string> {
  const { chain, number, previous, digest, seq, sid, type, tenantSid, connectionSid } = link
  const { actorKind, actorId, subjectSid, createdAt } = link
  const position = [FORM, chain, number, previous, digest, seq]
  const event = [sid, type, tenantSid, connectionSid, actorKind, actorId, subjectSid, createdAt]
  return sha256(JSON.stringify([...position, ...event]))
}

/** SHA-256 in hexadecimal over the UTF-8 of the salt, and then of the canonical JSON. */
function digestOf(salt: string, personal: string): Promise<string> {
  return sha256(salt + canonicalJSON(JSON.parse(personal)))
}

/** In place of the digest of details that were no JSON when the event got its place. */
export const UNREADABLE = 'unreadable'

/** Null: it is no JSON. */
export async function digestOrNull({ salt, personal }: { salt: string; personal: string }) {
  try {
    return await digestOf(salt, personal)
  } catch {
    return null
  }
}

/** RFC 8785: no white space, the names of an object in the order of their UTF-16 units. */
export function canonicalJSON(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJSON(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJSON(member)}`)
  return `{${members.join(',')}}`
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
