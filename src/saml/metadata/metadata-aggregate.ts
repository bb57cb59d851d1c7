// Cuts one entity out of a federation’s metadata file, in one pass over its bytes. It builds no
// tree and checks only the markup around the entity. The result still goes through every check of
// metadata.
import { BadMarkup, fail } from '../xml/bad-markup.ts'
import { LIMITS } from '../xml/strict-xml.ts'
import { NS } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { MAXIMUM_CHOICES, type Refusal, refuse, type MetadataCode } from '../refusal.ts'
import { decodeReferences } from '../xml/xml-tree.ts'
import { encode, equals, isSpace, isUtf8, startsWith, textOf, type Range } from './byte-range.ts'
import { scanTags, type Tag } from './scan-tags.ts'

/** The largest metadata that is read as a whole, and the largest entity of an aggregate. */
export const METADATA_BYTES = 1024 * 1024
/** The largest aggregate that is searched for an entity. */
export const AGGREGATE_BYTES = 20 * METADATA_BYTES

const CLAUSE = 'SAML Metadata §2.3; XML 1.0'
/**
 * The longest value that is read: an entityID has at most 1,024 characters (§2.2.1), and a
 * character reference about ten bytes.
 */
const VALUE_BYTES = 16 * 1024

type Literal = { text: string; bytes: Uint8Array }
const literal = (text: string): Literal => ({ text, bytes: encode(text) })
const METADATA = literal(NS.md)
const [XMLNS, ENTITY, ENTITIES, IDP_DESCRIPTOR, ENTITY_ID] = [
  encode('xmlns'),
  encode('EntityDescriptor'),
  encode('EntitiesDescriptor'),
  encode('IDPSSODescriptor'),
  encode('entityID'),
] as const
const COLON = 0x3a

type FoundElement = Range & { ancestors: readonly Tag[] }
type Findings = {
  /** The first that matches: the one with the entityID, or without one the first of all. */
  first: FoundElement | undefined
  asked: number
  entities: number
  identityProviders: number
  choices: ReadonlySet<string>
  declaration: Range
}

/**
 * Returns the entity as a small document of its own. It has the XML declaration, the start tags of
 * the EntitiesDescriptor elements around it, its own text, and their end tags. The start tags stay
 * because their namespaces and validUntil count. Without `entityID` the file must have one entity.
 * Refuses `metadata_too_large`, `metadata_no_entity`, `metadata_no_idp`,
 * `metadata_several_entities`, `metadata_encoding` and the `xml_*` codes of broken markup.
 */
export function sliceAggregate(
  bytes: Uint8Array,
  entityID: string | undefined,
): Result<string, Refusal<MetadataCode>> {
  if (bytes.length > AGGREGATE_BYTES)
    return tooLarge(`at most ${AGGREGATE_BYTES} bytes`, bytes.length)
  if (!isUtf8(bytes)) return refuse('metadata_encoding', CLAUSE, 'UTF-8', 'other bytes')
  let findings: Findings
  try {
    findings = findEntities(bytes, entityID)
  } catch (error) {
    if (!(error instanceof BadMarkup)) throw error
    return refuse(error.code, CLAUSE, 'well-formed XML without a DOCTYPE', error.received)
  }
  const { first, asked, entities, identityProviders, choices, declaration } = findings
  if (!first) return noEntity(entityID ?? 'an md:EntityDescriptor', `${entities} other entities`)
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

/**
 * Asks for the entityID. `received` says how many there are, since `choices` has an upper limit.
 */
export function askWhich(
  choices: readonly string[],
  entities: number,
  identityProviders: number,
): { ok: false; error: Refusal<MetadataCode> } {
  if (identityProviders === 0)
    return refuse('metadata_no_idp', CLAUSE, 'an IDPSSODescriptor', `none in ${entities} entities`)
  const listed = Math.min(choices.length, MAXIMUM_CHOICES)
  return refuse(
    'metadata_several_entities',
    CLAUSE,
    'one entity, or the entityID of the one to use',
    `${entities} entities, ${identityProviders} of them identity providers, ${listed} listed`,
    { choices },
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

/**
 * Looks only where an md:EntityDescriptor may stand: at the root, and directly in
 * md:EntitiesDescriptor at any depth (§2.3.1).
 */
function findEntities(bytes: Uint8Array, entityID: string | undefined): Findings {
  const wanted = entityID === undefined ? undefined : literal(entityID)
  const choices = new Set<string>()
  const findings = { asked: 0, entities: 0, identityProviders: 0, choices }
  let first: FoundElement | undefined
  /** Namespace declarations in scope; `metadata` where the URI is that of SAML metadata. */
  const scope: { prefix: Range; metadata: boolean }[] = []
  /** The open elements on the way to an entity, and the entity itself. */
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

/** True where an attribute has this value in any spelling. */
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
