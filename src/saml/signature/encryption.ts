// Decrypts an EncryptedAssertion (XML Encryption 1.1, SAML Core §2.3.4). Encryption does not prove
// the sender: the plaintext is untrusted unless a signature covers it.
import { decodeBase64 } from '../../base64.ts'
import {
  attributeOf,
  childElements,
  childrenNamed,
  describe,
  isNamed,
  leafText,
  type StrictElement,
} from '../xml/strict-tree.ts'
import { CIPHERS, DIGESTS, ENCRYPTED_KEY_TYPE, KEY_TRANSPORT, MASKS, NS } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { decodeText } from '../xml/decode-text.ts'
import { readStrictXml } from '../xml/strict-xml.ts'

/** A private RSA key of ours: PKCS#8 DER, or a JWK. */
export type DecryptionKey = Uint8Array<ArrayBuffer> | JsonWebKey

const CLAUSE = 'SAML Core §2.3.4; XML Encryption §5'
const MAX_ENCRYPTED_KEYS = 4

/**
 * The one refusal for every failure after a private key was used: a more precise one would be an
 * oracle.
 */
export function decryptionFailed() {
  return refuse(
    'encryption_failed',
    CLAUSE,
    'one signed SAML assertion, encrypted to our current certificate',
    'content that cannot be decrypted, or is no signed SAML assertion',
  )
}

type EncryptedKey = { wrapped: Uint8Array<ArrayBuffer>; hash: string }

/** The root of a decrypted document. `isAuthenticated`: a change of its ciphertext is noticed. */
type Decrypted = { root: StrictElement; isAuthenticated: boolean }

/**
 * Returns what was decrypted. `allowCbc` permits AES-CBC for this message: a
 * verified signature covers the ciphertext, or the connection permits it. Refuses every
 * `encryption_*` code.
 */
export async function decryptAssertion(
  encryptedAssertion: StrictElement,
  keys: readonly DecryptionKey[],
  options: { allowCbc: boolean },
): Promise<Result<Decrypted, Refusal>> {
  const children = childElements(encryptedAssertion)
  const encryptedDatas = children.filter((child) => isNamed(child, NS.xenc, 'EncryptedData'))
  const beside = children.filter((child) => isNamed(child, NS.xenc, 'EncryptedKey'))
  const [encryptedData] = encryptedDatas
  if (!encryptedData || encryptedDatas.length + beside.length !== children.length)
    return structure('one EncryptedData, and EncryptedKey', children.map(describe).join(', '))
  if (encryptedDatas.length !== 1) return structure('one EncryptedData', `${encryptedDatas.length}`)

  const method = only(encryptedData, NS.xenc, 'EncryptionMethod')
  const uri = (method && attributeOf(method, 'Algorithm')) ?? ''
  const cipher = Object.hasOwn(CIPHERS, uri) ? CIPHERS[uri] : undefined
  if (!cipher)
    return refuse('encryption_algorithm', CLAUSE, 'AES-GCM (or AES-CBC)', uri || '(none)')
  if (cipher.mode === 'AES-CBC' && !options.allowCbc)
    return refuse('encryption_cbc', CLAUSE, 'AES-GCM, or a signed Response around AES-CBC', uri)

  const ciphertext = readCipherValue(encryptedData)
  if (!ciphertext.ok) return ciphertext
  const encryptedKeys = readEncryptedKeys(encryptedData, beside)
  if (!encryptedKeys.ok) return encryptedKeys
  if (keys.length === 0)
    return refuse('encryption_no_key', CLAUSE, 'one of our private keys', 'none configured')

  for (const encryptedKey of encryptedKeys.value)
    for (const key of keys) {
      const contentKey = await unwrap(encryptedKey, key)
      if (contentKey?.length !== cipher.keyBytes) continue
      const plaintext = await decryptContent(cipher.mode, contentKey, ciphertext.value)
      if (!plaintext) continue
      const text = decodeText(plaintext)
      const root = text.ok ? readStrictXml(text.value) : text
      return root.ok
        ? ok({ root: root.value, isAuthenticated: cipher.mode === 'AES-GCM' })
        : decryptionFailed()
    }
  return decryptionFailed()
}

