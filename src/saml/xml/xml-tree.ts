// The second reader: fast-xml-parser over canonical octets and IdP metadata, with namespaces
// resolved here. It knows no entities and coerces no values. Of a login it must see only bytes that
// the IdP signed.
import { XMLParser } from 'fast-xml-parser'
import { NS } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type XmlCode } from '../refusal.ts'
import type { StrictElement } from './strict-tree.ts'

export type XmlAttribute = { namespace: string; name: string; value: string }

export type XmlElement = {
  namespace: string
  /** The local name. */
  name: string
  /** Namespace declarations left out. */
  attributes: XmlAttribute[]
  /** Adjacent text is one string; empty text does not occur. */
  children: (XmlElement | string)[]
}

type ParsedNode = Record<string, unknown>
const ATTRIBUTES = ':@'
const TEXT = '#text'
const CDATA = '#cdata'
const ROOT_SCOPE: NamespaceScope = {
  prefix: 'xml',
  uri: NS.xml,
  outer: { prefix: '', uri: '', outer: undefined },
}

let parser: XMLParser | undefined

/**
 * Reads strict or canonical XML into a tree. It does not check nesting again. Refuses
 * `xml_malformed` where there is not exactly one root element, and `xml_namespace` for an
 * undeclared prefix.
 */
export function readTree(text: string): Result<XmlElement, Refusal<XmlCode>> {
  parser ??= new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    textNodeName: TEXT,
    cdataPropName: CDATA,
    trimValues: false,
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: false,
    htmlEntities: false,
    ignoreDeclaration: true,
    allowBooleanAttributes: false,
    jPath: false,
  })
  let roots: ParsedNode[]
  try {
    roots = parser.parse(text) as ParsedNode[]
  } catch {
    return refuse('xml_malformed', 'XML 1.0 §2.1', 'well-formed XML', 'text the reader refuses')
  }
  const elements = roots.filter((node) => !(TEXT in node) || String(node[TEXT]).trim() !== '')
  const root = elements[0]
  if (!root || elements.length !== 1 || TEXT in root)
    return refuse('xml_malformed', 'XML 1.0 §2.1', 'one root element', `${elements.length}`)
  try {
    return ok(resolve(root, ROOT_SCOPE))
  } catch (error) {
    if (!(error instanceof UndeclaredPrefix)) throw error
    return refuse('xml_namespace', 'Namespaces in XML 1.0 §5', 'declared prefixes', error.prefix)
  }
}

class UndeclaredPrefix {
  readonly prefix: string
  constructor(prefix: string) {
    this.prefix = prefix
  }
}

/** The innermost namespace declaration, with those around it. */
type NamespaceScope = { prefix: string; uri: string; outer: NamespaceScope | undefined }

function resolve(node: ParsedNode, outer: NamespaceScope): XmlElement {
  let qualifiedName = ''
  for (const key in node) if (key !== ATTRIBUTES) qualifiedName = key
  const raw = node[ATTRIBUTES] as Record<string, string> | undefined

  let scope = outer
  const attributes: XmlAttribute[] = []
  if (raw) {
    for (const name in raw)
      if (isDeclaration(name))
        scope = { prefix: name.slice(6), uri: decodeReferences(raw[name]!), outer: scope }
    for (const name in raw) {
      if (isDeclaration(name)) continue
      const colon = name.indexOf(':')
      const namespace = colon === -1 ? '' : lookUp(scope, name.slice(0, colon))
      attributes.push({
        namespace,
        name: name.slice(colon + 1),
        value: decodeReferences(raw[name]!),
      })
    }
  }

  const children: (XmlElement | string)[] = []
  for (const child of node[qualifiedName] as ParsedNode[]) {
    let text: string
    if (TEXT in child) text = decodeReferences(String(child[TEXT]))
    else if (CDATA in child)
      text = (child[CDATA] as ParsedNode[]).map((part) => part[TEXT]).join('')
    else {
      children.push(resolve(child, scope))
      continue
    }
    const last = children.length - 1
    if (typeof children[last] === 'string') children[last] += text
    else if (text !== '') children.push(text)
  }
  const colon = qualifiedName.indexOf(':')
  return {
    namespace: lookUp(scope, colon === -1 ? '' : qualifiedName.slice(0, colon)),
    name: qualifiedName.slice(colon + 1),
    attributes,
    children,
  }
}

