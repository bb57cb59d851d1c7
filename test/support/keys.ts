// The key pairs and certificates of the tests. They are published here and protect nothing.
import keys from './keys.json' with { type: 'json' }

export type KeyName = keyof typeof keys

/** The self-signed certificate, as base64 DER. */
export function certificateOf(name: KeyName): string {
  return keys[name].certificate
}

/** The certificate as an administrator pastes it. */
export function pemOf(name: KeyName): string {
  const lines = keys[name].certificate.match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** SubjectPublicKeyInfo, DER. */
export function publicKeyOf(name: KeyName): Uint8Array<ArrayBuffer> {
  return bytesOf(keys[name].publicKey)
}

/** PKCS#8, DER. */
export function privateKeyOf(name: KeyName): Uint8Array<ArrayBuffer> {
  return bytesOf(keys[name].privateKey)
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
