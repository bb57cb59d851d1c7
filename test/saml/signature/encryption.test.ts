import { describe, expect, it } from 'vitest'
import { decryptAssertion, type DecryptionKey } from '../../../src/saml/signature/encryption.ts'
import { canonicalize } from '../../../src/saml/xml/canonicalize.ts'
import { readStrictXml } from '../../../src/saml/xml/strict-xml.ts'
import {
  CIPHERS,
  encryptText,
  KEY_TRANSPORTS,
  type EncryptionOptions,
} from '../../support/encrypt-text.ts'
import { privateKeyOf } from '../../support/keys.ts'
import { element, replaceEach, replaceOnce } from '../../support/xml-text.ts'

const PLAINTEXT =
  '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">ä</saml:Assertion>'

type Trial = { keys?: DecryptionKey[]; allowCbc?: boolean }

async function decrypt(text: string, { keys = [privateKeyOf('sp')], allowCbc = true }: Trial = {}) {
  const root = readStrictXml(text)
  if (!root.ok) throw new Error(root.error.code)
  const decrypted = await decryptAssertion(root.value, keys, { allowCbc })
  return decrypted.ok
    ? canonicalize(decrypted.value.root, { exclusive: true })
    : decrypted.error.code
}

const encrypt = (options: Partial<EncryptionOptions> = {}) => encryptText(PLAINTEXT, options)

