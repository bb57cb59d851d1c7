// Certificates as odd tools make them: the test's own with one part replaced. Their signatures do
// not fit, which decides nothing: a certificate carries a pinned key.
import { createHash } from 'node:crypto'
import { elementAt } from '../../src/der.ts'
import { certificateOf, type KeyName } from '../support/keys.ts'
import { latin1 } from './kind.ts'

export const derOf = (name: KeyName): Uint8Array => latin1(atob(certificateOf(name)))
export const base64Of = (der: Uint8Array): string => btoa(String.fromCharCode(...der))
export const fingerprintOf = (der: Uint8Array): string =>
  createHash('sha256').update(der).digest('hex')

function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.flatMap((part) => [...part])
  const { length } = content
  const head = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff]
  return Uint8Array.from([tag, ...head, ...content])
}

function partsOf(sequence: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  const { content, end } = elementAt(sequence, 0)
  for (let at = content; at < end; at += parts.at(-1)!.length)
    parts.push(sequence.slice(at, elementAt(sequence, at).end))
  return parts
}

const SEQUENCE = 0x30
/** Of the parts of a TBSCertificate (RFC 5280 §4.1). */
const PLACES = { version: 0, serial: 1, issuer: 3, validity: 4, subject: 5, key: 6 } as const

/** The certificate with parts replaced; an empty part is left out. */
export function remade(changes: Partial<Record<keyof typeof PLACES, Uint8Array>>): Uint8Array {
  const [toBeSigned, ...rest] = partsOf(derOf('idp'))
  const parts = partsOf(toBeSigned!)
  for (const [name, part] of Object.entries(changes)) parts[PLACES[name as 'key']] = part
  return der(SEQUENCE, der(SEQUENCE, ...parts), ...rest)
}

const utc = (text: string) => der(0x17, latin1(text))
export const generalized = (text: string) => der(0x18, latin1(text))

/** Each a UTCTime as text, or a time as DER. */
export const validity = (...times: readonly [string | Uint8Array, string | Uint8Array]) =>
  der(SEQUENCE, ...times.map((time) => (typeof time === 'string' ? utc(time) : time)))

export const serial = (...bytes: number[]) => der(0x02, Uint8Array.from(bytes))

/** Of a kind that no login is verified with. */
export const keyOf = (...oid: number[]) =>
  der(
    SEQUENCE,
    der(SEQUENCE, der(0x06, Uint8Array.from(oid))),
    der(0x03, Uint8Array.from([0, 0x02, 0x01, 0x05])),
  )

/** 1.2.840.10040.4.1 (RFC 3279 §2.3.2) and 1.2.840.113549.1.1.10 (RFC 4055 §1.2). */
export const DSA = [0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01]
export const RSA_PSS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a]

/** A name as BMPString, in UTF-16, or as TeletexString, one byte a character (X.680 §41). */
export function named(kind: 'BMPString' | 'TeletexString', text: string): Uint8Array {
  const codes = Array.from(text, (character) => character.charCodeAt(0))
  const value =
    kind === 'BMPString'
      ? der(0x1e, Uint8Array.from(codes.flatMap((code) => [code >> 8, code & 0xff])))
      : der(0x14, Uint8Array.from(codes))
  const commonName = der(0x06, Uint8Array.of(0x55, 0x04, 0x03))
  return der(SEQUENCE, der(0x31, der(SEQUENCE, commonName, value)))
}

/** PKCS#7 signedData with nothing but certificates. */
export function bundle(...certificates: readonly Uint8Array[]): Uint8Array {
  const SIGNED_DATA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]
  const inner = der(SEQUENCE, der(0x02, Uint8Array.of(1)), der(0xa0, ...certificates))
  return der(SEQUENCE, der(0x06, Uint8Array.from(SIGNED_DATA)), der(0xa0, inner))
}
