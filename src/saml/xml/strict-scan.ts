// The one pass of the strict reader over XML text: checks each rule and builds the tree. Throws
// BadMarkup. It goes forward only, so its work grows with the text and no faster.
import { fail } from './bad-markup.ts'
import {
  declare,
  createNamespaces,
  enterElement,
  leaveElement,
  resolve,
  type DeclaredNamespaces,
} from './declared-namespaces.ts'
import {
  checkSectionEnds,
  createCursor,
  readAttributeValue,
  readCharacters,
  readName,
  skipSpace,
  skipXmlDeclaration,
  type MarkupCursor,
} from './markup-cursor.ts'
import type { NamespaceDeclaration, StrictAttribute, StrictElement } from './strict-tree.ts'
import type { Limits } from './strict-xml.ts'

// XML 1.0 §2.2 Char, below the surrogates; lone surrogates are found by isWellFormed().
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
type ScanOptions = {
  readonly limits: Limits
  readonly comments: boolean
  readonly xmlPrefix: boolean
}

/** An element while it is built. */
type OpenElement = StrictElement & {
  readonly children: (StrictElement | string)[]
  readonly parent: OpenElement | undefined
}

type Scan = ScanOptions & {
  readonly cursor: MarkupCursor
  readonly scope: DeclaredNamespaces
  readonly ids: Set<string>
  /** The innermost open element. */
  open: OpenElement | undefined
  depth: number
  nodes: number
  root: StrictElement | undefined
}

/** The attributes of one start tag as they stand in it. */
type WrittenAttributes = { readonly names: string[]; readonly values: string[] }

/** `text` has no carriage return. Returns the root element. */
export function scanText(text: string, options: ScanOptions): StrictElement {
  if (FORBIDDEN.test(text) || !text.isWellFormed()) fail('xml_character', 'a forbidden character')
  const cursor = createCursor(text)
  const scan: Scan = {
    ...options,
    cursor,
    scope: createNamespaces(),
    ids: new Set(),
    open: undefined,
    depth: 0,
    nodes: 0,
    root: undefined,
  }
  skipXmlDeclaration(cursor)
  while (cursor.position < text.length) {
    const open = text.indexOf('<', cursor.position)
    const end = open === -1 ? text.length : open
    if (end > cursor.position) readText(scan, end)
    if (open === -1) break
    readMarkup(scan)
  }
  if (!scan.root || scan.open) fail('xml_malformed', 'an element that is not closed')
  return scan.root
}

function count(scan: Scan): void {
  const { nodes } = scan.limits
  if (++scan.nodes > nodes) fail('xml_too_large', `more than ${nodes} nodes`)
}

function readText(scan: Scan, end: number): void {
  const { cursor, open } = scan
  if (!open) {
    skipSpace(cursor)
    if (cursor.position < end) fail('xml_malformed', 'text outside the root element')
  } else {
    count(scan)
    const characters = readCharacters(cursor, cursor.position, end)
    checkSectionEnds(cursor, end)
    append(open, characters)
  }
  cursor.position = end
}

/** Adjacent text is one string, whatever stood between. */
function append({ children }: OpenElement, text: string): void {
  const last = children.length - 1
  const before = children[last]
  if (typeof before === 'string') children[last] = before + text
  else if (text !== '') children.push(text)
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
  const { cursor, open } = scan
  if (!open) fail('xml_malformed', 'CDATA outside the root element')
  const close = cursor.text.indexOf(']]>', cursor.position)
  if (close === -1) fail('xml_malformed', 'a CDATA section that does not end')
  append(open, cursor.text.slice(cursor.position + '<![CDATA['.length, close))
  cursor.position = close + 3
  count(scan)
}

function readEndTag(scan: Scan): void {
  const { cursor, open } = scan
  cursor.position += 2
  const name = readName(cursor)
  skipSpace(cursor)
  if (cursor.text.charCodeAt(cursor.position) !== 0x3e /* > */ || open?.qualifiedName !== name)
    fail('xml_malformed', `an end tag ${name} without its start tag`)
  cursor.position++
  leave(scan, open)
}

function leave(scan: Scan, element: OpenElement): void {
  leaveElement(scan.scope)
  scan.open = element.parent
  scan.depth--
}

