import { describe, expect, it } from 'vitest'
import { decodeBase64, encodeBase64 } from '../../../src/base64.ts'
import {
  parseCertificate,
  parseCertificates,
  readCertifiedKey,
} from '../../../src/saml/signature/certificate.ts'
import {
  checkKeyStrength,
  findPublicKey,
  importVerifyKey,
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
    expect(spki).toEqual(publicKeyOf('idp'))
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

describe('readCertifiedKey', () => {
  it.each(Object.keys(keys) as KeyName[])(
    'finds the key that parseCertificate finds: %s',
    async (name) => {
      const { base64, fingerprint, key, spki } = await parsed(name)
      const read = await readCertifiedKey(base64)
      expect(read).toMatchObject({ ok: true, value: { base64, fingerprint, key, spki } })
    },
  )

  it('finds the key by itself where a login could use it', () => {
    const found = (Object.keys(keys) as KeyName[]).filter((name) =>
      findPublicKey(decodeBase64(certificateOf(name))!),
    )
    const unusable = new Set(['secp256k1', 'ed25519'])
    expect(found).toEqual(Object.keys(keys).filter((name) => !unusable.has(name)))
  })

  it.each(['p256', 'rsa1024'] as const)(
    'agrees with parseCertificate, whatever bit of %s is changed',
    async (name) => {
      const der = decodeBase64(certificateOf(name))!
      let same = 0
      for (let bit = 0; bit < der.length * 8; bit += 3) {
        const changed = der.slice()
        changed[bit >> 3]! ^= 1 << (bit & 7)
        const found = findPublicKey(changed)
        const whole = await parseCertificate(changed)
        if (!found || !whole.ok) continue
        expect(found).toEqual({ key: whole.value.key, spki: whole.value.spki })
        same++
      }
      expect(same).toBeGreaterThan(300)
    },
  )

  it.each([
    ['cut off', (der: Uint8Array) => der.slice(0, -1)],
    ['with a byte more', (der: Uint8Array) => new Uint8Array([...der, 0])],
    ['empty', () => new Uint8Array()],
  ])('refuses what is no certificate: %s', async (_, change) => {
    const bytes = change(decodeBase64(certificateOf('idp'))!)
    expect(findPublicKey(bytes)).toBeUndefined()
  })

  it('refuses as parseCertificate does', async () => {
    const cut = encodeBase64(decodeBase64(certificateOf('idp'))!.slice(0, 300))
    expect(await readCertifiedKey(cut)).toEqual(await parseCertificate(cut))
    expect(await readCertifiedKey('not base64!')).toEqual(await parseCertificate('not base64!'))
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
})
