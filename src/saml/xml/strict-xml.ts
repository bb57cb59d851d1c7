// The strict reader: XML text to a tree. It refuses markup that two XML readers could see
// differently, and markup that only costs time. It must not interpret SAML.
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type XmlCode, type SamlCode } from '../refusal.ts'
import { BadMarkup } from './bad-markup.ts'
import { scanText } from './strict-scan.ts'
import type { StrictElement } from './strict-tree.ts'

export const LIMITS = {
  /** Decoded size of a message, in bytes. */
  bytes: 256 * 1024,
  depth: 64,
  attributes: 64,
  /** Elements, attributes and pieces of text together. */
  nodes: 6_000,
  /** Namespace declarations in scope at one element: canonicalization pays for each. */
  namespaces: 128,
  /** Namespace declarations in the whole message. */
  declarations: 2_500,
} as const

export type Limits = { readonly [Name in keyof typeof LIMITS]: number }

/** Exceptions for metadata. Messages have none. */
export type Allowances = {
  /** Comments are left out of the tree; the text on both sides of one is joined. */
  comments?: boolean
  /**
   * Permits `xmlns:xml` with the value that it always has (Namespaces in XML 1.0 §3): Shibboleth
   * writes it.
   */
  xmlPrefix?: boolean
  limits?: Limits
}

const CLAUSE = 'XML 1.0; SAML Core §1.3, §5.4'

const EXPECTED: Partial<Record<SamlCode, string>> = {
  xml_character: 'characters that XML 1.0 allows',
  xml_doctype: 'no DOCTYPE',
  xml_comment: 'no comment',
  xml_processing_instruction: 'no processing instruction',
  xml_entity: 'character references and the five predefined entities',
  xml_encoding: 'XML 1.0 in UTF-8',
  xml_name: 'ASCII names with at most one prefix',
  xml_namespace: 'declared prefixes and absolute namespace URIs',
  xml_duplicate_attribute: 'each attribute once',
  xml_id: 'an ID attribute without prefix and without references',
  xml_duplicate_id: 'each ID once in the document',
}

function expectedFor(code: SamlCode, limits: Limits): string {
  if (code === 'xml_too_deep') return `at most ${limits.depth} levels`
  if (code === 'xml_too_large')
    return (
      `at most ${limits.nodes} nodes, ${limits.attributes} attributes for each element, ` +
      `${limits.namespaces} namespaces in scope, ${limits.declarations} declared`
    )
  return EXPECTED[code] ?? 'well-formed XML'
}

/**
 * Checks every rule and builds the tree in the same pass. Normalizes line ends (XML 1.0 §2.11) and
 * white space in attributes (§3.3.3) as XML says, and nothing further. Returns the root. Refuses
 * the `xml_*` codes.
 */
export function readStrictXml(
  text: string,
  allowances: Allowances = {},
): Result<StrictElement, Refusal<XmlCode>> {
  const { limits = LIMITS, comments = false, xmlPrefix = false } = allowances
  // White space is white space with and without this step: no rule depends on it.
  const source = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  try {
    return ok(scanText(source, { limits, comments, xmlPrefix }))
  } catch (error) {
    if (!(error instanceof BadMarkup)) throw error
    return refuse(error.code, CLAUSE, expectedFor(error.code, limits), error.received)
  }
}
