// Cuts one entity out of a federation's metadata file, in one pass over its bytes. It builds no
// tree, and checks only what it needs to find the entity: whatever it returns still goes through
// every check of metadata.
import { LIMITS } from '../xml/strict-xml.ts'
import { NS } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { MAXIMUM_CHOICES, type Refusal, refuse, type SamlCode } from '../refusal.ts'
import { decodeReferences } from '../xml/xml-tree.ts'

/** The largest metadata that is read as a whole, and the largest entity of an aggregate. */
export const METADATA_BYTES = 1024 * 1024
/** The largest aggregate that is searched for an entity. */
export const AGGREGATE_BYTES = 20 * METADATA_BYTES

const CLAUSE = 'SAML Metadata §2.3; XML 1.0'
const CHUNK = 64 * 1024
/**
 * The longest value that is looked at: an entityID has 1,024 characters (§2.2.1), and a reference
 * to one about ten bytes.
 */
const VALUE_BYTES = 16 * 1024

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true })
type Literal = { text: string; bytes: Uint8Array }
const literal = (text: string): Literal => ({ text, bytes: ENCODER.encode(text) })
const METADATA = literal(NS.md)
const [XMLNS, ENTITY, ENTITIES, IDP_DESCRIPTOR, ENTITY_ID] = [
  ENCODER.encode('xmlns'),
  ENCODER.encode('EntityDescriptor'),
  ENCODER.encode('EntitiesDescriptor'),
  ENCODER.encode('IDPSSODescriptor'),
  ENCODER.encode('entityID'),
] as const
const XML_DECLARATION = ENCODER.encode('<?xml')
const INSTRUCTION_END = ENCODER.encode('?>')
const COMMENT = ENCODER.encode('<!--')
const COMMENT_END = ENCODER.encode('--')
const SECTION = ENCODER.encode('<![CDATA[')
const SECTION_END = ENCODER.encode(']]>')
/** `<` `>` `/` `=` `"` `'` */
const NO_NAME = new Set([0x3c, 0x3e, 0x2f, 0x3d, 0x22, 0x27])
const [LESS, GREATER, SLASH, COLON, EQUALS] = [0x3c, 0x3e, 0x2f, 0x3a, 0x3d] as const

/** Half-open, in bytes. */
type Range = { start: number; end: number }
type FoundElement = Range & { ancestors: readonly Tag[] }
type Findings = {
  /** The first of those asked for: with the entityID, or all. */
  first: FoundElement | undefined
  asked: number
  entities: number
  identityProviders: number
  choices: ReadonlySet<string>
  declaration: Range
}

/**
 * The entity as a small document of its own: the XML declaration, the start tags of the
 * EntitiesDescriptor elements around it (their namespaces and validUntil count), its own text, and
 * their end tags. Without `entityID` only where there is one entity. Refuses `metadata_too_large`,
 * `metadata_no_entity`, `metadata_no_idp`, `metadata_several_entities`, `response_not_utf8` and the
 * `xml_*` codes of broken markup.
 */
export function sliceAggregate(
  bytes: Uint8Array,
  entityID: string | undefined,
): Result<string, Refusal> {
  if (bytes.length > AGGREGATE_BYTES)
    return tooLarge(`at most ${AGGREGATE_BYTES} bytes`, bytes.length)
  if (!isUtf8(bytes)) return refuse('response_not_utf8', CLAUSE, 'UTF-8', 'other bytes')
  let findings: Findings
  try {
    findings = findEntities(bytes, entityID)
  } catch (error) {
    if (!(error instanceof BadMarkup)) throw error
    return refuse(error.code, CLAUSE, 'well-formed XML without a DOCTYPE', error.received)
  }
  const { first, asked, entities, identityProviders, choices, declaration } = findings
  if (!first) return noEntity(entityID ?? 'an md:EntityDescriptor', `${entities} others`)
  if (asked > 1)
    return entityID === undefined
      ? askWhich([...choices], entities, identityProviders)
      : notOnce(entityID, asked)

  const pieces = [declaration, ...first.ancestors, first]
  const size = pieces.reduce((sum, { start, end }) => sum + end - start, 0)
  if (size > METADATA_BYTES) return tooLarge(`an entity of at most ${METADATA_BYTES} bytes`, size)
  const endTags = first.ancestors.toReversed().map(({ name }) => `</${textOf(bytes, name)}>`)
  return ok([...pieces.map((piece) => textOf(bytes, piece)), ...endTags].join(''))
}