function readEncryptedKeys(
  encryptedData: StrictElement,
  beside: StrictElement[],
): Result<EncryptedKey[], Refusal> {
  const keyInfos = childrenNamed(encryptedData, NS.ds, 'KeyInfo')
  const inside = keyInfos.flatMap((info) => childrenNamed(info, NS.xenc, 'EncryptedKey'))
  const retrievals = keyInfos.flatMap((info) => childrenNamed(info, NS.ds, 'RetrievalMethod'))
  // A RetrievalMethod may only point at an EncryptedKey that stands beside the EncryptedData.
  for (const retrieval of retrievals) {
    const target = attributeOf(retrieval, 'URI')
    const type = attributeOf(retrieval, 'Type')
    if (
      childElements(retrieval).length > 0 ||
      (type !== undefined && type !== ENCRYPTED_KEY_TYPE) ||
      !beside.some(
        (key) => attributeOf(key, 'Id') !== undefined && target === `#${attributeOf(key, 'Id')}`,
      )
    )
      return structure('a RetrievalMethod that names an EncryptedKey beside', target ?? '(no URI)')
  }
  const elements = [...inside, ...beside]
  if (keyInfos.length > 1 || elements.length === 0 || elements.length > MAX_ENCRYPTED_KEYS)
    return structure(`1 to ${MAX_ENCRYPTED_KEYS} EncryptedKey`, `${elements.length}`)

  const keys: EncryptedKey[] = []
  for (const element of elements) {
    const hash = readKeyTransport(element)
    if (!hash.ok) return hash
    const wrapped = readCipherValue(element)
    if (!wrapped.ok) return wrapped
    for (const info of childrenNamed(element, NS.ds, 'KeyInfo'))
      if (childrenNamed(info, NS.xenc, 'EncryptedKey').length > 0)
        return structure(
          'an EncryptedKey wrapped by our RSA key',
          'one wrapped by another EncryptedKey',
        )
    keys.push({ wrapped: wrapped.value, hash: hash.value })
  }
  return ok(keys)
}

/**
 * The OAEP hash of an EncryptedKey. WebCrypto uses one hash for the label and for MGF1, so other
 * pairs are refused.
 */
function readKeyTransport(encryptedKey: StrictElement): Result<string, Refusal> {
  const method = only(encryptedKey, NS.xenc, 'EncryptionMethod')
  const uri = (method && attributeOf(method, 'Algorithm')) ?? ''
  if (!method || (uri !== KEY_TRANSPORT.oaepMgf1p && uri !== KEY_TRANSPORT.oaep))
    return refuse('encryption_algorithm', CLAUSE, 'RSA-OAEP key transport', uri || '(none)')
  const digestMethod = only(method, NS.ds, 'DigestMethod')
  const mask = only(method, NS.xenc11, 'MGF')
  const digestURI = digestMethod && attributeOf(digestMethod, 'Algorithm')
  const hash = digestMethod ? DIGESTS[digestURI ?? '']?.hash : 'SHA-1'
  const maskURI = mask && attributeOf(mask, 'Algorithm')
  const maskHash = uri === KEY_TRANSPORT.oaep && mask ? MASKS[maskURI ?? ''] : 'SHA-1'
  if (hash === undefined || hash !== maskHash)
    return refuse(
      'encryption_oaep',
      'XML Encryption 1.1 §5.5.2',
      'RSA-OAEP with the same hash for digest and mask',
      `digest ${digestURI ?? 'SHA-1'}, mask ${maskURI ?? 'MGF1 with SHA-1'}`,
    )
  if (childrenNamed(method, NS.xenc, 'OAEPparams').length > 0)
    return refuse('encryption_algorithm', CLAUSE, 'RSA-OAEP without OAEPparams', 'OAEPparams')
  return ok(hash)
}

