// What the contenders know before the first message. Only Gatepost has more than the two sides: the
// key as it stores it, and the keys of other connections.
import { parseCertificate, storeKey } from '../src/saml/signature/certificate.ts'
import type { Setup } from './libraries.ts'
import type { Parties } from './messages.ts'

export async function makeSetup(parties: Parties, connections: number): Promise<Setup> {
  const certificate = await parseCertificate(parties.idpCertificate)
  if (!certificate.ok) throw new Error(certificate.error.code)
  const idpKey = storeKey(certificate.value)
  return {
    ...parties,
    idpKey,
    otherKeys: Array.from({ length: connections }, () => anotherKey(idpKey.spki)),
  }
}

/** The same with another modulus. Nobody has its private key, and nothing is signed with it. */
function anotherKey(spki: string): string {
  const der = Buffer.from(spki, 'base64')
  // Before the exponent, 65537: the modulus without its first and last byte.
  crypto.getRandomValues(der.subarray(-5 - 255, -5 - 1))
  return der.toString('base64')
}