/** Which one? `received` says how many there are, for the list may end before. */
export function askWhich(
  choices: readonly string[],
  entities: number,
  identityProviders: number,
): { ok: false; error: Refusal } {
  if (identityProviders === 0)
    return refuse('metadata_no_idp', CLAUSE, 'an IDPSSODescriptor', `none in ${entities} entities`)
  const listed = Math.min(choices.length, MAXIMUM_CHOICES)
  return refuse(
    'metadata_several_entities',
    CLAUSE,
    'one entity, or the entityID of the one to take',
    `${entities} entities, ${identityProviders} of them identity providers, ${listed} listed`,
    choices,
  )
}

export function noEntity(expected: string, received: string) {
  return refuse('metadata_no_entity', CLAUSE, expected, received)
}

export function notOnce(entityID: string, times: number) {
  return refuse('metadata_several_entities', CLAUSE, `${entityID} once`, `${times} times`)
}

/** SAML Metadata §2.2.1. */
export function isEntityID(text: string): boolean {
  return text !== '' && text.length <= 1024
}

export function tooLarge(expected: string, bytes: number) {
  return refuse('metadata_too_large', CLAUSE, expected, `${bytes} bytes`)
}

/** In chunks, so that the text of the whole never stands in memory. */
function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for (let at = 0; at < bytes.length; at += CHUNK)
      decoder.decode(bytes.subarray(at, at + CHUNK), { stream: true })
    decoder.decode()
    return true
  } catch {
    return false
  }
}

/**
 * Looks where an md:EntityDescriptor may stand: at the root, and directly in md:EntitiesDescriptor
 * at any depth (§2.3.1).
 */
function findEntities(bytes: Uint8Array, entityID: string | undefined): Findings {
  const wanted = entityID === undefined ? undefined : literal(entityID)
  const choices = new Set<string>()
  const findings = { asked: 0, entities: 0, identityProviders: 0, choices }
  let first: FoundElement | undefined
  /** Namespace declarations in scope; `metadata` where the URI is that of SAML metadata. */
  const scope: { prefix: Range; metadata: boolean }[] = []
  /**
   * Elements whose namespaces are looked at: those on the way to an entity, and the entity itself.
   */
  const path: { tag: Tag; outerScope: number }[] = []
  let entity: { id: Range | undefined; identityProvider: boolean } | undefined

  const declare = ({ attributes }: Tag) => {
    for (const { name, value } of attributes) {
      if (!startsWith(bytes, name, XMLNS)) continue
      const colon = name.start + XMLNS.length
      if (colon < name.end && bytes[colon] !== COLON) continue
      const prefix = { start: Math.min(colon + 1, name.end), end: name.end }
      scope.push({ prefix, metadata: isValue(bytes, value, METADATA) })
    }
    if (scope.length > LIMITS.namespaces)
      fail('xml_too_large', `more than ${LIMITS.namespaces} namespaces in scope`)
  }
  const isNamed = ({ name }: Tag, local: Uint8Array): boolean => {
    const at = name.end - local.length
    if (at < name.start || !startsWith(bytes, { start: at, end: name.end }, local)) return false
    if (at > name.start && bytes[at - 1] !== COLON) return false
    const prefix = bytes.subarray(name.start, Math.max(name.start, at - 1))
    return scope.findLast((one) => equals(bytes, one.prefix, prefix))?.metadata === true
  }
  const finishEntity = (start: number, end: number) => {
    const { id, identityProvider } = entity!
    entity = undefined
    findings.entities++
    if (identityProvider) findings.identityProviders++
    if (wanted && !(id && isValue(bytes, id, wanted))) return
    findings.asked++
    first ??= { start, end, ancestors: path.slice(0, -1).map(({ tag }) => tag) }
    if (!identityProvider || !id || id.end - id.start > VALUE_BYTES) return
    const choice = valueOf(bytes, id)
    if (isEntityID(choice) && choices.size < MAXIMUM_CHOICES) choices.add(choice)
  }

  const declaration = scanTags(bytes, {
    isInteresting: (depth) => depth === path.length,
    start(tag, depth) {
      if (depth !== path.length) return
      const outerScope = scope.length
      declare(tag)
      if (entity) {
        if (isNamed(tag, IDP_DESCRIPTOR)) entity.identityProvider = true
      } else if (isNamed(tag, ENTITY)) {
        const id = tag.attributes.find(({ name }) => equals(bytes, name, ENTITY_ID))
        entity = { id: id?.value, identityProvider: false }
        path.push({ tag, outerScope })
        return
      } else if (isNamed(tag, ENTITIES)) {
        path.push({ tag, outerScope })
        return
      }
      scope.length = outerScope
    },
    end(depth, position) {
      if (depth !== path.length - 1) return
      const { tag, outerScope } = path.at(-1)!
      if (entity) finishEntity(tag.start, position)
      path.pop()
      scope.length = outerScope
    },
  })
  return { ...findings, first, declaration }
}

