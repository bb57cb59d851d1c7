import { describe, expect, it } from 'vitest'
import { decodeBase64, encodeBase64 } from '../../../src/base64.ts'
import {
  parseCertificate,
  parseCertificates,
  storeKey,
  trustedKey,
} from '../../../src/saml/signature/certificate.ts'
import {
  checkKeyStrength,
  formatKeyKind,
  importVerifyKey,
  IMPORTED_KEYS,
  parseKeyKind,
} from '../../../src/saml/signature/public-key.ts'
import keys from '../../support/keys.json' with { type: 'json' }
import { certificateOf, pemOf, publicKeyOf, type KeyName } from '../../support/keys.ts'

async function parsed(name: KeyName) {
  const certificate = await parseCertificate(certificateOf(name))
  if (!certificate.ok) throw new Error(certificate.error.code)
  return certificate.value
}

describe('parseCertificate', () => {
  const base64 = certificateOf('idp')

  it.each([
    ['PEM', pemOf('idp')],
    ['PEM with CRLF', pemOf('idp').replaceAll('\n', '\r\n')],
    ['PEM with text around it', `subject=CN = a\n${pemOf('idp')}\nmore`],
    ['PEM of another name', pemOf('idp').replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
    ['PEM in one line', `-----BEGIN CERTIFICATE-----${base64}-----END CERTIFICATE-----`],
    ['base64', base64],
    ['base64 in lines', base64.replace(/.{76}/g, '$&\r\n')],
    ['DER', decodeBase64(base64)!],
    ['PEM with line breaks written as text', pemOf('idp').replaceAll('\n', '\\n')],
    ['PEM with line breaks as references', pemOf('idp').replaceAll('\n', '&#13;\n')],
    ['PEM with typographic dashes', pemOf('idp').replaceAll('-----', '———')],
    ['PEM with invisible characters', `\ufeff${pemOf('idp').replace('\n', '\u200b\n')}\u00a0`],
    ['PEM without its first line', pemOf('idp').slice(pemOf('idp').indexOf('\n'))],
    ['PEM without its last line', pemOf('idp').slice(0, pemOf('idp').indexOf('-----END'))],
    ['base64url', base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')],
    ['an element of metadata', `<ds:X509Certificate>\n${base64}\n</ds:X509Certificate>`],
    [
      'the first of two in one block, with its own fingerprint',
      encodeBase64(
        new Uint8Array([...decodeBase64(base64)!, ...decodeBase64(certificateOf('p256'))!]),
      ),
    ],
  ])('reads %s', async (_, input) => {
    const certificate = await parseCertificate(input)
    expect(certificate).toMatchObject({
      ok: true,
      value: {
        base64,
        subject: 'CN=Test identity provider',
        issuer: 'CN=Test identity provider',
        key: { type: 'RSA', bits: 2048, exponent: 65537n },
      },
    })
  })

  it('gives fingerprint, dates and key', async () => {
    const { fingerprint, notBefore, notAfter, spki } = await parsed('idp')
    const digest = await crypto.subtle.digest('SHA-256', decodeBase64(certificateOf('idp'))!)
    expect(fingerprint).toBe(
      [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    )
    expect(notAfter - notBefore).toBeGreaterThan(0)
    expect(spki).toBe(encodeBase64(publicKeyOf('idp')))
  })

  it.each([
    ['rsa1024', { type: 'RSA', bits: 1024, exponent: 65537n }],
    ['rsaExponent3', { type: 'RSA', bits: 2048, exponent: 3n }],
    ['p256', { type: 'EC', curve: 'P-256' }],
    ['p384', { type: 'EC', curve: 'P-384' }],
    ['p521', { type: 'EC', curve: 'P-521' }],
    ['secp256k1', { type: 'other' }],
    ['ed25519', { type: 'other' }],
  ] as const)('tells the kind of key of %s', async (name, key) => {
    expect((await parsed(name)).key).toMatchObject(key)
  })

  it.each([
    ['nothing', ''],
    ['text', 'not a certificate'],
    ['base64 of something else', btoa('not a certificate')],
    ['a public key', btoa(String.fromCharCode(...publicKeyOf('idp')))],
    ['a certificate cut off', certificateOf('idp').slice(0, 400)],
    ['PEM with something else in it', pemOf('idp').replace('MII', '***')],
    ['65 KiB', new Uint8Array(65 * 1024)],
    ['no bytes', new Uint8Array()],
  ])('refuses certificate_malformed: %s', async (_, input) => {
    expect(await parseCertificate(input)).toMatchObject({
      ok: false,
      error: { code: 'certificate_malformed' },
    })
  })

  it.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])(
    'refuses certificate_private_key: %s, and repeats nothing of it',
    async (name) => {
      const refused = await parseCertificate(
        `-----BEGIN ${name}-----\nc2VjcmV0\n-----END ${name}-----`,
      )
      expect(refused).toMatchObject({ ok: false, error: { code: 'certificate_private_key' } })
      expect(JSON.stringify(refused)).not.toContain('c2VjcmV0')
    },
  )
})

describe('parseCertificates', () => {
  it('reads every PEM block, in order', async () => {
    const certificates = await parseCertificates(pemOf('idp') + pemOf('p256') + pemOf('attacker'))
    expect(certificates.ok && certificates.value.map(({ subject }) => subject)).toEqual([
      'CN=Test identity provider',
      'CN=Test P-256',
      'CN=Test attacker',
    ])
  })

  it('refuses all for one that is none', async () => {
    const broken = pemOf('p256').replace('MII', 'AAA')
    expect(await parseCertificates(pemOf('idp') + broken)).toMatchObject({
      error: { code: 'certificate_malformed' },
    })
    const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'
    expect(await parseCertificates(pemOf('idp') + key)).toMatchObject({
      error: { code: 'certificate_private_key' },
    })
  })

  it('refuses more than 20', async () => {
    expect((await parseCertificates(pemOf('idp').repeat(20))).ok).toBe(true)
    expect(await parseCertificates(pemOf('idp').repeat(21))).toMatchObject({
      error: { code: 'certificate_malformed' },
    })
  })
})

describe('what is no certificate', () => {
  const spki = encodeBase64(publicKeyOf('idp'))
  const signedData = [0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]
  const bundle = encodeBase64(
    new Uint8Array([...signedData, ...Array.from({ length: 200 }, () => 5)]),
  )
  const hex = 'AB:'.repeat(32).slice(0, -1)

  it.each([
    ['', 'nothing'],
    [' \n', 'nothing'],
    ['<!DOCTYPE html><html></html>', 'a web page'],
    ['<md:EntityDescriptor xmlns:md="urn:x"/>', 'metadata of an IdP'],
    ['{"keys": []}', 'JSON'],
    [`-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----`, 'a public key'],
    [spki, 'a public key'],
    [`-----BEGIN PKCS7-----\n${bundle}\n-----END PKCS7-----`, 'a bundle (PKCS#7)'],
    [bundle, 'a bundle (PKCS#7)'],
    [
      '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----',
      'a certificate request (CSR)',
    ],
    [hex, 'a fingerprint'],
    [`SHA256 Fingerprint=${hex}`, 'a fingerprint'],
    ['https://idp.example/metadata', 'a URL'],
    ['hello', 'another format'],
  ])('is named: %j', async (text, kind) => {
    const refused = await parseCertificates(text)
    expect(refused).toMatchObject({ error: { code: 'certificate_malformed' } })
    expect(refused.ok ? '' : refused.error.received).toMatch(
      new RegExp(`^${kind.replaceAll(/[()]/g, '\\$&')}`),
    )
  })
})

describe('storeKey', () => {
  it.each(Object.keys(keys) as KeyName[])(
    'keeps all that a login needs of the certificate: %s',
    async (name) => {
      const { fingerprint, subject, key, spki } = await parsed(name)
      const stored = storeKey(await parsed(name))
      expect(JSON.parse(JSON.stringify(stored))).toEqual(stored)
      expect(trustedKey(stored)).toEqual({ fingerprint, subject, key, spki })
    },
  )

  it.each([
    ['RSA 2048 65537', { type: 'RSA', bits: 2048, exponent: 65537n }],
    ['RSA 512 3', { type: 'RSA', bits: 512, exponent: 3n }],
    ['EC P-521', { type: 'EC', curve: 'P-521' }],
    ['Ed25519', { type: 'other', name: 'Ed25519' }],
    ['RSA 2048', { type: 'other', name: 'RSA 2048' }],
    ['RSA -1 65537', { type: 'other', name: 'RSA -1 65537' }],
    ['', { type: 'other', name: '' }],
  ] as const)('reads the kind %j back', (text, key) => {
    expect(parseKeyKind(text)).toEqual(key)
    expect(formatKeyKind(parseKeyKind(text))).toBe(text)
  })
})

describe('checkKeyStrength', () => {
  it.each(['idp', 'p256', 'p384', 'p521'] as const)('accepts %s', async (name) => {
    expect(checkKeyStrength((await parsed(name)).key).ok).toBe(true)
  })

  it.each([
    ['rsa1024', 'signature_key_weak'],
    ['rsaExponent3', 'signature_key_weak'],
    ['secp256k1', 'signature_key_unsupported'],
    ['ed25519', 'signature_key_unsupported'],
  ] as const)('refuses %s: %s', async (name, code) => {
    expect(checkKeyStrength((await parsed(name)).key)).toMatchObject({ error: { code } })
  })

  it('lets 1024 bits pass where old captures are judged, and no small exponent', async () => {
    const options = { rsa1024: true }
    expect(checkKeyStrength((await parsed('rsa1024')).key, options).ok).toBe(true)
    expect(checkKeyStrength((await parsed('rsaExponent3')).key, options).ok).toBe(false)
    expect(checkKeyStrength({ type: 'RSA', bits: 511, exponent: 65537n }, options).ok).toBe(false)
  })
})

describe('importVerifyKey', () => {
  const RSA = { scheme: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
  const ECDSA = { scheme: 'ECDSA', hash: 'SHA-256' } as const

  it('gives a key that can verify and nothing else', async () => {
    const key = await importVerifyKey(await parsed('idp'), RSA)
    expect(key).toMatchObject({ type: 'public', extractable: false, usages: ['verify'] })
    const curve = await importVerifyKey(await parsed('p384'), ECDSA)
    expect(curve?.algorithm).toMatchObject({ name: 'ECDSA', namedCurve: 'P-384' })
  })

  it('gives none for another kind of algorithm', async () => {
    expect(importVerifyKey(await parsed('idp'), ECDSA)).toBe(undefined)
    expect(importVerifyKey(await parsed('p256'), RSA)).toBe(undefined)
    expect(importVerifyKey(await parsed('secp256k1'), ECDSA)).toBe(undefined)
  })

  // One key under many names: what it is called tells keys apart.
  const numbered = async (count: number) => {
    const { spki } = await parsed('idp')
    return Array.from({ length: count }, (_, index) => ({
      spki,
      key: { type: 'RSA', bits: 2048, exponent: BigInt(index) } as const,
    }))
  }

  it('imports the keys of 2,000 connections once, two of each', async () => {
    const all = await numbered(4000)
    const first = all.map((key) => importVerifyKey(key, RSA))
    expect(all.every((key, index) => importVerifyKey(key, RSA) === first[index])).toBe(true)
    expect(new Set(first).size).toBe(4000)
    await Promise.all(first)
  })

  it('forgets the key that was used longest ago, and none that is in use', async () => {
    const all = await numbered(IMPORTED_KEYS + 1)
    const [used, unused] = [importVerifyKey(all[0]!, RSA), importVerifyKey(all[1]!, RSA)]
    for (const key of all) {
      await importVerifyKey(key, RSA)
      expect(importVerifyKey(all[0]!, RSA)).toBe(used)
    }
    expect(importVerifyKey(all[1]!, RSA)).not.toBe(unused)
  })

  it('takes one key for another by nothing but the key', async () => {
    const [one, other] = [await parsed('idp'), await parsed('idpNext')]
    const namedAlike = { ...other, fingerprint: one.fingerprint }
    expect(await importVerifyKey(namedAlike, RSA)).not.toBe(await importVerifyKey(one, RSA))
  })
})
