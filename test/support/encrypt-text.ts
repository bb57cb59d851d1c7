// Encrypts XML text as an IdP does (XML Encryption 1.1 §4.4, SAML Core §2.3.4).
import { publicKeyOf, type KeyName } from './keys.ts'
import { base64 } from './sign-text.ts'

const XMLENC = 'http://www.w3.org/2001/04/xmlenc#'
const XMLENC11 = 'http://www.w3.org/2009/xmlenc11#'
const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#'

export const CIPHERS = {
  'aes128-gcm': [`${XMLENC11}aes128-gcm`, 'AES-GCM', 16],
  'aes192-gcm': [`${XMLENC11}aes192-gcm`, 'AES-GCM', 24],
  'aes256-gcm': [`${XMLENC11}aes256-gcm`, 'AES-GCM', 32],
  'aes128-cbc': [`${XMLENC}aes128-cbc`, 'AES-CBC', 16],
  'aes192-cbc': [`${XMLENC}aes192-cbc`, 'AES-CBC', 24],
  'aes256-cbc': [`${XMLENC}aes256-cbc`, 'AES-CBC', 32],
} as const

/** EncryptionMethod of an EncryptedKey, and the hash that WebCrypto takes for it. */
export const KEY_TRANSPORTS = {
  'rsa-oaep-mgf1p': [`<xenc:EncryptionMethod Algorithm="${XMLENC}rsa-oaep-mgf1p">`, 'SHA-1'],
  'rsa-oaep-mgf1p with sha1': [
    `<xenc:EncryptionMethod Algorithm="${XMLENC}rsa-oaep-mgf1p"><ds:DigestMethod xmlns:ds="${XMLDSIG}" Algorithm="${XMLDSIG}sha1"></ds:DigestMethod>`,
    'SHA-1',
  ],
  'rsa-oaep': [`<xenc:EncryptionMethod Algorithm="${XMLENC11}rsa-oaep">`, 'SHA-1'],
  'rsa-oaep with sha256': [
    `<xenc:EncryptionMethod Algorithm="${XMLENC11}rsa-oaep"><ds:DigestMethod xmlns:ds="${XMLDSIG}" Algorithm="${XMLENC}sha256"></ds:DigestMethod><xenc11:MGF xmlns:xenc11="${XMLENC11}" Algorithm="${XMLENC11}mgf1sha256"></xenc11:MGF>`,
    'SHA-256',
  ],
} as const

export type EncryptionOptions = {
  cipher: keyof typeof CIPHERS
  transport: keyof typeof KEY_TRANSPORTS
  /**
   * Where the EncryptedKey stands: in EncryptedData/KeyInfo, or beside EncryptedData with a
   * RetrievalMethod.
   */
  place: 'inside' | 'beside'
  /** To whom: a SubjectPublicKeyInfo, or one of the test keys. Several: an EncryptedKey each. */
  to: readonly (KeyName | Uint8Array<ArrayBuffer>)[]
  /** Changes the ciphertext (initialization vector first) before it is written. */
  editCiphertext: (ciphertext: Uint8Array) => Uint8Array
}

/** The saml:EncryptedAssertion that holds `plaintext`. */
export async function encryptText(
  plaintext: string,
  options: Partial<EncryptionOptions> = {},
): Promise<string> {
  const {
    cipher = 'aes256-gcm',
    transport = 'rsa-oaep-mgf1p',
    place = 'inside',
    to = ['sp'],
    editCiphertext = (ciphertext) => ciphertext,
  } = options
  const [cipherURI, mode, keyBytes] = CIPHERS[cipher]
  const contentKey = crypto.getRandomValues(new Uint8Array(keyBytes))
  const bytes = new TextEncoder().encode(plaintext)
  const ciphertext =
    mode === 'AES-GCM' ? await encryptGcm(contentKey, bytes) : await encryptCbc(contentKey, bytes)

  const encryptedKeys = await Promise.all(
    to.map(async (recipient, index) => {
      const id = place === 'beside' ? ` Id="_encrypted-key-${index}"` : ''
      const wrapped = await wrapKey(contentKey, recipient, transport)
      return (
        `<xenc:EncryptedKey xmlns:xenc="${XMLENC}"${id}>${KEY_TRANSPORTS[transport][0]}</xenc:EncryptionMethod>` +
        `<xenc:CipherData><xenc:CipherValue>${wrapped}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`
      )
    }),
  )
  // Inside, the prefix is declared by EncryptedData already.
  const keyInfo =
    place === 'inside'
      ? encryptedKeys
          .join('')
          .replaceAll(`<xenc:EncryptedKey xmlns:xenc="${XMLENC}"`, '<xenc:EncryptedKey')
      : `<ds:RetrievalMethod Type="${XMLENC}EncryptedKey" URI="#_encrypted-key-0"></ds:RetrievalMethod>`
  return (
    `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` +
    `<xenc:EncryptedData xmlns:xenc="${XMLENC}" Type="${XMLENC}Element">` +
    `<xenc:EncryptionMethod Algorithm="${cipherURI}"></xenc:EncryptionMethod>` +
    `<ds:KeyInfo xmlns:ds="${XMLDSIG}">${place === 'inside' ? keyInfo.replaceAll(` xmlns:ds="${XMLDSIG}"`, '') : keyInfo}</ds:KeyInfo>` +
    `<xenc:CipherData><xenc:CipherValue>${base64(editCiphertext(ciphertext))}</xenc:CipherValue></xenc:CipherData>` +
    `</xenc:EncryptedData>${place === 'beside' ? encryptedKeys.join('') : ''}</saml:EncryptedAssertion>`
  )
}

async function wrapKey(
  contentKey: Uint8Array<ArrayBuffer>,
  recipient: KeyName | Uint8Array<ArrayBuffer>,
  transport: keyof typeof KEY_TRANSPORTS,
): Promise<string> {
  const spki = typeof recipient === 'string' ? publicKeyOf(recipient) : recipient
  const algorithm = { name: 'RSA-OAEP', hash: KEY_TRANSPORTS[transport][1] }
  const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['encrypt'])
  return base64(await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, key, contentKey))
}

async function encryptGcm(contentKey: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>) {
  const key = await crypto.subtle.importKey('raw', contentKey, 'AES-GCM', false, ['encrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(12))
  return joined(iv, await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes))
}

/**
 * XML Encryption §5.2.1: any bytes and the length in the last one. WebCrypto's own padding is cut
 * off again.
 */
async function encryptCbc(contentKey: Uint8Array<ArrayBuffer>, bytes: Uint8Array) {
  const key = await crypto.subtle.importKey('raw', contentKey, 'AES-CBC', false, ['encrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(16))
  const length = 16 - (bytes.length % 16)
  const padding = crypto.getRandomValues(new Uint8Array(length))
  padding[length - 1] = length
  const padded = joined(bytes, padding.buffer)
  const encrypted = await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, padded)
  return joined(iv, encrypted.slice(0, -16))
}

function joined(first: Uint8Array, second: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.byteLength)
  bytes.set(first)
  bytes.set(new Uint8Array(second), first.length)
  return bytes
}
