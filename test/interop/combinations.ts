// What is combined: what is signed, how it is encrypted, by which algorithm, and where a login
// begins.
export const SIGNED = ['response', 'assertion', 'both'] as const
export const ENCRYPTIONS = ['none', 'aes128-gcm', 'aes256-gcm', 'aes128-cbc', 'aes256-cbc'] as const
export const ALGORITHMS = ['rsa-sha256', 'rsa-sha512', 'rsa-pss-sha256', 'ecdsa-sha256'] as const
/** Our request by GET, by POST, or none: the login begins at the IdP. */
export const STARTS = ['redirect', 'post', 'idp'] as const

export type Start = (typeof STARTS)[number]

/**
 * How an IdP answers one service provider. SHA-1 and Triple DES are in no combination, but in cases
 * of their own.
 */
export type Setting = {
  sign: (typeof SIGNED)[number]
  /** Of the assertion. Its key travels by RSA-OAEP with SHA-1 (rsa-oaep-mgf1p). */
  encrypt: (typeof ENCRYPTIONS)[number] | 'tripledes-cbc'
  /** The digest uses the same hash. */
  algorithm: (typeof ALGORITHMS)[number] | 'rsa-sha1'
}

export type KeyKind = 'rsa' | 'ec'

export const PLAIN: Setting = { sign: 'both', encrypt: 'none', algorithm: 'rsa-sha256' }

export const SETTINGS: readonly Setting[] = ALGORITHMS.flatMap((algorithm) =>
  SIGNED.flatMap((sign) => ENCRYPTIONS.map((encrypt) => ({ sign, encrypt, algorithm }))),
)

export function keyKindOf({ algorithm }: Setting): KeyKind {
  return algorithm.startsWith('ecdsa') ? 'ec' : 'rsa'
}

export function isCBC({ encrypt }: Setting): boolean {
  return encrypt.endsWith('-cbc')
}