type Tag = Range & { name: Range; attributes: { name: Range; value: Range }[] }
type Visitor = {
  /** Whether the attributes of an element at this depth are wanted. */
  isInteresting: (depth: number) => boolean
  start: (tag: Tag, depth: number) => void
  /** After the end tag, or after the tag of an empty element. */
  end: (depth: number, position: number) => void
}

class BadMarkup {
  readonly code: SamlCode
  readonly received: string
  constructor(code: SamlCode, received: string) {
    this.code = code
    this.received = received
  }
}

function fail(code: SamlCode, received: string): never {
  throw new BadMarkup(code, received)
}

/**
 * Visits every tag; returns where the XML declaration stands. All markup is ASCII, and no byte of a
 * longer UTF-8 sequence is: bytes are enough. What is between the tags is passed over.
 */
function scanTags(bytes: Uint8Array, visitor: Visitor): Range {
  const open: Range[] = []
  let position = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  let rootSeen = false

  const at = (literal: Uint8Array) =>
    startsWith(bytes, { start: position, end: bytes.length }, literal)
  const skipPast = (end: Uint8Array, what: string) => {
    const first = end[0]
    while (position < bytes.length && !(bytes[position] === first && at(end))) position++
    if (position === bytes.length) fail('xml_malformed', `${what} that does not end`)
    position += end.length
  }
  const skipSpace = () => {
    const start = position
    while (isSpace(bytes[position])) position++
    return position > start
  }
  const readName = (): Range => {
    const start = position
    while (isNamePart(bytes[position])) position++
    if (position === start) fail('xml_malformed', `no name at byte ${start}`)
    return { start, end: position }
  }
  const readStartTag = () => {
    const start = position++
    if (open.length === 0 && rootSeen) fail('xml_malformed', 'a second root element')
    if (open.length === LIMITS.depth) fail('xml_too_deep', `more than ${LIMITS.depth} levels`)
    rootSeen = true
    const depth = open.length
    const tag: Tag = { start, end: 0, name: readName(), attributes: [] }
    const interesting = visitor.isInteresting(depth)
    for (;;) {
      const spaced = skipSpace()
      if (bytes[position] === GREATER || bytes[position] === SLASH) break
      if (!spaced) fail('xml_malformed', `no space before the attribute at byte ${position}`)
      const name = readName()
      skipSpace()
      if (bytes[position++] !== EQUALS) fail('xml_malformed', `no value at byte ${position - 1}`)
      skipSpace()
      const quote = bytes[position++]
      if (quote !== 0x22 && quote !== 0x27)
        fail('xml_malformed', `no quote at byte ${position - 1}`)
      const value = { start: position, end: 0 }
      while (position < bytes.length && bytes[position] !== quote && bytes[position] !== LESS)
        position++
      if (bytes[position] !== quote) fail('xml_malformed', `no end quote for byte ${value.start}`)
      value.end = position++
      if (interesting && tag.attributes.push({ name, value }) > LIMITS.attributes)
        fail('xml_too_large', `more than ${LIMITS.attributes} attributes`)
    }
    const empty = bytes[position] === SLASH
    if (empty) position++
    if (bytes[position++] !== GREATER) fail('xml_malformed', `no > at byte ${position - 1}`)
    tag.end = position
    visitor.start(tag, depth)
    if (empty) visitor.end(depth, position)
    else open.push(tag.name)
  }
  const readEndTag = () => {
    position += 2
    const name = readName()
    skipSpace()
    const opened = open.pop()
    if (
      bytes[position++] !== GREATER ||
      !opened ||
      !equals(bytes, name, bytes.subarray(opened.start, opened.end))
    )
      fail('xml_malformed', `an end tag ${textOf(bytes, name).slice(0, 60)} that does not fit`)
    visitor.end(open.length, position)
  }

  const declaration = { start: position, end: position }
  if (at(XML_DECLARATION) && isSpace(bytes[position + XML_DECLARATION.length])) {
    skipPast(INSTRUCTION_END, 'an XML declaration')
    declaration.end = position
  }
  for (;;) {
    if (open.length === 0) skipSpace()
    else while (position < bytes.length && bytes[position] !== LESS) position++
    if (position === bytes.length) break
    if (bytes[position] !== LESS) fail('xml_malformed', 'text outside the root element')
    const next = bytes[position + 1]
    if (next === SLASH) readEndTag()
    else if (next === 0x3f /* ? */) {
      position += 2
      skipPast(INSTRUCTION_END, 'a processing instruction')
    } else if (next !== 0x21 /* ! */) readStartTag()
    else if (at(COMMENT)) {
      position += COMMENT.length
      skipPast(COMMENT_END, 'a comment')
      if (bytes[position++] !== GREATER) fail('xml_malformed', '-- in a comment')
    } else if (at(SECTION)) {
      if (open.length === 0) fail('xml_malformed', 'CDATA outside the root element')
      skipPast(SECTION_END, 'a CDATA section')
    } else fail('xml_doctype', 'a markup declaration')
  }
  if (!rootSeen || open.length > 0) fail('xml_malformed', 'an element that is not closed')
  return declaration
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Neither white space nor markup. What a name may be is for strict-xml.ts to check. */
function isNamePart(byte: number | undefined): boolean {
  return byte !== undefined && byte > 0x20 && !NO_NAME.has(byte)
}

function startsWith(bytes: Uint8Array, { start, end }: Range, expected: Uint8Array): boolean {
  if (end - start < expected.length) return false
  for (let index = 0; index < expected.length; index++)
    if (bytes[start + index] !== expected[index]) return false
  return true
}

function equals(bytes: Uint8Array, range: Range, expected: Uint8Array): boolean {
  return range.end - range.start === expected.length && startsWith(bytes, range, expected)
}

/** True where an attribute has this value, whatever its spelling. */
function isValue(bytes: Uint8Array, range: Range, wanted: Literal): boolean {
  if (range.end - range.start > VALUE_BYTES) return false
  for (let at = range.start; at < range.end; at++)
    if (bytes[at] === 0x26 /* & */ || (isSpace(bytes[at]) && bytes[at] !== 0x20))
      return valueOf(bytes, range) === wanted.text
  return equals(bytes, range, wanted.bytes)
}

/** Normalized as XML 1.0 §3.3.3 says. */
function valueOf(bytes: Uint8Array, range: Range): string {
  return decodeReferences(textOf(bytes, range).replace(/\r\n|[\t\r\n]/g, ' '))
}

function textOf(bytes: Uint8Array, { start, end }: Range): string {
  return DECODER.decode(bytes.subarray(start, end))
}
