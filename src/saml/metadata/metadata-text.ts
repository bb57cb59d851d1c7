// Decodes a metadata file to the text that the strict reader reads: encodings by byte order mark or
// declaration (XML 1.0 §4.3.3, appendix F), and what tools write before the root element.
import { encodingByBytes } from '../../encoding.ts'
import { ok, type Result } from '../../result.ts'
import { binaryKind, textKind, type GivenThing } from '../../given-instead.ts'
import { type Refusal, refuse, type MetadataCode } from '../refusal.ts'

const CLAUSE = 'XML 1.0 §4.3.3'
const HEAD = 4096

/** By names in lower case. ISO-8859-1 is read as its superset, as browsers do. */
const ENCODINGS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'iso-8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
}

/**
 * The text without its XML declaration, white space and style sheets before the root. Refuses
 * `metadata_other` with what was given instead, `certificate_private_key`, and `metadata_encoding`
 * for an encoding that is not known, or that the bytes do not have.
 */
export function readMetadataText(bytes: Uint8Array): Result<string, Refusal<MetadataCode>> {
  const binary = binaryKind(bytes)
  if (binary !== undefined) return other(binary, binary)
  const encoding = encodingOf(bytes)
  if (!encoding.ok) return encoding
  let text: string
  try {
    text = new TextDecoder(encoding.value, { fatal: true }).decode(bytes)
  } catch {
    return refuse('metadata_encoding', CLAUSE, encoding.value, 'other bytes')
  }
  const kind = textKind(text)
  if (kind === 'a private key')
    return refuse('certificate_private_key', CLAUSE, 'metadata of an IdP', kind)
  if (kind !== undefined && !MAY_BE_METADATA.has(kind)) return other(kind, kind)
  const rest = withoutProlog(text)
  const damage = damageOf(rest.slice(0, HEAD))
  return damage === undefined ? ok(rest) : other(damage)
}

/** Its root may stand behind a long comment. */
const MAY_BE_METADATA: ReadonlySet<GivenThing> = new Set<GivenThing>(['metadata of an IdP', 'XML'])

function other(received: string, given?: GivenThing) {
  const more = given ? { given } : {}
  return refuse('metadata_other', 'SAML Metadata §2', 'metadata of an IdP (XML)', received, more)
}

/** What was lost on the way, where the text was copied. */
function damageOf(head: string): string | undefined {
  if (/^-\s{0,10}</.test(head)) return 'text copied from a browser’s view of the metadata'
  if (/=\s{0,10}[\u201c-\u201f\u2033]/.test(head)) return 'metadata with typographic quotes'
  if (!head.startsWith('<') && head.includes('&lt;')) return 'metadata whose < is written as &lt;'
  return undefined
}

/** A byte order mark decides, then the pattern of the first bytes, then the declaration. */
function encodingOf(bytes: Uint8Array): Result<string, Refusal<MetadataCode>> {
  const known = encodingByBytes(bytes)
  if (known !== undefined) return ok(known)
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, HEAD)).trimStart()
  const declared =
    /^<\?xml [^>]{0,200}?encoding\s{0,20}=\s{0,20}["']([A-Za-z0-9._-]{1,40})["']/.exec(head)?.[1]
  const name = declared?.toLowerCase() ?? 'utf-8'
  return Object.hasOwn(ENCODINGS, name)
    ? ok(ENCODINGS[name]!)
    : refuse('metadata_encoding', CLAUSE, 'UTF-8, UTF-16, ISO-8859-1 or windows-1252', name)
}

/** Says nothing about what is in the document: tools write it for readers and browsers. */
function withoutProlog(text: string): string {
  let rest = text.trimStart()
  while (rest.startsWith('<?xml ') || rest.startsWith('<?xml-stylesheet ')) {
    const end = rest.indexOf('?>')
    if (end === -1 || end > HEAD) return rest
    rest = rest.slice(end + 2).trimStart()
  }
  return rest
}
