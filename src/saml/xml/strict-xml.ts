// Scans XML text before any parser sees it. It refuses markup that two XML readers could see
// differently, and markup that only costs time. It builds nothing.
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type SamlCode } from '../refusal.ts'
import { BadMarkup, fail } from './bad-markup.ts'
import {
  checkReferences,
  checkSectionEnds,
  createCursor,
  isSpace,
  readName,
  skipSpace,
  type MarkupCursor,
} from './markup-cursor.ts'
import {
  checkPrefixes,
  createNamespaces,
  declare,
  enterElement,
  leaveElement,
  type DeclaredNamespaces,
} from './declared-namespaces.ts'

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

/** Exceptions for metadata. Messages have none. */
export type Allowances = {
  /** Metadata removes comments before any parser sees them. */
  comments?: boolean
  /**
   * Permits `xmlns:xml` with the value that it always has (Namespaces in XML 1.0 §3): Shibboleth
   * writes it.
   */
  xmlPrefix?: boolean
  limits?: Limits
}

/** Checks the rules for text that may be parsed, in one pass. Refuses the `xml_*` codes. */
export function checkStrictXml(text: string, allowances: Allowances = {}): Result<true, Refusal> {
  const { limits = LIMITS } = allowances
  try {
    scanText(text, allowances, limits)
    return ok(true)
  } catch (error) {
    if (!(error instanceof BadMarkup)) throw error
    return refuse(error.code, CLAUSE, expectedFor(error.code, limits), error.received)
  }
}

// XML 1.0 §2.2 Char, below the surrogates; lone surrogates are found by isWellFormed().
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
const S = '[ \\t\\r\\n]'
const declared = (name: string, value: string) => `${S}+${name}${S}*=${S}*(?:"${value}"|'${value}')`
const XML_DECLARATION = new RegExp(
  `^<\\?xml${declared('version', '1\\.0')}(?:${declared('encoding', 'utf-8')})?` +
    `(?:${declared('standalone', '(?:yes|no)')})?${S}*\\?>`,
  'i',
)

type Scan = {
  readonly cursor: MarkupCursor
  readonly scope: DeclaredNamespaces
  readonly openNames: string[]
  readonly ids: Set<string>
  readonly limits: Limits
  readonly comments: boolean
  readonly xmlPrefix: boolean
  nodes: number
  rootSeen: boolean
}

function scanText(text: string, allowances: Allowances, limits: Limits): void {
  if (FORBIDDEN.test(text) || !text.isWellFormed()) fail('xml_character', 'a forbidden character')
  const cursor = createCursor(text)
  const { comments = false, xmlPrefix = false } = allowances
  const scan: Scan = {
    cursor,
    scope: createNamespaces(),
    openNames: [],
    ids: new Set(),
    limits,
    comments,
    xmlPrefix,
    nodes: 0,
    rootSeen: false,
  }
  skipXmlDeclaration(cursor)
  while (cursor.position < text.length) {
    const open = text.indexOf('<', cursor.position)
    const end = open === -1 ? text.length : open
    if (end > cursor.position) readText(scan, end)
    if (open === -1) break
    readMarkup(scan)
  }
  if (!scan.rootSeen || scan.openNames.length > 0)
    fail('xml_malformed', 'an element that is not closed')
}

function count(scan: Scan): void {
  const { nodes } = scan.limits
  if (++scan.nodes > nodes) fail('xml_too_large', `more than ${nodes} nodes`)
}

function skipXmlDeclaration(cursor: MarkupCursor): void {
  const { text } = cursor
  if (!text.startsWith('<?xml') || !isSpace(text.charCodeAt(5))) return
  const declaration = XML_DECLARATION.exec(text)
  if (!declaration) fail('xml_encoding', text.slice(0, 100))
  cursor.position = declaration[0].length
}

function readText(scan: Scan, end: number): void {
  const { cursor, openNames } = scan
  if (openNames.length === 0) {
    skipSpace(cursor)
    if (cursor.position < end) fail('xml_malformed', 'text outside the root element')
  } else {
    count(scan)
    checkReferences(cursor, cursor.position, end)
    checkSectionEnds(cursor, end)
  }
  cursor.position = end
}

function readMarkup(scan: Scan): void {
  const { text, position } = scan.cursor
  const next = text.charCodeAt(position + 1)
  if (next === 0x21 /* ! */) {
    if (text.startsWith('<!--', position)) readComment(scan)
    else if (text.startsWith('<![CDATA[', position)) readSection(scan)
    else fail('xml_doctype', text.slice(position, position + 20))
  } else if (next === 0x3f /* ? */)
    fail('xml_processing_instruction', text.slice(position, position + 20))
  else if (next === 0x2f /* / */) readEndTag(scan)
  else readStartTag(scan)
}

