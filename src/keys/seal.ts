// Encrypts private keys at rest: AES-256-GCM under the key-encryption key. The certificate is
// additional data, so that a ciphertext does not open beside another certificate.
import { decodeBase64, encodeBase64 } from '../base64.ts'

const IV_BYTES = 12
const TAG_BYTES = 16

/** 32 bytes; undefined: they are no such key. */
export async function importKeyEncryptionKey(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey | undefined> {
  if (bytes.length !== 32) return undefined
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/** Base64 of a fresh IV and the ciphertext. */
export async function seal(
  keyEncryptionKey: CryptoKey,
  fingerprint: string,
  privateKey: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: contextOf(fingerprint) },
    keyEncryptionKey,
    privateKey,
  )
  const sealed = new Uint8Array(IV_BYTES + ciphertext.byteLength)
  sealed.set(iv)
  sealed.set(new Uint8Array(ciphertext), IV_BYTES)
  return encodeBase64(sealed)
}

/** Undefined: sealed under another key, for another certificate, or not by us. */
export async function unseal(
  keyEncryptionKey: CryptoKey,
  fingerprint: string,
  sealed: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = decodeBase64(sealed)
  if (!bytes || bytes.length <= IV_BYTES + TAG_BYTES) return undefined
  const iv = bytes.subarray(0, IV_BYTES)
  try {
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv, additionalData: contextOf(fingerprint) },
      keyEncryptionKey,
      bytes.subarray(IV_BYTES),
    )
    return new Uint8Array(opened)
  } catch {
    return undefined
  }
}

function contextOf(fingerprint: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`gatepost key pair ${fingerprint}`)
}
