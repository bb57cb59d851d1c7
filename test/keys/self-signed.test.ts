import 'reflect-metadata'
import {
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { describe, expect, it } from 'vitest'
import { createSelfSigned } from '../../src/keys/self-signed.ts'

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}
const keys = (await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair
// The library writes a printable string where it can; its types do not tell that it can be asked for another.
const utf8 = (utf8String: string) => ({ utf8String }) as never
const NAME = { commonName: 'sso.vendor.example', organization: 'Gatepost' }
const notBefore = Date.UTC(2026, 0, 2, 3, 4, 5)
const notAfter = Date.UTC(2036, 0, 2, 3, 4, 5)

describe('createSelfSigned', () => {
  it('makes what @peculiar/x509 makes of the same', async () => {
    const ours = new X509Certificate(await createSelfSigned(keys, NAME, { notBefore, notAfter }))
    const theirs = await X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [utf8(NAME.commonName)] }, { O: [utf8('Gatepost')] }],
      serialNumber: ours.serialNumber,
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [await SubjectKeyIdentifierExtension.create(keys.publicKey)],
    })
    expect(new Uint8Array(ours.rawData)).toEqual(new Uint8Array(theirs.rawData))
    expect(await ours.verify()).toBe(true)
  })

  it('gives each a positive serial number of its own, of 16 bytes', async () => {
    const serials = new Set<string>()
    for (let round = 0; round < 8; round++) {
      const der = await createSelfSigned(keys, NAME, { notBefore, notAfter })
      const { serialNumber } = new X509Certificate(der)
      expect(serialNumber).toMatch(/^[4-7][0-9a-f]{31}$/)
      serials.add(serialNumber)
    }
    expect(serials.size).toBe(8)
  })

  it('writes a year from 2050 on with four digits', async () => {
    const end = Date.UTC(2050, 0, 1)
    const read = async (at: number) =>
      new X509Certificate(await createSelfSigned(keys, NAME, { notBefore, notAfter: at }))
    expect((await read(end)).notAfter.getTime()).toBe(end)
    expect((await read(end - 1000)).notAfter.getTime()).toBe(end - 1000)
    expect((await read(end)).toString('hex')).toContain(
      Array.from(new TextEncoder().encode('20500101000000Z'), (byte) => byte.toString(16)).join(''),
    )
  })
})
