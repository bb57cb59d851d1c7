// Keys for one purpose each, derived from one secret of 32 bytes (HKDF-SHA-256, RFC 5869).

/** `info` names the purpose: no two purposes share a key. */
export async function deriveKey(
  secret: Uint8Array<ArrayBuffer>,
  info: string,
  algorithm: HmacKeyGenParams | AesKeyGenParams,
  uses: KeyUsage[],
): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const hkdf = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: new TextEncoder().encode(info),
  }
  return crypto.subtle.deriveKey(hkdf, material, algorithm, false, uses)
}

export const HMAC_SHA_256 = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const