function readCipherValue(parent: StrictElement): Result<Uint8Array<ArrayBuffer>, Refusal> {
  const data = only(parent, NS.xenc, 'CipherData')
  const [value, ...rest] = data ? childElements(data) : []
  if (!value || rest.length > 0 || !isNamed(value, NS.xenc, 'CipherValue'))
    return structure('CipherData with one CipherValue', value ? describe(value) : 'none')
  const bytes = decodeBase64(leafText(value) ?? '')
  return bytes ? ok(bytes) : structure('base64 in CipherValue', 'text that is not base64')
}

async function unwrap(
  { wrapped, hash }: EncryptedKey,
  key: DecryptionKey,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const privateKey = await importDecryptionKey(key, hash)
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'RSA-OAEP' }, privateKey, wrapped))
  } catch {
    return undefined
  }
}

const imported = new WeakMap<DecryptionKey, Map<string, Promise<CryptoKey>>>()

function importDecryptionKey(key: DecryptionKey, hash: string): Promise<CryptoKey> {
  let byHash = imported.get(key)
  if (!byHash) imported.set(key, (byHash = new Map()))
  let result = byHash.get(hash)
  if (!result) {
    const algorithm = { name: 'RSA-OAEP', hash }
    if (key instanceof Uint8Array)
      result = crypto.subtle.importKey('pkcs8', key, algorithm, false, ['decrypt'])
    else {
      // What the key may be used for is said here and not by its file.
      const { n, e, d, p, q, dp, dq, qi } = key
      const jwk = { kty: 'RSA', n, e, d, p, q, dp, dq, qi } as JsonWebKey
      result = crypto.subtle.importKey('jwk', jwk, algorithm, false, ['decrypt'])
    }
    byHash.set(hash, result)
  }
  return result
}

async function decryptContent(
  mode: 'AES-GCM' | 'AES-CBC',
  keyBytes: Uint8Array<ArrayBuffer>,
  ciphertext: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array | undefined> {
  try {
    if (mode === 'AES-CBC') return await decryptCbc(keyBytes, ciphertext)
    if (ciphertext.length < 12 + 16) return undefined
    const key = await crypto.subtle.importKey('raw', keyBytes, mode, false, ['decrypt'])
    const iv = ciphertext.subarray(0, 12)
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: mode, iv }, key, ciphertext.subarray(12)),
    )
  } catch {
    return undefined
  }
}

/**
 * XML Encryption §5.2.1 pads with any bytes and the length in the last one; WebCrypto insists on
 * PKCS#7. So a last block that decrypts to correct PKCS#7 padding is appended, which WebCrypto
 * takes away again, and the real padding is stripped here.
 */
async function decryptCbc(
  keyBytes: Uint8Array<ArrayBuffer>,
  ciphertext: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array | undefined> {
  if (ciphertext.length < 32 || ciphertext.length % 16 !== 0) return undefined
  const key = await crypto.subtle.importKey('raw', keyBytes, 'AES-CBC', false, [
    'encrypt',
    'decrypt',
  ])
  const lastBlock = ciphertext.slice(-16)
  const extra = await crypto.subtle.encrypt(
    { name: 'AES-CBC', iv: lastBlock },
    key,
    new Uint8Array(0),
  )
  const extended = new Uint8Array(ciphertext.length)
  extended.set(ciphertext.subarray(16))
  extended.set(new Uint8Array(extra), ciphertext.length - 16)
  const iv = ciphertext.slice(0, 16)
  const padded = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, key, extended))
  const padding = padded[padded.length - 1]!
  if (padding < 1 || padding > 16) return undefined
  return padded.subarray(0, padded.length - padding)
}

function only(parent: StrictElement, namespace: string, name: string): StrictElement | undefined {
  const found = childrenNamed(parent, namespace, name)
  return found.length === 1 ? found[0] : undefined
}

function structure(expected: string, received: string) {
  return refuse('encryption_structure', CLAUSE, expected, received)
}
