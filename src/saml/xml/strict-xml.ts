// A strict scanner over XML text, before any parser sees it: it refuses everything that two XML
// readers could see differently, and everything that is there to cost time. It builds nothing.
import { NS } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type SamlCode } from '../refusal.ts'

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

class LintError {
  readonly code: SamlCode
  readonly received: string
  constructor(code: SamlCode, received: string) {
    this.code = code
    this.received = received
  }
}

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
      `at most ${limits.nodes} nodes, ${limits.attributes} attributes an element, ` +
      `${limits.namespaces} namespaces in scope, ${limits.declarations} declared`
    )
  return EXPECTED[code] ?? 'well-formed XML'
}

/** What metadata may and messages may not. */
export type Allowances = {
  /** Comments: metadata takes them out before any parser sees it. */
  comments?: boolean
  /**
   * `xmlns:xml`, declared as what it is anyway (Namespaces in XML 1.0 §3): Shibboleth writes it.
   */
  xmlPrefix?: boolean
  limits?: Limits
}

/**
 * The rules a text must keep before it is parsed (`xml_*` codes), checked in one pass over the
 * text.
 */
export function checkStrictXml(text: string, allowances: Allowances = {}): Result<true, Refusal> {
  const { limits = LIMITS } = allowances
  try {
    scan(text, allowances, limits)
    return ok(true)
  } catch (error) {
    if (!(error instanceof LintError)) throw error
    return refuse(error.code, CLAUSE, expectedFor(error.code, limits), error.received)
  }
}

function fail(code: SamlCode, received: string): never {
  throw new LintError(code, received)
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
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(?:([0-9]{1,7})|x([0-9a-fA-F]{1,6})));/y
// RFC 3986 characters in an absolute URI. References are not needed in one and not allowed here.
const NAMESPACE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#[\]@!$'()*+,;=%]+$/

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

