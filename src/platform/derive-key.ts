// Keys for one purpose each, derived from one secret of 32 bytes (HKDF-SHA-256, RFC 5869).

/** `info` names the purpose: no two purposes share a key. */
export async function deriveKey(
  secret: Uint8Array<ArrayBuffer>,
  info: string,
  algorithm: HmacKeyGenParams | AesKeyGenParams,
  uses: KeyUsage[],
): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey(hkdfOf(info), material, algorithm, false, uses)
}

/** The same for keys that WebCrypto does not derive itself. */
export async function deriveBits(
  secret: Uint8Array<ArrayBuffer>,
  info: string,
  bits: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits(hkdfOf(info), material, bits))
}

function hkdfOf(info: string) {
  const bytes = new TextEncoder().encode(info)
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytes }
}

export const HMAC_SHA_256 = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const