function readStartTag(scan: Scan): void {
  const { cursor, scope, open, limits } = scan
  cursor.position++
  const name = readName(cursor)
  if (!open && scan.root) fail('xml_malformed', 'a second root element')
  if (scan.depth >= limits.depth) fail('xml_too_deep', `more than ${limits.depth} levels`)
  count(scan)
  enterElement(scope)

  const written: WrittenAttributes = { names: [], values: [] }
  while (!atTagEnd(cursor, name)) readAttribute(scan, written)
  const element = createElement(scope, name, written, open)
  if (open) open.children.push(element)
  else scan.root = element
  scan.open = element
  scan.depth++

  const isEmpty = cursor.text.charCodeAt(cursor.position) === 0x2f /* / */
  cursor.position += isEmpty ? 2 : 1
  if (isEmpty) leave(scan, element)
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

function readAttribute(scan: Scan, attributes: WrittenAttributes): void {
  const { names, values } = attributes
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
  const written = text.slice(start, close)
  if (written.includes('<')) fail('xml_malformed', `< in ${name}`)
  const value = readAttributeValue(cursor, start, close)
  cursor.position = close + 1
  count(scan)

  // Linear: at most limits.attributes of them.
  if (names.includes(name)) fail('xml_duplicate_attribute', name)
  if (names.push(name) > limits.attributes)
    fail('xml_too_large', `more than ${limits.attributes} attributes`)
  values.push(value)
  checkAttribute(scan, name, value, written)
}

/** IDs, and names that begin with `xml`. `written` is the value before any replacement. */
function checkAttribute(scan: Scan, name: string, value: string, written: string): void {
  const { ids, scope } = scan
  const colon = name.indexOf(':')
  const local = colon === -1 ? name : name.slice(colon + 1)
  if (local.length === 2 && local.toLowerCase() === 'id') {
    // A reference would be a second spelling of the same ID.
    if (colon !== -1 || written.includes('&')) fail('xml_id', `${name}="${written.slice(0, 60)}"`)
    if (ids.has(value)) fail('xml_duplicate_id', value)
    ids.add(value)
    return
  }
  if (name.charCodeAt(0) !== 0x78 /* x */ && !/xml/i.test(name)) return
  if (name === 'xmlns') declare(scope, '', written, scan)
  else if (name.startsWith('xmlns:')) declare(scope, local, written, scan)
  else if (/^xml:(?:lang|space|base)$/.test(name)) return
  else if (/^xml/i.test(name) || /^xmlns/i.test(local)) fail('xml_namespace', name)
}

/** Resolves the prefixes of a start tag, after its declarations (Namespaces in XML 1.0 §6). */
function createElement(
  scope: DeclaredNamespaces,
  name: string,
  { names, values }: WrittenAttributes,
  parent: OpenElement | undefined,
): OpenElement {
  if (/^xml|:xmlns/i.test(name)) fail('xml_namespace', `element ${name}`)
  const colon = name.indexOf(':')
  const prefix = colon === -1 ? '' : name.slice(0, colon)
  const namespace = resolve(scope, prefix)
  const declarations: NamespaceDeclaration[] = []
  const attributes: StrictAttribute[] = []
  for (let index = 0; index < names.length; index++) {
    const attribute = names[index]!
    const value = values[index]!
    if (attribute === 'xmlns') declarations.push({ prefix: '', uri: value })
    else if (attribute.startsWith('xmlns:'))
      declarations.push({ prefix: attribute.slice(6), uri: value })
    else attributes.push(createAttribute(scope, attribute, value, attributes))
  }
  return {
    qualifiedName: name,
    prefix,
    localName: colon === -1 ? name : name.slice(colon + 1),
    namespace,
    declarations,
    attributes,
    children: [],
    parent,
  }
}

/** `before`: the attributes to the left, none of which may have the same expanded name (§6.3). */
function createAttribute(
  scope: DeclaredNamespaces,
  qualifiedName: string,
  value: string,
  before: readonly StrictAttribute[],
): StrictAttribute {
  const colon = qualifiedName.indexOf(':')
  // An attribute without a prefix is in no namespace (§6.2).
  if (colon === -1)
    return { qualifiedName, prefix: '', localName: qualifiedName, namespace: '', value }
  const prefix = qualifiedName.slice(0, colon)
  const localName = qualifiedName.slice(colon + 1)
  const namespace = resolve(scope, prefix)
  for (const other of before)
    if (other.localName === localName && other.namespace === namespace)
      fail('xml_duplicate_attribute', qualifiedName)
  return { qualifiedName, prefix, localName, namespace, value }
}
