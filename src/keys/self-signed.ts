// The certificate of a key pair of ours, signed by itself (RFC 5280 §4.1): a carrier of the public key, as IdPs want it.
import { bytesOfBitString, childrenOf, readDer, TAG, writeDer } from '../saml/der.ts'

const VERSION = 0xa0
const EXTENSIONS = 0xa3
const COMMON_NAME = [0x55, 0x04, 0x03]
const ORGANIZATION = [0x55, 0x04, 0x0a]
const SUBJECT_KEY_IDENTIFIER = [0x55, 0x1d, 0x0e]
/** 1.2.840.113549.1.1.11 */
const SHA256_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]
/** RFC 5280 §4.1.2.5: from then on a time has four digits of the year. */
const FOUR_DIGITS_FROM = Date.UTC(2050)

/** DER. `keys` are for RSASSA-PKCS1-v1_5 with SHA-256, the public one extractable. Milliseconds since 1970. */
export async function createSelfSigned(
  keys: CryptoKeyPair,
  name: { commonName: string; organization: string },
  validity: { notBefore: number; notAfter: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const spki = new Uint8Array(
    (await crypto.subtle.exportKey('spki', keys.publicKey)) as ArrayBuffer,
  )
  const subject = sequence(
    attribute(COMMON_NAME, name.commonName),
    attribute(ORGANIZATION, name.organization),
  )
  const algorithm = sequence(oid(SHA256_WITH_RSA), writeDer(TAG.null))
  const toBeSigned = sequence(
    writeDer(VERSION, integer([2])),
    createSerial(),
    algorithm,
    subject,
    sequence(time(validity.notBefore), time(validity.notAfter)),
    subject,
    spki,
    // RFC 5280 §4.1.2.9 wants one where there is a list, and this one can be held against no use of the key.
    writeDer(EXTENSIONS, sequence(await subjectKeyIdentifier(spki))),
  )
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', keys.privateKey, toBeSigned)
  return sequence(toBeSigned, algorithm, bitString(new Uint8Array(signature)))
}

/** A positive number of 16 bytes (RFC 5280 §4.1.2.2). */
function createSerial(): Uint8Array {
  const serial = crypto.getRandomValues(new Uint8Array(16))
  serial[0] = (serial[0]! & 0x7f) | 0x40
  return integer(serial)
}

/** RFC 5280 §4.2.1.2, method 1. */
async function subjectKeyIdentifier(spki: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const [, key] = childrenOf(readDer(spki), TAG.sequence)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', bytesOfBitString(key)))
  return sequence(oid(SUBJECT_KEY_IDENTIFIER), octets(octets(digest)))
}

function attribute(type: number[], text: string): Uint8Array {
  const value = writeDer(TAG.utf8String, new TextEncoder().encode(text))
  return writeDer(TAG.set, sequence(oid(type), value))
}

function time(at: number): Uint8Array {
  const digits = new Date(at).toISOString().replace(/\.\d+|[-:T]/g, '')
  const [tag, text] =
    at < FOUR_DIGITS_FROM ? [TAG.utcTime, digits.slice(2)] : [TAG.generalizedTime, digits]
  return writeDer(tag, new TextEncoder().encode(text))
}

function sequence(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return writeDer(TAG.sequence, ...parts)
}

function oid(bytes: number[]): Uint8Array {
  return writeDer(TAG.objectIdentifier, Uint8Array.from(bytes))
}

function integer(bytes: Iterable<number>): Uint8Array {
  return writeDer(TAG.integer, Uint8Array.from(bytes))
}

function octets(content: Uint8Array): Uint8Array {
  return writeDer(TAG.octetString, content)
}

function bitString(content: Uint8Array): Uint8Array {
  return writeDer(TAG.bitString, Uint8Array.of(0), content)
}
