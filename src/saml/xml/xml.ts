// Parses bytes to a DOM: xmldom sees only text that strict-xml.ts passed. It must not interpret
// SAML.
import type { Document } from '@xmldom/xmldom'
import { LIMITS, checkStrictXml } from './strict-xml.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { parseText } from './xmldom.ts'

const CLAUSE = 'XML 1.0; SAML Core §1.3, §5.4'
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/**
 * Decodes bytes to text. Drops one byte order mark (XML 1.0 §4.3.3). Refuses `response_too_large`
 * and `response_not_utf8`.
 */
export function decodeText(
  bytes: Uint8Array,
  limit: number = LIMITS.bytes,
): Result<string, Refusal> {
  if (bytes.length > limit)
    return refuse('response_too_large', CLAUSE, `at most ${limit} bytes`, `${bytes.length} bytes`)
  try {
    return ok(UTF8.decode(bytes))
  } catch {
    return refuse('response_not_utf8', CLAUSE, 'UTF-8', 'other bytes')
  }
}

/**
 * Parses strict XML. Normalizes only line ends (XML 1.0 §2.11). Refuses every `xml_*` code. The
 * document has no comment, no processing instruction and no DOCTYPE.
 */
export function parseXml(text: string): Result<Document, Refusal> {
  const strict = checkStrictXml(text)
  if (!strict.ok) return strict
  try {
    const document = parseText(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text)
    if (document.documentElement) return ok(document)
  } catch {
    // Strict XML that the parser rejects is refused as malformed.
  }
  return refuse('xml_malformed', CLAUSE, 'well-formed XML', 'text that the parser refuses')
}