function isDeclaration(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:')
}

function lookUp(scope: NamespaceScope, prefix: string): string {
  for (let inner: NamespaceScope | undefined = scope; inner; inner = inner.outer)
    if (inner.prefix === prefix) return inner.uri
  throw new UndeclaredPrefix(prefix)
}

const PREDEFINED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/**
 * Replaces character references and the five predefined entities (XML 1.0 §4.1, §4.6). Other text
 * with `&` stays: strict-xml.ts refuses it.
 */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));/g,
    (whole, name, decimal, hex) => {
      if (name !== undefined) return PREDEFINED[name as string]!
      const codePoint = hex === undefined ? Number(decimal) : Number.parseInt(hex as string, 16)
      return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole
    },
  )
}

/**
 * True where the strict reader's element and the tree have the same content: expanded names,
 * attributes and text, node by node. `omit` is the element that canonicalization left out.
 * Inherited `xml:*` attributes of the apex are ignored, since Canonical XML 1.0 §2.4 copies them
 * there.
 */
export function sameContent(
  element: StrictElement,
  tree: XmlElement,
  omit?: StrictElement,
): boolean {
  return same(element, tree, omit, true)
}

function same(
  element: StrictElement,
  tree: XmlElement,
  omit: StrictElement | undefined,
  apex: boolean,
): boolean {
  if (element.localName !== tree.name || element.namespace !== tree.namespace) return false
  if (!sameAttributes(element, tree, apex)) return false

  let index = 0
  let text = ''
  for (const child of element.children) {
    if (child === omit) continue
    // Text on both sides of the omitted element is one text.
    if (typeof child === 'string') {
      text += child
      continue
    }
    if (text !== '' && tree.children[index++] !== text) return false
    text = ''
    const other = tree.children[index++]
    if (other === undefined || typeof other === 'string') return false
    if (!same(child, other, omit, false)) return false
  }
  if (text !== '' && tree.children[index++] !== text) return false
  return index === tree.children.length
}

function sameAttributes(element: StrictElement, tree: XmlElement, apex: boolean): boolean {
  const inherits = (namespace: string) => apex && namespace === NS.xml
  let compared = 0
  for (const { namespace, localName, value } of element.attributes) {
    if (inherits(namespace)) continue
    compared++
    let found = false
    for (const other of tree.attributes)
      if (other.name === localName && other.namespace === namespace && other.value === value) {
        found = true
        break
      }
    if (!found) return false
  }
  for (const other of tree.attributes) if (inherits(other.namespace)) compared++
  return compared === tree.attributes.length
}

/** The value of an attribute without a namespace, or undefined. */
export function attribute(element: XmlElement, name: string): string | undefined {
  for (const candidate of element.attributes)
    if (candidate.name === name && candidate.namespace === '') return candidate.value
  return undefined
}

/** The child elements with this expanded name, in document order. */
export function childrenNamed(element: XmlElement, namespace: string, name: string): XmlElement[] {
  return elements(element).filter((child) => child.name === name && child.namespace === namespace)
}

export function elements(element: XmlElement): XmlElement[] {
  return element.children.filter((child): child is XmlElement => typeof child !== 'string')
}

/** The text of a leaf; undefined where the element has child elements. */
export function leafText(element: XmlElement): string | undefined {
  const [first] = element.children
  if (first === undefined) return ''
  return element.children.length === 1 && typeof first === 'string' ? first : undefined
}
