// Renders the subtree of one element in Canonical XML 1.0 or Exclusive Canonical XML 1.0, both
// without comments. It must not change the tree or resolve anything. It throws where a node has no
// canonical form.
import type { Attr, Element, Node } from '@xmldom/xmldom'

const ELEMENT = 1
const TEXT = 3
const CDATA_SECTION = 4
const PROCESSING_INSTRUCTION = 7
const COMMENT = 8

/**
 * Exclusive canonicalization repeats a declaration on every sibling that uses it. So the input does
 * not bound the output: one long namespace name and many small elements multiply. Above either
 * number of characters canonicalize throws a RangeError.
 */
export const CANONICAL_LIMIT = 8 * 1024 * 1024
export const NAMESPACE_LIMIT = 1024

export type CanonicalizeOptions = {
  /** Exclusive XML Canonicalization 1.0 where true, Canonical XML 1.0 where false. */
  exclusive: boolean
  /**
   * InclusiveNamespaces PrefixList, '#default' for the default namespace; no effect in Canonical
   * XML 1.0.
   */
  prefixList?: readonly string[] | undefined
  /** A descendant left out whole: the enveloped signature. */
  omit?: Element | undefined
}

export function canonicalize(element: Element, options: CanonicalizeOptions): string {
  if (element?.nodeType !== ELEMENT) throw new TypeError('canonicalize: the apex is not an element')
  if (typeof options?.exclusive !== 'boolean')
    throw new TypeError('canonicalize: options.exclusive is not a boolean')
  const omit = options.omit ?? null
  if (omit === element) throw new TypeError('canonicalize: the apex cannot be omitted')
  const scope = new RenderedScope(options.exclusive, options.prefixList ?? [])
  let output = scope.openApex(element)
  let node: Node = element
  let child: Node | null = element.firstChild
  let omitted = false
  // A loop with parent links, for a call stack that does not grow with the depth of the message.
  for (;;) {
    if (child === null) {
      output += '</' + node.nodeName + '>'
      if (node === element) break
      scope.close()
      child = node.nextSibling
      node = parentOf(node)
      continue
    }
    switch (child.nodeType) {
      case ELEMENT:
        if (child === omit) {
          omitted = true
          break
        }
        output += scope.open(child as Element)
        if (output.length > CANONICAL_LIMIT)
          throw new RangeError('canonicalize: the canonical form is too long')
        node = child
        child = child.firstChild
        continue
      case TEXT:
      case CDATA_SECTION:
        output += escapeText(child.nodeValue ?? '')
        break
      case PROCESSING_INSTRUCTION:
        output += renderProcessingInstruction(child)
        break
      case COMMENT:
        break
      default:
        throw new TypeError(`canonicalize: a node of type ${child.nodeType} has no canonical form`)
    }
    child = child.nextSibling
  }
  if (omit !== null && !omitted)
    throw new TypeError('canonicalize: the element to omit is not a descendant of the apex')
  return output
}

/**
 * The namespace declarations the output has in force at the element being written. `rendered` is
 * one map with a log of what each open element replaced, so that a lookup costs the same at any
 * depth and with any number of declarations.
 */
class RenderedScope {
  private readonly exclusive: boolean
  private readonly listed: ReadonlySet<string>
  private readonly rendered = new Map<string, string>()
  private readonly replacedPrefixes: string[] = []
  private readonly replacedValues: string[] = []
  private readonly marks: number[] = []
  private readonly namespaceKeys = new Map<string, string>()

  constructor(exclusive: boolean, prefixList: readonly string[]) {
    this.exclusive = exclusive
    this.listed = exclusive && prefixList.length > 0 ? prefixSet(prefixList) : NO_PREFIXES
  }

  openApex(element: Element): string {
    const declared: string[] = []
    const attributes: Attr[] = []
    // The apex is an orphan in the node-set, and takes over the namespace nodes of its ancestors.
    if (!this.exclusive || this.listed.size > 0) {
      const seen = new Set<string>()
      for (let ancestor = parentElement(element); ancestor; ancestor = parentElement(ancestor)) {
        const map = ancestor.attributes
        for (let index = 0; index < map.length; index++) {
          const attribute = map.item(index) as Attr
          const prefix = declaredPrefix(attribute)
          if (prefix !== null && !seen.has(prefix)) {
            seen.add(prefix)
            if (this.isInclusive(prefix) && !declares(element, prefix))
              this.bind(prefix, attribute.value, declared)
          }
        }
      }
    }
    if (!this.exclusive) inheritXmlAttributes(element, attributes)
    return this.startTag(element, declared, attributes)
  }

  open(element: Element): string {
    this.marks.push(this.replacedPrefixes.length)
    return this.startTag(element, [], [])
  }

  close(): void {
    const mark = this.marks.pop() ?? 0
    while (this.replacedPrefixes.length > mark)
      this.rendered.set(this.replacedPrefixes.pop() ?? '', this.replacedValues.pop() ?? '')
  }

  private startTag(element: Element, declared: string[], attributes: Attr[]): string {
    const map = element.attributes
    const length = map.length
    if (this.exclusive) this.use(element.prefix, element.namespaceURI, declared)
    for (let index = 0; index < length; index++) {
      const attribute = map.item(index) as Attr
      const prefix = declaredPrefix(attribute)
      if (prefix === null) {
        attributes.push(attribute)
        if (this.exclusive && attribute.prefix)
          this.use(attribute.prefix, attribute.namespaceURI, declared)
      } else if (this.isInclusive(prefix)) {
        this.bind(prefix, attribute.value, declared)
      }
    }
    let tag = '<' + element.nodeName
    sort(declared, compareCodePoints)
    for (const prefix of declared) {
      tag += prefix === '' ? ' xmlns="' : ' xmlns:' + prefix + '="'
      tag += escapeAttribute(this.rendered.get(prefix) ?? '') + '"'
    }
    sort(attributes, this.compareAttributes)
    for (const attribute of attributes)
      tag += ' ' + attribute.nodeName + '="' + escapeAttribute(attribute.value) + '"'
    return tag + '>'
  }

