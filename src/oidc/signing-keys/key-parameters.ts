// The keys of ID and logout tokens for WebCrypto and as JWK. Each algorithm has keys of its own,
// which sign nothing else.
import type { IdTokenAlgorithm } from '../../clients/client.ts'

/** For WebCrypto: how a key is generated and imported. */
export const KEY_PARAMETERS = {
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: 'SHA-256',
  },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
} as const satisfies Record<IdTokenAlgorithm, object>

/** The members of a public JWK (RFC 7518 §6.2.1 and §6.3.1), and no other. */
const PUBLIC_MEMBERS = {
  RS256: ['kty', 'n', 'e'],
  ES256: ['kty', 'crv', 'x', 'y'],
} as const satisfies Record<IdTokenAlgorithm, readonly (keyof JsonWebKey)[]>

type PublicKey = JsonWebKey & { kty: string }

export function publicMembers(algorithm: IdTokenAlgorithm, key: JsonWebKey): PublicKey {
  const members = PUBLIC_MEMBERS[algorithm].map((name) => [name, key[name]])
  return Object.fromEntries(members) as PublicKey
}
