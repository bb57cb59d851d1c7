// Decodes bytes to the text that the strict reader reads.
import { LIMITS } from './strict-xml.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'

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