  private readonly compareAttributes = (left: Attr, right: Attr): number => {
    const leftNamespace = left.namespaceURI ?? ''
    const rightNamespace = right.namespaceURI ?? ''
    return leftNamespace === rightNamespace
      ? compareCodePoints(left.localName ?? '', right.localName ?? '')
      : compareUnits(this.namespaceKey(leftNamespace), this.namespaceKey(rightNamespace))
  }

  // Every attribute of a namespace compares by it.
  private namespaceKey(namespace: string): string {
    let key = this.namespaceKeys.get(namespace)
    if (key === undefined) {
      key = codePointKey(namespace)
      this.namespaceKeys.set(namespace, key)
    }
    return key
  }

  private isInclusive(prefix: string): boolean {
    return !this.exclusive || this.listed.has(prefix)
  }

  /** A name visibly utilises its prefix; one without a prefix utilises the default namespace. */
  private use(prefix: string | null, namespace: string | null, declared: string[]): void {
    this.bind(prefix ?? '', namespace ?? '', declared)
  }

  // An absent prefix counts as bound to '': the default namespace is undone only where it was set.
  private bind(prefix: string, value: string, declared: string[]): void {
    const before = this.rendered.get(prefix) ?? ''
    // The declaration of the xml prefix is never rendered (C14N 1.0 §2.3, Namespace Axis).
    if (before === value || prefix === 'xml') return
    if (value.length > NAMESPACE_LIMIT)
      throw new RangeError('canonicalize: a namespace name is too long')
    this.rendered.set(prefix, value)
    this.replacedPrefixes.push(prefix)
    this.replacedValues.push(before)
    declared.push(prefix)
  }
}

const NO_PREFIXES: ReadonlySet<string> = new Set()
function prefixSet(prefixList: readonly string[]): ReadonlySet<string> {
  return new Set(prefixList.map((prefix) => (prefix === '#default' ? '' : prefix)))
}

/** C14N 1.0 §2.4: the nearest xml:* attributes of the ancestors, save those the apex has itself. */
function inheritXmlAttributes(element: Element, attributes: Attr[]): void {
  const seen = new Set<string>()
  for (let holder: Element | null = element; holder; holder = parentElement(holder)) {
    const map = holder.attributes
    for (let index = 0; index < map.length; index++) {
      const attribute = map.item(index) as Attr
      if (attribute.prefix === 'xml' && !seen.has(attribute.nodeName)) {
        seen.add(attribute.nodeName)
        if (holder !== element) attributes.push(attribute)
      }
    }
  }
}

function declares(element: Element, prefix: string): boolean {
  return element.attributes.getNamedItem(prefix === '' ? 'xmlns' : 'xmlns:' + prefix) !== null
}

/**
 * The prefix an attribute declares ('' for xmlns), or null where it is no namespace declaration.
 */
function declaredPrefix(attribute: Attr): string | null {
  if (attribute.prefix === 'xmlns') return attribute.localName
  return attribute.nodeName === 'xmlns' ? '' : null
}

function parentElement(element: Element): Element | null {
  const parent = element.parentNode
  return parent?.nodeType === ELEMENT ? (parent as Element) : null
}

function parentOf(node: Node): Node {
  const parent = node.parentNode
  if (parent === null) throw new TypeError('canonicalize: the tree changed underneath')
  return parent
}

function sort<Item>(items: Item[], compare: (left: Item, right: Item) => number): void {
  if (items.length > 1) items.sort(compare)
}

// Strings compare by UTF-16 unit, which puts the surrogates of U+10000 and above before U+E000 to
// U+FFFF. The two ranges change places for code point order.
function codePointKey(text: string): string {
  return REORDERED.test(text) ? text.replace(/[\ud800-\uffff]/g, reorder) : text
}

function reorder(unit: string): string {
  const code = unit.charCodeAt(0)
  return String.fromCharCode(code < 0xe000 ? code + 0x2000 : code - 0x800)
}

function compareCodePoints(left: string, right: string): number {
  return compareUnits(codePointKey(left), codePointKey(right))
}

function compareUnits(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1
}

const REORDERED = /[\ud800-\uffff]/
const TEXT_SPECIAL = /[&<>\r]/
const ATTRIBUTE_SPECIAL = /[&<"\t\n\r]/
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

/** A character as canonical XML writes it where it has to be escaped. */
export function escapeCharacter(character: string): string {
  return ESCAPES[character] ?? character
}

function escapeText(text: string): string {
  return TEXT_SPECIAL.test(text) ? text.replace(/[&<>\r]/g, escapeCharacter) : text
}

function escapeAttribute(value: string): string {
  return ATTRIBUTE_SPECIAL.test(value) ? value.replace(/[&<"\t\n\r]/g, escapeCharacter) : value
}

function renderProcessingInstruction(node: Node): string {
  const data = (node.nodeValue ?? '').replace(/\r/g, '&#xD;')
  return '<?' + node.nodeName + (data === '' ? '' : ' ' + data) + '?>'
}