function scan(text: string, { comments, xmlPrefix }: Allowances, limits: Limits): void {
  if (FORBIDDEN.test(text) || !text.isWellFormed()) fail('xml_character', 'a forbidden character')

  const openNames: string[] = []
  const prefixes: string[] = ['xml']
  const uris: string[] = [NS.xml]
  const scopeSizes: number[] = []
  const ids = new Set<string>()
  let nodes = 0
  let declarations = 0
  let rootSeen = false
  let position = 0
  // Where the next one stands at or after `position`: searched again only once passed, so that the
  // scan stays linear.
  let nextReference = text.indexOf('&')
  let nextSectionEnd = text.indexOf(']]>')

  if (text.startsWith('<?xml') && is(text.charCodeAt(5), SPACE)) {
    const declaration = XML_DECLARATION.exec(text)
    if (!declaration) fail('xml_encoding', text.slice(0, 100))
    position = declaration[0].length
  }

  const count = () => {
    if (++nodes > limits.nodes) fail('xml_too_large', `more than ${limits.nodes} nodes`)
  }

  const resolve = (prefix: string): string => {
    for (let index = prefixes.length - 1; index >= 0; index--)
      if (prefixes[index] === prefix) return uris[index]!
    return prefix === '' ? '' : fail('xml_namespace', `prefix ${prefix} is not declared`)
  }

  /** Reads `NCName(:NCName)?` at `position`; returns the whole name. */
  const readName = (): string => {
    const start = position
    let colon = -1
    if (!is(text.charCodeAt(position), NAME_START)) nameError(start)
    for (position++; position < text.length; position++) {
      const code = text.charCodeAt(position)
      if (is(code, NAME_PART)) continue
      if (code !== 0x3a) break
      if (colon >= 0 || !is(text.charCodeAt(position + 1), NAME_START)) nameError(start)
      colon = position
    }
    if (text.charCodeAt(position) >= 128) nameError(start)
    return text.slice(start, position)
  }
  const nameError = (start: number): never =>
    fail(start < text.length ? 'xml_name' : 'xml_malformed', text.slice(start, start + 40))

  const skipSpace = (): boolean => {
    const start = position
    while (is(text.charCodeAt(position), SPACE)) position++
    return position > start
  }

  const checkReferences = (from: number, to: number) => {
    if (nextReference !== -1 && nextReference < from) nextReference = text.indexOf('&', from)
    while (nextReference !== -1 && nextReference < to) {
      REFERENCE.lastIndex = nextReference
      const match = REFERENCE.exec(text)
      if (!match) fail('xml_entity', text.slice(nextReference, nextReference + 20))
      if (match[1] === undefined) {
        const codePoint = match[2] ? Number.parseInt(match[2], 10) : Number.parseInt(match[3]!, 16)
        if (!isXmlCharacter(codePoint)) fail('xml_character', match[0])
      }
      nextReference = text.indexOf('&', REFERENCE.lastIndex)
    }
  }

  while (position < text.length) {
    const open = text.indexOf('<', position)
    const end = open === -1 ? text.length : open
    if (end > position) {
      const inside = openNames.length > 0
      if (!inside) {
        skipSpace()
        if (position < end) fail('xml_malformed', 'text outside the root element')
      } else {
        count()
        checkReferences(position, end)
        if (nextSectionEnd !== -1 && nextSectionEnd < position)
          nextSectionEnd = text.indexOf(']]>', position)
        if (nextSectionEnd !== -1 && nextSectionEnd < end) fail('xml_malformed', ']]> in text')
      }
      position = end
      if (open === -1) break
    }

    const next = text.charCodeAt(position + 1)
    if (next === 0x21 /* ! */) {
      if (text.startsWith('<!--', position)) {
        if (!comments) fail('xml_comment', 'a comment')
        const close = text.indexOf('--', position + 4)
        if (close === -1 || text[close + 2] !== '>') fail('xml_malformed', 'an open comment')
        position = close + 3
        count()
      } else if (text.startsWith('<![CDATA[', position)) {
        if (openNames.length === 0) fail('xml_malformed', 'CDATA outside the root element')
        const close = text.indexOf(']]>', position)
        if (close === -1) fail('xml_malformed', 'an open CDATA section')
        position = close + 3
        count()
      } else fail('xml_doctype', text.slice(position, position + 20))
    } else if (next === 0x3f /* ? */) {
      fail('xml_processing_instruction', text.slice(position, position + 20))
    } else if (next === 0x2f /* / */) {
      position += 2
      const name = readName()
      skipSpace()
      if (text.charCodeAt(position) !== 0x3e || openNames.pop() !== name)
        fail('xml_malformed', `an end tag ${name} that does not fit`)
      position++
      prefixes.length = uris.length = scopeSizes.pop()!
    } else {
      position++
      readStartTag()
    }
  }
  if (!rootSeen || openNames.length > 0) fail('xml_malformed', 'an element that is not closed')

  function readStartTag(): void {
    const name = readName()
    if (openNames.length === 0) {
      if (rootSeen) fail('xml_malformed', 'a second root element')
      rootSeen = true
    }
    if (openNames.length >= limits.depth) fail('xml_too_deep', `more than ${limits.depth} levels`)
    count()
    scopeSizes.push(prefixes.length)

    const attributeNames: string[] = []
    let empty = false
    for (;;) {
      const spaced = skipSpace()
      const code = text.charCodeAt(position)
      if (code === 0x3e /* > */) {
        position++
        break
      }
      if (code === 0x2f /* / */ && text.charCodeAt(position + 1) === 0x3e) {
        position += 2
        empty = true
        break
      }
      if (!spaced) fail('xml_malformed', `no space before an attribute of ${name}`)
      const attribute = readName()
      skipSpace()
      if (text.charCodeAt(position) !== 0x3d) fail('xml_malformed', `${attribute} without a value`)
      position++
      skipSpace()
      const quote = text[position]
      if (quote !== '"' && quote !== "'") fail('xml_malformed', `${attribute} without quotes`)
      const start = ++position
      const close = text.indexOf(quote, start)
      if (close === -1) fail('xml_malformed', `${attribute} without an end`)
      const less = text.indexOf('<', start)
      if (less !== -1 && less < close) fail('xml_malformed', `< in ${attribute}`)
      checkReferences(start, close)
      position = close + 1
      count()

      // Linear: at most limits.attributes of them.
      if (attributeNames.includes(attribute)) fail('xml_duplicate_attribute', attribute)
      if (attributeNames.push(attribute) > limits.attributes)
        fail('xml_too_large', `more than ${limits.attributes} attributes`)
      readAttribute(attribute, text.slice(start, close))
    }

    checkPrefixes(name, attributeNames)
    if (empty) prefixes.length = uris.length = scopeSizes.pop()!
    else openNames.push(name)
  }

  function readAttribute(name: string, value: string): void {
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
    if (name === 'xmlns') declare('', value)
    else if (name.startsWith('xmlns:')) declare(local, value)
    else if (/^xml:(?:lang|space|base)$/.test(name)) return
    else if (/^xml/i.test(name) || /^xmlns/i.test(local)) fail('xml_namespace', name)
  }

  function declare(prefix: string, uri: string): void {
    if (xmlPrefix && prefix === 'xml' && uri === NS.xml) return
    if (/^xml/i.test(prefix) || uri === NS.xml || uri === NS.xmlns)
      fail('xml_namespace', `${prefix} declared as ${uri.slice(0, 60)}`)
    if (!(uri === '' && prefix === '') && !NAMESPACE_URI.test(uri))
      fail('xml_namespace', `namespace ${uri.slice(0, 60)}`)
    if (++declarations > limits.declarations)
      fail('xml_too_large', `more than ${limits.declarations} namespace declarations`)
    prefixes.push(prefix)
    if (uris.push(uri) > limits.namespaces)
      fail('xml_too_large', `more than ${limits.namespaces} namespaces in scope`)
  }

  function checkPrefixes(name: string, attributeNames: string[]): void {
    if (/^xml|:xmlns/i.test(name)) fail('xml_namespace', `element ${name}`)
    const colon = name.indexOf(':')
    if (colon !== -1) resolve(name.slice(0, colon))
    let expanded: string[] | undefined
    for (const attribute of attributeNames) {
      const at = attribute.indexOf(':')
      if (at === -1 || attribute.startsWith('xmlns:')) continue
      const key = `${attribute.slice(at + 1)} ${resolve(attribute.slice(0, at))}`
      expanded ??= []
      if (expanded.includes(key)) fail('xml_duplicate_attribute', attribute)
      expanded.push(key)
    }
  }
}

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
