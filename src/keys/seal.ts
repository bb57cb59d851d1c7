// Encrypts private keys at rest: AES-256-GCM under the key-encryption key. The certificate is
// additional data, so that a ciphertext does not open beside another certificate.
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { sealBytes, unsealBytes } from '../platform/seal.ts'

/** Base64 of a fresh IV and the ciphertext. */
export async function seal(
  keyEncryptionKey: CryptoKey,
  fingerprint: string,
  privateKey: Uint8Array<ArrayBuffer>,
): Promise<string> {
  return encodeBase64(await sealBytes(keyEncryptionKey, contextOf(fingerprint), privateKey))
}

/** Undefined: sealed under another key, for another certificate, or not by us. */
export async function unseal(
  keyEncryptionKey: CryptoKey,
  fingerprint: string,
  sealed: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = decodeBase64(sealed)
  return bytes && unsealBytes(keyEncryptionKey, contextOf(fingerprint), bytes)
}

function contextOf(fingerprint: string): string {
  return `gatepost key pair ${fingerprint}`
}
