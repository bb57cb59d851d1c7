// A place in XML text, and the small pieces that the strict scanner reads there: names, white
// space, references. Throws BadMarkup for a piece that breaks a rule.
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

export function createCursor(text: string): MarkupCursor {
  return {
    text,
    position: 0,
    nextReference: text.indexOf('&'),
    nextSectionEnd: text.indexOf(']]>'),
  }
}

export function isSpace(code: number): boolean {
  return is(code, SPACE)
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

/** The references between two places. Places must be asked for in ascending order. */
export function checkReferences(cursor: MarkupCursor, from: number, to: number): void {
  const { text } = cursor
  if (cursor.nextReference !== -1 && cursor.nextReference < from)
    cursor.nextReference = text.indexOf('&', from)
  while (cursor.nextReference !== -1 && cursor.nextReference < to) {
    REFERENCE.lastIndex = cursor.nextReference
    const match = REFERENCE.exec(text)
    if (!match) fail('xml_entity', text.slice(cursor.nextReference, cursor.nextReference + 20))
    if (match[1] === undefined) {
      const codePoint = match[2] ? Number.parseInt(match[2], 10) : Number.parseInt(match[3]!, 16)
      if (!isXmlCharacter(codePoint)) fail('xml_character', match[0])
    }
    cursor.nextReference = text.indexOf('&', REFERENCE.lastIndex)
  }
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
