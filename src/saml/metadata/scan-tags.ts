// Visits the tags of an XML document in one pass over its bytes. It checks only that tags nest and
// end; it passes over the text between them. It decodes nothing.
import { fail } from '../xml/bad-markup.ts'
import { LIMITS } from '../xml/strict-xml.ts'
import { encode, equals, isSpace, startsWith, textOf, type Range } from './byte-range.ts'

export type Tag = Range & { name: Range; attributes: { name: Range; value: Range }[] }
export type Visitor = {
  /** Whether the attributes of an element at this depth are wanted. */
  isInteresting: (depth: number) => boolean
  start: (tag: Tag, depth: number) => void
  /** After the end tag, or after the tag of an empty element. */
  end: (depth: number, position: number) => void
}

const XML_DECLARATION = encode('<?xml')
const INSTRUCTION_END = encode('?>')
const COMMENT = encode('<!--')
const COMMENT_END = encode('--')
const SECTION = encode('<![CDATA[')
const SECTION_END = encode(']]>')
/** `<` `>` `/` `=` `"` `'` */
const NO_NAME = new Set([0x3c, 0x3e, 0x2f, 0x3d, 0x22, 0x27])
const [LESS, GREATER, SLASH, EQUALS] = [0x3c, 0x3e, 0x2f, 0x3d] as const

type TagScan = {
  readonly bytes: Uint8Array
  readonly visitor: Visitor
  /** Names of the open elements. */
  readonly open: Range[]
  position: number
  rootSeen: boolean
}

/**
 * Returns where the XML declaration stands. Throws BadMarkup. All markup is ASCII, and no byte of a
 * longer UTF-8 sequence is ASCII: bytes are enough.
 */
export function scanTags(bytes: Uint8Array, visitor: Visitor): Range {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const scan: TagScan = { bytes, visitor, open: [], position: start, rootSeen: false }
  if (isAt(scan, XML_DECLARATION) && isSpace(bytes[start + XML_DECLARATION.length]))
    skipPast(scan, INSTRUCTION_END, 'an XML declaration')
  const declaration = { start, end: scan.position }
  for (;;) {
    if (scan.open.length === 0) skipSpace(scan)
    else skipText(scan)
    if (scan.position === bytes.length) break
    if (bytes[scan.position] !== LESS) fail('xml_malformed', 'text outside the root element')
    readMarkup(scan)
  }
  if (!scan.rootSeen || scan.open.length > 0) fail('xml_malformed', 'an element that is not closed')
  return declaration
}

function readMarkup(scan: TagScan): void {
  const { bytes, open } = scan
  const next = bytes[scan.position + 1]
  if (next === SLASH) readEndTag(scan)
  else if (next === 0x3f /* ? */) {
    scan.position += 2
    skipPast(scan, INSTRUCTION_END, 'a processing instruction')
  } else if (next !== 0x21 /* ! */) readStartTag(scan)
  else if (isAt(scan, COMMENT)) {
    scan.position += COMMENT.length
    skipPast(scan, COMMENT_END, 'a comment')
    if (bytes[scan.position++] !== GREATER) fail('xml_malformed', '-- in a comment')
  } else if (isAt(scan, SECTION)) {
    if (open.length === 0) fail('xml_malformed', 'CDATA outside the root element')
    skipPast(scan, SECTION_END, 'a CDATA section')
  } else fail('xml_doctype', 'a markup declaration')
}

function readStartTag(scan: TagScan): void {
  const { bytes, visitor, open } = scan
  const depth = open.length
  const start = scan.position++
  if (depth === 0 && scan.rootSeen) fail('xml_malformed', 'a second root element')
  if (depth === LIMITS.depth) fail('xml_too_deep', `more than ${LIMITS.depth} levels`)
  scan.rootSeen = true
  const tag: Tag = { start, end: 0, name: readName(scan), attributes: [] }
  readAttributes(scan, visitor.isInteresting(depth) ? tag.attributes : undefined)
  const isEmpty = bytes[scan.position] === SLASH
  if (isEmpty) scan.position++
  if (bytes[scan.position++] !== GREATER) fail('xml_malformed', `no > at byte ${scan.position - 1}`)
  tag.end = scan.position
  visitor.start(tag, depth)
  if (isEmpty) visitor.end(depth, scan.position)
  else open.push(tag.name)
}

/** Up to the `>` or `/`. Without `attributes` they are passed over. */
function readAttributes(scan: TagScan, attributes: Tag['attributes'] | undefined): void {
  const { bytes } = scan
  for (;;) {
    const spaced = skipSpace(scan)
    const byte = bytes[scan.position]
    if (byte === GREATER || byte === SLASH) return
    if (!spaced) fail('xml_malformed', `no space before the attribute at byte ${scan.position}`)
    const name = readName(scan)
    const value = readValue(scan)
    if (attributes && attributes.push({ name, value }) > LIMITS.attributes)
      fail('xml_too_large', `more than ${LIMITS.attributes} attributes`)
  }
}

function readValue(scan: TagScan): Range {
  const { bytes } = scan
  skipSpace(scan)
  if (bytes[scan.position++] !== EQUALS)
    fail('xml_malformed', `no value at byte ${scan.position - 1}`)
  skipSpace(scan)
  const quote = bytes[scan.position++]
  if (quote !== 0x22 && quote !== 0x27)
    fail('xml_malformed', `no quote at byte ${scan.position - 1}`)
  const start = scan.position
  let end = start
  while (end < bytes.length && bytes[end] !== quote && bytes[end] !== LESS) end++
  if (bytes[end] !== quote) fail('xml_malformed', `no end quote for byte ${start}`)
  scan.position = end + 1
  return { start, end }
}

function readEndTag(scan: TagScan): void {
  const { bytes, open } = scan
  scan.position += 2
  const name = readName(scan)
  skipSpace(scan)
  const opened = open.pop()
  if (
    bytes[scan.position++] !== GREATER ||
    !opened ||
    !equals(bytes, name, bytes.subarray(opened.start, opened.end))
  )
    fail('xml_malformed', `an end tag ${textOf(bytes, name).slice(0, 60)} without its start tag`)
  scan.visitor.end(open.length, scan.position)
}

function readName(scan: TagScan): Range {
  const start = scan.position
  let end = start
  while (isNamePart(scan.bytes[end])) end++
  if (end === start) fail('xml_malformed', `no name at byte ${start}`)
  scan.position = end
  return { start, end }
}

/** Neither white space nor markup. strict-xml.ts checks what a name may be. */
function isNamePart(byte: number | undefined): boolean {
  return byte !== undefined && byte > 0x20 && !NO_NAME.has(byte)
}

/** Returns whether there was any. */
function skipSpace(scan: TagScan): boolean {
  const start = scan.position
  while (isSpace(scan.bytes[scan.position])) scan.position++
  return scan.position > start
}

function skipText(scan: TagScan): void {
  const { bytes } = scan
  let { position } = scan
  while (position < bytes.length && bytes[position] !== LESS) position++
  scan.position = position
}

function isAt({ bytes, position }: TagScan, expected: Uint8Array): boolean {
  return startsWith(bytes, { start: position, end: bytes.length }, expected)
}

function skipPast(scan: TagScan, end: Uint8Array, what: string): void {
  const { bytes } = scan
  const first = end[0]
  while (scan.position < bytes.length && !(bytes[scan.position] === first && isAt(scan, end)))
    scan.position++
  if (scan.position === bytes.length) fail('xml_malformed', `${what} that does not end`)
  scan.position += end.length
}