function readComment(scan: Scan): void {
  const { cursor } = scan
  if (!scan.comments) fail('xml_comment', 'a comment')
  const close = cursor.text.indexOf('--', cursor.position + 4)
  if (close === -1 || cursor.text[close + 2] !== '>')
    fail('xml_malformed', 'a comment that does not end with its first --')
  cursor.position = close + 3
  count(scan)
}

function readSection(scan: Scan): void {
  const { cursor } = scan
  if (scan.openNames.length === 0) fail('xml_malformed', 'CDATA outside the root element')
  const close = cursor.text.indexOf(']]>', cursor.position)
  if (close === -1) fail('xml_malformed', 'a CDATA section that does not end')
  cursor.position = close + 3
  count(scan)
}

function readEndTag({ cursor, openNames, scope }: Scan): void {
  cursor.position += 2
  const name = readName(cursor)
  skipSpace(cursor)
  if (cursor.text.charCodeAt(cursor.position) !== 0x3e /* > */ || openNames.pop() !== name)
    fail('xml_malformed', `an end tag ${name} without its start tag`)
  cursor.position++
  leaveElement(scope)
}

function readStartTag(scan: Scan): void {
  const { cursor, scope, openNames, limits } = scan
  cursor.position++
  const name = readName(cursor)
  if (openNames.length === 0) {
    if (scan.rootSeen) fail('xml_malformed', 'a second root element')
    scan.rootSeen = true
  }
  if (openNames.length >= limits.depth) fail('xml_too_deep', `more than ${limits.depth} levels`)
  count(scan)
  enterElement(scope)

  const attributeNames: string[] = []
  while (!atTagEnd(cursor, name)) readAttribute(scan, attributeNames)
  checkPrefixes(scope, name, attributeNames)

  const isEmpty = cursor.text.charCodeAt(cursor.position) === 0x2f /* / */
  cursor.position += isEmpty ? 2 : 1
  if (isEmpty) leaveElement(scope)
  else openNames.push(name)
}

/** True at `>` and `/>`; else the next attribute begins here. */
function atTagEnd(cursor: MarkupCursor, name: string): boolean {
  const { text } = cursor
  const spaced = skipSpace(cursor)
  const code = text.charCodeAt(cursor.position)
  if (code === 0x3e /* > */) return true
  if (code === 0x2f /* / */ && text.charCodeAt(cursor.position + 1) === 0x3e) return true
  if (!spaced) fail('xml_malformed', `no space before an attribute of ${name}`)
  return false
}

function readAttribute(scan: Scan, names: string[]): void {
  const { cursor, limits } = scan
  const { text } = cursor
  const name = readName(cursor)
  skipSpace(cursor)
  if (text.charCodeAt(cursor.position) !== 0x3d /* = */)
    fail('xml_malformed', `${name} without a value`)
  cursor.position++
  skipSpace(cursor)
  const quote = text[cursor.position]
  if (quote !== '"' && quote !== "'") fail('xml_malformed', `${name} without quotes`)
  const start = ++cursor.position
  const close = text.indexOf(quote, start)
  if (close === -1) fail('xml_malformed', `${name} without an end`)
  const less = text.indexOf('<', start)
  if (less !== -1 && less < close) fail('xml_malformed', `< in ${name}`)
  checkReferences(cursor, start, close)
  cursor.position = close + 1
  count(scan)

  // Linear: at most limits.attributes of them.
  if (names.includes(name)) fail('xml_duplicate_attribute', name)
  if (names.push(name) > limits.attributes)
    fail('xml_too_large', `more than ${limits.attributes} attributes`)
  checkAttribute(scan, name, text.slice(start, close))
}

/** IDs, and names that begin with `xml`. */
function checkAttribute(scan: Scan, name: string, value: string): void {
  const { ids, scope } = scan
  const colon = name.indexOf(':')
  const local = colon === -1 ? name : name.slice(colon + 1)
  if (local.length === 2 && local.toLowerCase() === 'id') {
    // A reference would be a second spelling of the same ID.
    if (colon !== -1 || value.includes('&')) fail('xml_id', `${name}="${value.slice(0, 60)}"`)
    if (ids.has(value)) fail('xml_duplicate_id', value)
    ids.add(value)
    return
  }
  if (name.charCodeAt(0) !== 0x78 /* x */ && !/xml/i.test(name)) return
  if (name === 'xmlns') declare(scope, '', value, scan)
  else if (name.startsWith('xmlns:')) declare(scope, local, value, scan)
  else if (/^xml:(?:lang|space|base)$/.test(name)) return
  else if (/^xml/i.test(name) || /^xmlns/i.test(local)) fail('xml_namespace', name)
}
