import 'reflect-metadata'
import { X509Certificate } from '@peculiar/x509'
import { describe, expect, it } from 'vitest'
import { decodeBase64 } from '../../src/saml/base64.ts'
import { childrenOf, readDer, TAG, writeDer } from '../../src/saml/der.ts'
import { readX509, type CertificateFields } from '../../src/saml/x509.ts'
import { certificateOf, type KeyName } from '../support/keys.ts'
import keys from '../support/keys.json' with { type: 'json' }

type Bytes = Uint8Array<ArrayBuffer>

const KEYS = Object.keys(keys) as KeyName[]
const derOf = (key: KeyName) => decodeBase64(certificateOf(key))!
const FIELD = { version: 0, serial: 1, issuer: 3, validity: 4, subject: 5, spki: 6 }
const COMMON_NAME = [0x55, 0x04, 0x03]
const utf8 = (text: string) => new TextEncoder().encode(text)

/** The IdP's certificate with something else in place of fields of what is signed. */
function withFields(changes: Record<number, Bytes | undefined>, ...more: Bytes[]): Bytes {
  const [toBeSigned, ...others] = childrenOf(readDer(derOf('idp')), TAG.sequence)
  const fields = childrenOf(toBeSigned, TAG.sequence).map(({ whole }, at) =>
    at in changes ? changes[at] : whole,
  )
  return writeDer(
    TAG.sequence,
    writeDer(TAG.sequence, ...fields.filter((field) => field !== undefined), ...more),
    ...others.map(({ whole }) => whole),
  )
}

function withSubject(tag: number, content: Iterable<number>, type = COMMON_NAME): Bytes {
  const pair = writeDer(
    TAG.sequence,
    writeDer(TAG.objectIdentifier, Uint8Array.from(type)),
    writeDer(tag, Uint8Array.from(content)),
  )
  return withFields({ [FIELD.subject]: writeDer(TAG.sequence, writeDer(TAG.set, pair)) })
}

function withValidity(tag: number, from: string, to = from): Bytes {
  const times = [from, to].map((text) => writeDer(tag, utf8(text)))
  return withFields({ [FIELD.validity]: writeDer(TAG.sequence, ...times) })
}

/** What @peculiar/x509 reads of it, in our words. */
function readByLibrary(der: Bytes): CertificateFields {
  const { subject, issuer, notBefore, notAfter, publicKey } = new X509Certificate(der)
  const algorithm = publicKey.algorithm as Algorithm & Partial<RsaKeyAlgorithm & EcKeyAlgorithm>
  const curve = algorithm.namedCurve
  const exponent = algorithm.publicExponent?.reduce((sum, byte) => sum * 256 + byte, 0)
  return {
    subject,
    issuer,
    notBefore: notBefore.getTime(),
    notAfter: notAfter.getTime(),
    key:
      exponent === undefined
        ? curve?.startsWith('P-')
          ? { type: 'EC', curve }
          : { type: 'other', name: curve ?? algorithm.name }
        : { type: 'RSA', bits: algorithm.modulusLength!, exponent: BigInt(exponent) },
    spki: new Uint8Array(publicKey.rawData),
  }
}

