// A place in XML text, and the small pieces that the strict reader reads there: names, white space,
// characters with references. Throws BadMarkup for a piece that breaks a rule.
import { fail } from './bad-markup.ts'

export type MarkupCursor = {
  readonly text: string
  position: number
  // The next `&` and `]]>` at or after `position`. Searched again only when the cursor has passed
  // them, so that the scan stays linear.
  nextReference: number
  nextSectionEnd: number
}

const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(?:([0-9]{1,7})|x([0-9a-fA-F]{1,6})));/y

const PREDEFINED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

const NAME_START = 1
const NAME_PART = 2
const SPACE = 4
const CLASSES = new Uint8Array(128)
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code)
  if (/[A-Za-z_]/.test(character)) CLASSES[code] = NAME_START | NAME_PART
  else if (/[0-9.-]/.test(character)) CLASSES[code] = NAME_PART
  else if (/[ \t\r\n]/.test(character)) CLASSES[code] = SPACE
}
const is = (code: number, kind: number) => code < 128 && (CLASSES[code]! & kind) !== 0

const S = '[ \\t\\r\\n]'
const declared = (name: string, value: string) => `${S}+${name}${S}*=${S}*(?:"${value}"|'${value}')`
const XML_DECLARATION = new RegExp(
  `^<\\?xml${declared('version', '1\\.0')}(?:${declared('encoding', 'utf-8')})?` +
    `(?:${declared('standalone', '(?:yes|no)')})?${S}*\\?>`,
  'i',
)

export function createCursor(text: string): MarkupCursor {
  return {
    text,
    position: 0,
    nextReference: text.indexOf('&'),
    nextSectionEnd: text.indexOf(']]>'),
  }
}

function isSpace(code: number): boolean {
  return is(code, SPACE)
}

/** `cursor` is at the start of the text. */
export function skipXmlDeclaration(cursor: MarkupCursor): void {
  const { text } = cursor
  if (!text.startsWith('<?xml') || !isSpace(text.charCodeAt(5))) return
  const declaration = XML_DECLARATION.exec(text)
  if (!declaration) fail('xml_encoding', text.slice(0, 100))
  cursor.position = declaration[0].length
}

/** Reads `NCName(:NCName)?`; returns the whole name. */
export function readName(cursor: MarkupCursor): string {
  const { text } = cursor
  const start = cursor.position
  let position = start
  let colon = -1
  if (!is(text.charCodeAt(position), NAME_START)) nameError(text, start)
  for (position++; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (is(code, NAME_PART)) continue
    if (code !== 0x3a) break
    if (colon >= 0 || !is(text.charCodeAt(position + 1), NAME_START)) nameError(text, start)
    colon = position
  }
  if (text.charCodeAt(position) >= 128) nameError(text, start)
  cursor.position = position
  return text.slice(start, position)
}

function nameError(text: string, start: number): never {
  fail(start < text.length ? 'xml_name' : 'xml_malformed', text.slice(start, start + 40))
}

/** Returns whether there was any. */
export function skipSpace(cursor: MarkupCursor): boolean {
  const start = cursor.position
  while (is(cursor.text.charCodeAt(cursor.position), SPACE)) cursor.position++
  return cursor.position > start
}

/**
 * The characters between two places, each reference replaced (XML 1.0 §4.1, §4.6). Places must be
 * asked for in ascending order.
 */
export function readCharacters(cursor: MarkupCursor, from: number, to: number): string {
  return replaceReferences(cursor, from, to, unchanged)
}

/**
 * The same for an attribute: white space is a space, unless a reference wrote it (XML 1.0 §3.3.3).
 */
export function readAttributeValue(cursor: MarkupCursor, from: number, to: number): string {
  return replaceReferences(cursor, from, to, normalizeSpace)
}

const unchanged = (piece: string) => piece
const normalizeSpace = (piece: string) =>
  /[\t\n\r]/.test(piece) ? piece.replace(/[\t\n\r]/g, ' ') : piece

function replaceReferences(
  cursor: MarkupCursor,
  from: number,
  to: number,
  literal: (piece: string) => string,
): string {
  const { text } = cursor
  if (cursor.nextReference !== -1 && cursor.nextReference < from)
    cursor.nextReference = text.indexOf('&', from)
  let characters = ''
  let start = from
  // The pattern has neither `<` nor a quote: a reference ends before the text or value does.
  while (cursor.nextReference !== -1 && cursor.nextReference < to) {
    REFERENCE.lastIndex = cursor.nextReference
    const match = REFERENCE.exec(text)
    if (!match) fail('xml_entity', text.slice(cursor.nextReference, cursor.nextReference + 20))
    characters += literal(text.slice(start, cursor.nextReference)) + characterOf(match)
    start = REFERENCE.lastIndex
    cursor.nextReference = text.indexOf('&', start)
  }
  return characters + literal(text.slice(start, to))
}

function characterOf([whole, name, decimal, hexadecimal]: RegExpExecArray): string {
  if (name !== undefined) return PREDEFINED[name]!
  const codePoint = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hexadecimal!, 16)
  if (!isXmlCharacter(codePoint)) fail('xml_character', whole)
  return String.fromCodePoint(codePoint)
}

/** Refuses `]]>` between the cursor and `end` (XML 1.0 §2.4). */
export function checkSectionEnds(cursor: MarkupCursor, end: number): void {
  if (cursor.nextSectionEnd !== -1 && cursor.nextSectionEnd < cursor.position)
    cursor.nextSectionEnd = cursor.text.indexOf(']]>', cursor.position)
  if (cursor.nextSectionEnd !== -1 && cursor.nextSectionEnd < end)
    fail('xml_malformed', ']]> in text')
}

/** XML 1.0 §2.2 Char. */
function isXmlCharacter(codePoint: number): boolean {
  return (
    codePoint === 0x9 ||
    codePoint === 0xa ||
    codePoint === 0xd ||
    (codePoint >= 0x20 && codePoint <= 0xd7ff) ||
    (codePoint >= 0xe000 && codePoint <= 0xfffd) ||
    (codePoint >= 0x10000 && codePoint <= 0x10ffff)
  )
}