describe('decryptAssertion', () => {
  for (const cipher of Object.keys(CIPHERS) as (keyof typeof CIPHERS)[])
    for (const transport of Object.keys(KEY_TRANSPORTS) as (keyof typeof KEY_TRANSPORTS)[])
      it(`takes ${cipher} by ${transport}`, async () => {
        for (const place of ['inside', 'beside'] as const)
          expect(await decrypt(await encrypt({ cipher, transport, place }))).toBe(PLAINTEXT)
      })

  it('strips any XML Encryption padding of CBC', async () => {
    for (let length = 0; length < 17; length++) {
      const plaintext = `<a>${'x'.repeat(length)}</a>`
      const text = await encryptText(plaintext, { cipher: 'aes128-cbc' })
      expect(await decrypt(text)).toBe(plaintext)
    }
  })

  it('takes a key as JWK too, whatever the JWK says it is for', async () => {
    const key = await crypto.subtle.importKey(
      'pkcs8',
      privateKeyOf('sp'),
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      true,
      ['sign'],
    )
    const jwk = (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey
    for (const transport of ['rsa-oaep-mgf1p', 'rsa-oaep with sha256'] as const)
      expect(await decrypt(await encrypt({ transport }), { keys: [jwk] })).toBe(PLAINTEXT)
  })

  it('tries every key with every EncryptedKey', async () => {
    const keys = [privateKeyOf('idp'), privateKeyOf('spNext'), privateKeyOf('sp')]
    expect(await decrypt(await encrypt({ to: ['attacker', 'sp'] }), { keys })).toBe(PLAINTEXT)
    expect(await decrypt(await encrypt({ to: ['spNext'] }), { keys })).toBe(PLAINTEXT)
    expect(await decrypt(await encrypt({ to: ['attacker'] }), { keys })).toBe('encryption_failed')
  })

  it('passes over a key that is none', async () => {
    const keys = [new Uint8Array([1, 2, 3]), { kty: 'EC' }, privateKeyOf('sp')]
    expect(await decrypt(await encrypt(), { keys })).toBe(PLAINTEXT)
  })

  it('takes an EncryptedKey beside without a RetrievalMethod', async () => {
    const text = await encrypt({ place: 'beside' })
    expect(await decrypt(replaceOnce(text, element(text, 'ds:KeyInfo'), ''))).toBe(PLAINTEXT)
  })

  it('takes other prefixes', async () => {
    const text = replaceEach(replaceEach(await encrypt(), 'xenc:', 'e:'), 'xmlns:xenc=', 'xmlns:e=')
    expect(await decrypt(text)).toBe(PLAINTEXT)
  })
})

describe('what stops before a key is used', () => {
  const EDITS: [code: string, name: string, edit: (text: string) => string][] = [
    [
      'encryption_structure',
      'no EncryptedData',
      (text) => replaceOnce(text, element(text, 'xenc:EncryptedData'), ''),
    ],
    [
      'encryption_structure',
      'another child',
      (text) => replaceOnce(text, '</saml:EncryptedAssertion>', '<a/></saml:EncryptedAssertion>'),
    ],
    [
      'encryption_structure',
      'no CipherData',
      (text) => replaceOnce(text, element(text, 'xenc:CipherData'), ''),
    ],
    [
      'encryption_structure',
      'no base64',
      (text) => text.replace('<xenc:CipherValue>', '<xenc:CipherValue>*'),
    ],
    [
      'encryption_structure',
      'no EncryptedKey',
      (text) => replaceOnce(text, element(text, 'xenc:EncryptedKey'), ''),
    ],
    [
      'encryption_algorithm',
      'no method',
      (text) => text.replace(/<xenc:EncryptionMethod[^>]*gcm"><\/xenc:EncryptionMethod>/, ''),
    ],
    [
      'encryption_algorithm',
      'Triple DES',
      (text) => text.replace(/http:[^"]*gcm/, 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc'),
    ],
    ['encryption_algorithm', 'RSA 1.5', (text) => replaceOnce(text, 'rsa-oaep-mgf1p', 'rsa-1_5')],
    [
      'encryption_algorithm',
      'a name that every object has',
      (text) => text.replace(/http:[^"]*gcm/, 'constructor'),
    ],
  ]

  it.each(EDITS)('refuses %s: %s', async (code, _, edit) => {
    expect(await decrypt(edit(await encrypt()))).toBe(code)
  })

  it('refuses encryption_cbc where no signature covers the ciphertext', async () => {
    const text = await encrypt({ cipher: 'aes256-cbc' })
    expect(await decrypt(text, { allowCbc: false })).toBe('encryption_cbc')
  })

  it('refuses encryption_no_key', async () => {
    expect(await decrypt(await encrypt(), { keys: [] })).toBe('encryption_no_key')
  })

  it.each([
    [
      'SHA-256 with MGF1 of SHA-1, which is implied',
      'rsa-oaep with sha256',
      /<xenc11:MGF.*<\/xenc11:MGF>/,
      '',
    ],
    ['an unknown mask', 'rsa-oaep with sha256', 'mgf1sha256', 'mgf1sha999'],
    ['an unknown digest', 'rsa-oaep-mgf1p with sha1', 'xmldsig#sha1', 'xmldsig#md5'],
    [
      'a digest that every object has',
      'rsa-oaep-mgf1p with sha1',
      'http://www.w3.org/2000/09/xmldsig#sha1',
      'constructor',
    ],
  ] as const)('refuses encryption_oaep: %s', async (_, transport, from, to) => {
    expect(await decrypt((await encrypt({ transport })).replace(from, to))).toBe('encryption_oaep')
  })
})

describe('what goes wrong afterwards has one answer', () => {
  const change = (at: number) => (ciphertext: Uint8Array) =>
    ciphertext.with(at, ciphertext.at(at)! ^ 1)

  it.each([
    ['a changed tag', { editCiphertext: change(-1) }],
    ['a changed vector', { editCiphertext: change(0) }],
    ['too little', { editCiphertext: (ciphertext: Uint8Array) => ciphertext.slice(0, 20) }],
    ['changed padding', { cipher: 'aes128-cbc', editCiphertext: change(-17) }],
    [
      'one block',
      { cipher: 'aes128-cbc', editCiphertext: (ciphertext: Uint8Array) => ciphertext.slice(0, 16) },
    ],
    [
      'half a block',
      { cipher: 'aes128-cbc', editCiphertext: (ciphertext: Uint8Array) => ciphertext.slice(0, -8) },
    ],
    ['another recipient', { to: ['attacker'] }],
  ] as [string, Partial<EncryptionOptions>][])('%s', async (_, options) => {
    expect(await decrypt(await encrypt(options))).toBe('encryption_failed')
  })

  it.each([
    '',
    'text',
    '<a>',
    '<!DOCTYPE a><a/>',
    '<a/><!-- -->',
    '<p:a/>',
    '<a ID="_1"><b ID="_1"/></a>',
  ])('a plaintext that is %j', async (plaintext) => {
    expect(await decrypt(await encryptText(plaintext))).toBe('encryption_failed')
  })
})