describe('readX509', () => {
  it.each(KEYS)('reads what @peculiar/x509 reads: %s', (key) => {
    expect(readX509(derOf(key))).toEqual(readByLibrary(derOf(key)))
  })

  it.each<[string, Bytes]>([
    ['a printable string', withSubject(TAG.printableString, utf8('Plain'))],
    ['UTF-8', withSubject(TAG.utf8String, utf8('Zürich 日本 🔑'))],
    ['Latin-1 where UTF-8 belongs', withSubject(TAG.utf8String, [0x5a, 0xfc, 0x72])],
    ['a teletex string', withSubject(TAG.teletexString, [0x5a, 0xfc, 0x72])],
    ['a BMP string', withSubject(TAG.bmpString, [0, 0x5a, 0x65, 0xe5])],
    ['a universal string', withSubject(TAG.universalString, [0, 0, 0, 0x5a, 0, 0, 0x65, 0xe5])],
    ['an e-mail address', withSubject(TAG.ia5String, utf8('ann@idp.example'))],
    ['an empty name', withFields({ [FIELD.subject]: writeDer(TAG.sequence) })],
    ['something that is no text', withSubject(TAG.octetString, [1, 2, 3])],
    ['a type without a name', withSubject(TAG.utf8String, utf8('x'), [0x88, 0x37, 0x81, 0x00])],
    ['characters that a name has to escape', withSubject(TAG.utf8String, utf8(' a,b+"c"\\<>; '))],
    ['a number sign in front', withSubject(TAG.utf8String, utf8('#a'))],
    ['a line end', withSubject(TAG.utf8String, utf8('a\nb'))],
    ['1950', withValidity(TAG.utcTime, '500101000000Z')],
    ['2049', withValidity(TAG.utcTime, '491231235959Z')],
    ['2050', withValidity(TAG.generalizedTime, '20500101000000Z')],
    ['no end', withValidity(TAG.generalizedTime, '99991231235959Z')],
    ['version 1', withFields({ [FIELD.version]: undefined, 7: undefined })],
    ['bytes behind it', Uint8Array.of(...derOf('idp'), 0x0a)],
  ])('reads what @peculiar/x509 reads: %s', (_, der) => {
    expect(readX509(der)).toEqual(readByLibrary(der))
  })

  it('has read all that this test wrote into names', () => {
    expect(readX509(withSubject(TAG.utf8String, utf8('Zürich, 日本'))).subject).toBe(
      'CN=Zürich\\, 日本',
    )
    expect(readX509(withSubject(TAG.utf8String, utf8('a\nb\0c\nd'))).subject).toBe(
      'CN=a\\0Ab\\00c\\0Ad',
    )
    expect(readX509(withSubject(TAG.bmpString, [0, 0x5a, 0x65, 0xe5])).subject).toBe('CN=Z日')
    expect(readX509(withSubject(TAG.octetString, [1, 2])).subject).toBe('CN=#04020102')
  })

  it('takes times without seconds, and with fractions', () => {
    expect(readX509(withValidity(TAG.utcTime, '2601020304Z'))).toMatchObject({
      notBefore: Date.UTC(2026, 0, 2, 3, 4),
    })
    expect(readX509(withValidity(TAG.generalizedTime, '20260102030405.678Z'))).toMatchObject({
      notAfter: Date.UTC(2026, 0, 2, 3, 4, 5),
    })
  })

  const oid = (...bytes: number[]) => writeDer(TAG.objectIdentifier, Uint8Array.from(bytes))
  const key = (...algorithm: Bytes[]) => {
    const bits = writeDer(TAG.bitString, Uint8Array.of(0, 1, 2, 3))
    return withFields({
      [FIELD.spki]: writeDer(TAG.sequence, writeDer(TAG.sequence, ...algorithm), bits),
    })
  }
  const EC = oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1)

  it.each<[string, Bytes, string]>([
    ['RSA-PSS', key(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10)), 'RSA-PSS'],
    ['DSA', key(oid(0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1)), 'DSA'],
    ['a curve of Brainpool', key(EC, oid(0x2b, 36, 3, 3, 2, 8, 1, 1, 7)), 'brainpoolP256r1'],
    ['a curve that nobody knows', key(EC, oid(0x2b, 1)), '1.3.1'],
    ['a curve given by its parameters', key(EC, writeDer(TAG.sequence)), 'ECDSA'],
    ['an algorithm that nobody knows', key(oid(0x2b, 1, 2)), '1.3.1.2'],
  ])('says which key it cannot use: %s', (_, der, name) => {
    expect(readX509(der).key).toEqual({ type: 'other', name })
  })

  const [toBeSigned, algorithm] = childrenOf(readDer(derOf('idp')), TAG.sequence)
  const integers = (modulus: number[], exponent: number[]) => {
    const rsa = writeDer(
      TAG.sequence,
      ...[modulus, exponent].map((bytes) => writeDer(TAG.integer, Uint8Array.from(bytes))),
    )
    const type = writeDer(TAG.sequence, oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1))
    const bits = writeDer(TAG.bitString, Uint8Array.of(0), rsa)
    return withFields({ [FIELD.spki]: writeDer(TAG.sequence, type, bits) })
  }

  it('counts no leading zeros for bits', () => {
    const modulus = [...Array.from({ length: 200 }, () => 0), 0xff, 0xff]
    expect(readX509(integers(modulus, [3])).key).toEqual({ type: 'RSA', bits: 16, exponent: 3n })
    expect(readX509(integers([0], [0])).key).toEqual({ type: 'RSA', bits: 0, exponent: 0n })
  })

  it.each<[string, Bytes]>([
    ['a signature missing', writeDer(TAG.sequence, toBeSigned!.whole, algorithm!.whole)],
    ['no serial number', withFields({ [FIELD.serial]: undefined })],
    ['one time', withFields({ [FIELD.validity]: writeDer(TAG.sequence) })],
    ['a time with an offset', withValidity(TAG.utcTime, '260101000000+0100')],
    ['a month that is no number', withValidity(TAG.utcTime, '26x101000000Z')],
    ['a time of another type', withValidity(TAG.utf8String, '260101000000Z')],
    ['half a character', withSubject(TAG.bmpString, [0, 0x5a, 0x65])],
    ['a character beyond Unicode', withSubject(TAG.universalString, [0, 0x11, 0, 0])],
    ['an identifier cut off', withSubject(TAG.utf8String, utf8('x'), [0x55, 0x84])],
    ['an identifier of no bytes', withSubject(TAG.utf8String, utf8('x'), [])],
    [
      'an identifier of 65 bytes',
      withSubject(TAG.utf8String, utf8('x'), [...Array.from({ length: 64 }, () => 0x81), 1]),
    ],
    ['a field that X.509 does not have', withFields({}, writeDer(TAG.null))],
    ['extensions that are none', withFields({}, writeDer(0xa3, writeDer(TAG.null)))],
    ['no key', withFields({ [FIELD.spki]: writeDer(TAG.sequence) })],
    ['a length that is not said', Uint8Array.of(0x30, 0x80, 0, 0)],
    ['a length of four bytes', Uint8Array.of(0x30, 0x84, 0, 0, 0, 0)],
    ['a tag of several bytes', Uint8Array.of(0x3f, 0x81, 0)],
    ['one byte', Uint8Array.of(0x30)],
  ])('refuses %s', (_, der) => {
    expect(() => readX509(der)).toThrow(SyntaxError)
  })

  it('never tells another key than WebCrypto takes, whatever is damaged', async () => {
    let random = 1
    const next = (below: number) => {
      random ^= random << 13
      random ^= random >>> 17
      random ^= random << 5
      return (random >>> 0) % below
    }
    let imported = 0
    for (let round = 0; round < 3000; round++) {
      const der = derOf(round % 2 ? 'p256' : 'idp')
      der[next(der.length)] = next(256)
      let read: CertificateFields
      try {
        read = readX509(der)
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError)
        continue
      }
      const { key, spki } = read
      const parameters =
        key.type === 'RSA'
          ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
          : key.type === 'EC' && { name: 'ECDSA', namedCurve: key.curve }
      const taken = parameters
        ? await crypto.subtle
            .importKey('spki', spki, parameters, true, ['verify'])
            .catch(() => null)
        : null
      if (!taken) continue
      imported++
      const jwk = (await crypto.subtle.exportKey('jwk', taken)) as JsonWebKey
      if (key.type === 'EC') expect(jwk.crv).toBe(key.curve)
      else if (key.type === 'RSA') {
        const bytes = (text: string) =>
          Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) =>
            one.charCodeAt(0),
          )
        expect(bytes(jwk.n!).length * 8).toBe(key.bits)
        expect(bytes(jwk.e!).reduce<bigint>((sum, byte) => sum * 256n + BigInt(byte), 0n)).toBe(
          key.exponent,
        )
      }
    }
    expect(imported).toBeGreaterThan(500)
  })
})
