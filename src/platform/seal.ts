// Seals bytes with AES-256-GCM: a fresh IV and the ciphertext. The context is associated data, so
// that nothing opens anywhere but where it was sealed for.

const IV_BYTES = 12
const TAG_BYTES = 16

export async function sealBytes(
  key: CryptoKey,
  context: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const ciphertext = await crypto.subtle.encrypt(parametersOf(iv, context), key, bytes)
  const sealed = new Uint8Array(IV_BYTES + ciphertext.byteLength)
  sealed.set(iv)
  sealed.set(new Uint8Array(ciphertext), IV_BYTES)
  return sealed
}

/** Undefined: sealed with another key, for another context, or not by us. */
export async function unsealBytes(
  key: CryptoKey,
  context: string,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (sealed.length <= IV_BYTES + TAG_BYTES) return undefined
  const parameters = parametersOf(sealed.subarray(0, IV_BYTES), context)
  try {
    const opened = await crypto.subtle.decrypt(parameters, key, sealed.subarray(IV_BYTES))
    return new Uint8Array(opened)
  } catch {
    return undefined
  }
}

function parametersOf(iv: Uint8Array<ArrayBuffer>, context: string) {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(context) }
}
