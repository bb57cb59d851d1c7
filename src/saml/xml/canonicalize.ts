// Renders the subtree of one element in Canonical XML 1.0 or Exclusive Canonical XML 1.0. It must
// not change the tree or resolve anything.
import type { StrictAttribute, StrictElement } from './strict-tree.ts'

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
  omit?: StrictElement | undefined
}

export function canonicalize(element: StrictElement, options: CanonicalizeOptions): string {
  if (typeof options?.exclusive !== 'boolean')
    throw new TypeError('canonicalize: options.exclusive is not a boolean')
  const { omit } = options
  if (omit === element) throw new TypeError('canonicalize: the apex cannot be omitted')
  const scope = new RenderedScope(options.exclusive, options.prefixList ?? [])
  let output = scope.openApex(element)
  let omitted = false
  // A loop with a stack of its own: the call stack does not grow with the depth of the message.
  const outer: { node: StrictElement; next: number }[] = []
  let node = element
  let next = 0
  for (;;) {
    const child = node.children[next++]
    if (child === undefined) {
      output += '</' + node.qualifiedName + '>'
      const around = outer.pop()
      if (around === undefined) break
      scope.close()
      ;({ node, next } = around)
    } else if (typeof child === 'string') {
      output += escapeText(child)
    } else if (child === omit) {
      omitted = true
    } else {
      output += scope.open(child)
      if (output.length > CANONICAL_LIMIT)
        throw new RangeError('canonicalize: the canonical form is too long')
      outer.push({ node, next })
      node = child
      next = 0
    }
  }
  if (omit !== undefined && !omitted)
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

  openApex(element: StrictElement): string {
    const declared: string[] = []
    const attributes: StrictAttribute[] = []
    // The apex is an orphan in the node-set, and takes over the namespace nodes of its ancestors.
    if (!this.exclusive || this.listed.size > 0) {
      const seen = new Set(element.declarations.map(({ prefix }) => prefix))
      for (let ancestor = element.parent; ancestor; ancestor = ancestor.parent)
        for (const { prefix, uri } of ancestor.declarations)
          if (!seen.has(prefix)) {
            seen.add(prefix)
            if (this.isInclusive(prefix)) this.bind(prefix, uri, declared)
          }
    }
    if (!this.exclusive) inheritXmlAttributes(element, attributes)
    return this.startTag(element, declared, attributes)
  }

  open(element: StrictElement): string {
    this.marks.push(this.replacedPrefixes.length)
    return this.startTag(element, [], [])
  }

  close(): void {
    const mark = this.marks.pop() ?? 0
    while (this.replacedPrefixes.length > mark)
      this.rendered.set(this.replacedPrefixes.pop() ?? '', this.replacedValues.pop() ?? '')
  }

  private startTag(
    element: StrictElement,
    declared: string[],
    attributes: StrictAttribute[],
  ): string {
    for (const { prefix, uri } of element.declarations)
      if (this.isInclusive(prefix)) this.bind(prefix, uri, declared)
    // Names visibly utilise their prefix; one without a prefix utilises the default namespace.
    if (this.exclusive) this.bind(element.prefix, element.namespace, declared)
    for (const attribute of element.attributes) {
      attributes.push(attribute)
      if (this.exclusive && attribute.prefix !== '')
        this.bind(attribute.prefix, attribute.namespace, declared)
    }
    let tag = '<' + element.qualifiedName
    sort(declared, compareCodePoints)
    for (const prefix of declared) {
      tag += prefix === '' ? ' xmlns="' : ' xmlns:' + prefix + '="'
      tag += escapeAttribute(this.rendered.get(prefix) ?? '') + '"'
    }
    sort(attributes, this.compareAttributes)
    for (const attribute of attributes)
      tag += ' ' + attribute.qualifiedName + '="' + escapeAttribute(attribute.value) + '"'
    return tag + '>'
  }

  private readonly compareAttributes = (left: StrictAttribute, right: StrictAttribute): number =>
    left.namespace === right.namespace
      ? compareCodePoints(left.localName, right.localName)
      : compareUnits(this.namespaceKey(left.namespace), this.namespaceKey(right.namespace))

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
function inheritXmlAttributes(element: StrictElement, attributes: StrictAttribute[]): void {
  const seen = new Set<string>()
  let holder: StrictElement | undefined = element
  for (; holder; holder = holder.parent)
    for (const attribute of holder.attributes)
      if (attribute.prefix === 'xml' && !seen.has(attribute.qualifiedName)) {
        seen.add(attribute.qualifiedName)
        if (holder !== element) attributes.push(attribute)
      }
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
