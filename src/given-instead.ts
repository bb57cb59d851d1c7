// Says what was given where a certificate, metadata or a list of people was asked for. Pure. The
// words of the error catalogue for each are in src/errors/given.ts.
import { decodeBase64 } from './base64.ts'
import { elementAt } from './der.ts'

const HEAD = 4096
const PARTS = '[Content_Types].xml'

/** In the words that a reader sees. */
export type GivenThing =
  | 'nothing'
  | 'a web page'
  | 'metadata of an IdP'
  | 'a SAML response'
  | 'XML'
  | 'JSON'
  | 'a private key'
  | 'a certificate'
  | 'a public key without its certificate'
  | 'a bundle (PKCS#7)'
  | 'a certificate request (CSR)'
  | 'a PEM file of another kind'
  | 'a fingerprint'
  | 'a URL'
  | 'a compressed file'
  | 'a Microsoft Office file'
  | 'a PDF file'
  | 'a picture'

/** Undefined: nothing that is known by its look. `head`: the beginning of a file, as bytes. */
export function binaryKind(head: Uint8Array): GivenThing | undefined {
  const begins = (...bytes: number[]) => bytes.every((byte, at) => head[at] === byte)
  // The first entry of an OOXML package (ECMA-376-2).
  if (begins(0x50, 0x4b, 0x03, 0x04) && new TextDecoder().decode(head.subarray(30, 49)) === PARTS)
    return 'a Microsoft Office file'
  if (begins(0x1f, 0x8b) || begins(0x50, 0x4b, 0x03, 0x04)) return 'a compressed file'
  if (begins(0x25, 0x50, 0x44, 0x46)) return 'a PDF file'
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) return 'a Microsoft Office file'
  if (begins(0x89, 0x50, 0x4e, 0x47) || begins(0xff, 0xd8, 0xff)) return 'a picture'
  return undefined
}

const LABELS: Readonly<Record<string, GivenThing>> = {
  'PUBLIC KEY': 'a public key without its certificate',
  'RSA PUBLIC KEY': 'a public key without its certificate',
  PKCS7: 'a bundle (PKCS#7)',
  CMS: 'a bundle (PKCS#7)',
  'CERTIFICATE REQUEST': 'a certificate request (CSR)',
  'NEW CERTIFICATE REQUEST': 'a certificate request (CSR)',
}

/** Undefined: nothing that is known by its look. */
export function textKind(text: string): GivenThing | undefined {
  const head = text.slice(0, HEAD).trimStart()
  const lower = head.toLowerCase()
  if (head === '') return 'nothing'
  if (lower.startsWith('<!doctype html') || lower.includes('<html')) return 'a web page'
  if (head.includes('EntityDescriptor') || head.includes('EntitiesDescriptor'))
    return 'metadata of an IdP'
  if (/<(?:[A-Za-z0-9]{1,20}:)?Response[\s>]/.test(head)) return 'a SAML response'
  if (/^[[{]/.test(head)) return 'JSON'
  const label = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(head)?.[1]
  if (label?.endsWith('PRIVATE KEY')) return 'a private key'
  if (label?.endsWith('CERTIFICATE')) return 'a certificate'
  if (label !== undefined) return LABELS[label] ?? 'a PEM file of another kind'
  if (head.startsWith('<?xml ')) return 'XML'
  if (/^(?:SHA-?(?:1|256)[^\n]{0,40}[=:])?\s*(?:[0-9a-f]{2}[:\s]?){16,64}$/i.test(head.trim()))
    return 'a fingerprint'
  const [first = ''] = head.split(/\s/, 1)
  if (/^https?:/i.test(first) && URL.canParse(first)) return 'a URL'
  return derKind(decodeBase64(text.length < 200_000 ? text : '') ?? new Uint8Array())
}

/** What is known to be no SAML response, neither XML nor the field. */
export function otherThanResponse(text: string): GivenThing | undefined {
  const kind = textKind(text)
  return kind === 'a SAML response' || kind === 'XML' ? undefined : kind
}

const SEQUENCE = 0x30
/** 1.2.840.113549.1.7.2, signedData. */
const SIGNED_DATA = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]
/** The algorithm of a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): RSA and elliptic curves. */
const OF_KEYS = [
  [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01],
  [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01],
]

function derKind(der: Uint8Array): GivenThing | undefined {
  if (der[0] !== SEQUENCE) return undefined
  const { content } = elementAt(der, 0)
  const has = (at: number, bytes: readonly number[]) =>
    bytes.every((byte, index) => der[at + index] === byte)
  if (has(content, SIGNED_DATA)) return LABELS.PKCS7
  const inner = der[content] === SEQUENCE ? elementAt(der, content).content : content
  return OF_KEYS.some((oid) => has(inner, oid)) ? LABELS['PUBLIC KEY'] : undefined
}
