// The fields of an X.509 certificate that are shown, and its key (RFC 5280 §4.1). Signature and extensions are not looked at:
// a pinned certificate is trusted because a person pinned it, whoever signed it and whatever it says it is good for.
import {
  bytesOfBitString,
  childrenOf,
  contentOf,
  malformed,
  readDer,
  readObjectIdentifier,
  TAG,
  type Der,
} from './der.ts'

export type PublicKeyKind =
  | { type: 'RSA'; bits: number; exponent: bigint }
  | { type: 'EC'; curve: string }
  | { type: 'other'; name: string }

export type CertificateFields = {
  subject: string
  issuer: string
  /** Milliseconds since 1970. */
  notBefore: number
  notAfter: number
  key: PublicKeyKind
  /** SubjectPublicKeyInfo, DER. */
  spki: Uint8Array<ArrayBuffer>
}

/** Throws a SyntaxError for what is no certificate in DER. What is behind it is not looked at. */
export function readX509(der: Uint8Array<ArrayBuffer>): CertificateFields {
  const [toBeSigned, signedWith, signature] = partsOf(readDer(der), 3)
  childrenOf(signedWith, TAG.sequence)
  contentOf(signature, TAG.bitString)
  const fields = childrenOf(toBeSigned, TAG.sequence)
  // The version is left out where it is 1.
  if (fields[0]?.tag === VERSION) fields.shift()
  const [serial, algorithm, issuer, validity, subject, spki, ...optional] = fields
  contentOf(serial, TAG.integer)
  childrenOf(algorithm, TAG.sequence)
  checkOptional(optional)
  const [notBefore, notAfter] = partsOf(validity, 2)
  return {
    subject: readName(subject),
    issuer: readName(issuer),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    key: readKey(spki),
    spki: spki!.whole.slice(),
  }
}

/** The values of a sequence that has exactly so many. */
function partsOf(value: Der | undefined, count: number): Der[] {
  const parts = childrenOf(value, TAG.sequence)
  if (parts.length !== count) throw malformed()
  return parts
}

const VERSION = 0xa0
const UNIQUE_IDENTIFIERS = new Set([0x81, 0x82])
const EXTENSIONS = 0xa3

/** That extensions are such tells a certificate that was damaged on its way; what they say is not asked. */
function checkOptional(fields: Der[]): void {
  for (const field of fields) {
    if (UNIQUE_IDENTIFIERS.has(field.tag)) continue
    const [extensions] = childrenOf(field, EXTENSIONS)
    for (const extension of childrenOf(extensions, TAG.sequence)) {
      const parts = childrenOf(extension, TAG.sequence)
      readObjectIdentifier(parts[0])
      contentOf(parts.at(-1), TAG.octetString)
    }
  }
}

const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'T',
  '2.5.4.42': 'G',
  '2.5.4.43': 'I',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'E',
}

/** `CN=…, O=…`, in the certificate's own order, escaped as RFC 4514 §2.4 has it. */
function readName(name: Der | undefined): string {
  return childrenOf(name, TAG.sequence)
    .map((set) =>
      childrenOf(set, TAG.set)
        .map((pair) => {
          const [type, value] = partsOf(pair, 2)
          const oid = readObjectIdentifier(type)
          return `${ATTRIBUTE_TYPES[oid] ?? oid}=${readText(value)}`
        })
        .join('+'),
    )
    .join(', ')
}

function readText(value: Der | undefined): string {
  if (!value) throw malformed()
  switch (value.tag) {
    case TAG.utf8String:
      return escape(readUTF8(value.content))
    case TAG.printableString:
    case TAG.teletexString:
    case TAG.ia5String:
      return escape(characters(value.content, 1))
    case TAG.bmpString:
      return escape(characters(value.content, 2))
    case TAG.universalString:
      return escape(characters(value.content, 4))
    default:
      // RFC 4514 §2.4: the encoding itself, where there is no text.
      return `#${hexadecimal(value.whole)}`
  }
}

/** Some write Latin-1 where UTF-8 belongs. */
function readUTF8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return characters(bytes, 1)
  }
}

/** Text of characters that have `width` bytes each. */
function characters(bytes: Uint8Array, width: number): string {
  if (bytes.length % width !== 0) throw malformed()
  let text = ''
  for (let at = 0; at < bytes.length; at += width) {
    const code = bytes.subarray(at, at + width).reduce((sum, byte) => sum * 256 + byte, 0)
    if (code > 0x10ffff) throw malformed()
    text += String.fromCodePoint(code)
  }
  return text
}

function escape(text: string): string {
  return text
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replace(/^[ #]| $/g, '\\$&')
    .replace(/[\0\t\r\n]/g, (control) => `\\${hexadecimal([control.charCodeAt(0)]).toUpperCase()}`)
}

function hexadecimal(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** RFC 5280 §4.1.2.5. Some leave the seconds out, and some write fractions of them. */
function readTime(value: Der | undefined): number {
  const text = characters(value?.content ?? new Uint8Array(), 1)
  const short = value?.tag === TAG.utcTime
  if (!short) contentOf(value, TAG.generalizedTime)
  const parts = (short ? UTC_TIME : GENERALIZED_TIME).exec(text)
  if (!parts) throw malformed()
  const [year, month, day, hour, minute, second] = parts.slice(1).map((part) => Number(part ?? 0))
  const century = !short ? 0 : year! < 50 ? 2000 : 1900
  return Date.UTC(century + year!, month! - 1, day, hour, minute, second)
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z$/
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?Z$/

const RSA = '1.2.840.113549.1.1.1'
const EC = '1.2.840.10045.2.1'
const NIST_CURVES: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
}
/** What certificates are seen with and no signature is verified with: to be told by name. */
const OTHERS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '1.2.840.10040.4.1': 'DSA',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
  '1.3.132.0.10': 'K-256',
  '1.3.36.3.3.2.8.1.1.7': 'brainpoolP256r1',
  '1.3.36.3.3.2.8.1.1.11': 'brainpoolP384r1',
  '1.3.36.3.3.2.8.1.1.13': 'brainpoolP512r1',
}

function readKey(spki: Der | undefined): PublicKeyKind {
  const [algorithm, subjectPublicKey] = partsOf(spki, 2)
  const [oid, parameters] = childrenOf(algorithm, TAG.sequence)
  const name = readObjectIdentifier(oid)
  const key = bytesOfBitString(subjectPublicKey)
  if (name === RSA) {
    // RFC 8017 §A.1.1. The size is told in whole bytes.
    const [modulus, exponent] = partsOf(readDer(key), 2)
    return {
      type: 'RSA',
      bits: readUnsigned(modulus).length * 8,
      exponent: BigInt(`0x0${hexadecimal(readUnsigned(exponent))}`),
    }
  }
  if (name !== EC) return { type: 'other', name: OTHERS[name] ?? name }
  if (parameters?.tag !== TAG.objectIdentifier) return { type: 'other', name: 'ECDSA' }
  const curve = readObjectIdentifier(parameters)
  return NIST_CURVES[curve]
    ? { type: 'EC', curve: NIST_CURVES[curve] }
    : { type: 'other', name: OTHERS[curve] ?? curve }
}

/** Without the zeros that keep a number positive. */
function readUnsigned(value: Der | undefined): Uint8Array {
  const content = contentOf(value, TAG.integer)
  const first = content.findIndex((byte) => byte !== 0)
  return first === -1 ? new Uint8Array() : content.subarray(first)
}
