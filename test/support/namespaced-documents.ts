// Seeded XML documents that are hard to canonicalise, each with an apex to start from. They are
// well-formed, namespace-well-formed and free of DTDs; they are never meant to look like SAML.

import type { StrictElement } from '../../src/saml/xml/strict-tree.ts'
import { fromDom, parseDom } from './dom-tree.ts'

export interface NamespacedDocument {
  text: string
  /** Index in document order, over elements only, of the element to canonicalise. */
  apex: number
  /** Index of a descendant of the apex to leave out, or null. */
  omit: number | null
  prefixList: string[]
}

/** Read by xmldom: names outside ASCII and comments are no strict XML. */
export function parseDocument(text: string): StrictElement {
  return fromDom(parseDom(text))
}

/** `root` itself is 0. */
export function elementAt(root: StrictElement, index: number): StrictElement {
  let remaining = index
  const stack = [root]
  for (let element = stack.pop(); element; element = stack.pop()) {
    if (remaining-- === 0) return element
    stack.push(...element.children.filter((child) => typeof child !== 'string').toReversed())
  }
  throw new RangeError(`the document has no element ${index}`)
}

export function* namespacedDocuments(
  seed: number,
  count: number,
): Generator<NamespacedDocument, void> {
  for (let index = 0; index < count; index += 1) {
    yield new DocumentWriter(mulberry32(seed + index)).write()
  }
}

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace'

// U+F900 sorts before U+10400 by code point and after it by UTF-16 unit.
const PREFIXES = ['a', 'b', 'c', 'ds', 'saml', 'B', '_', 'a.b', 'é', '\uf900', '\u{10400}']
// No '&', '<' or '"' in a namespace name: libxml2 writes them unescaped into the declaration,
// against C14N 1.0 §2.3. No relative names and none outside ASCII either: libxml2 refuses the
// document.
const NAMESPACES = [
  'http://a.example/',
  'http://a.example/?x=1;y=2',
  "urn:it's",
  'http://b.example/path#fragment',
  'http://B.example/',
  'urn:a',
  'urn:a:b',
  'urn:oasis:names:tc:SAML:2.0:assertion',
  'ftp://z.example/',
]
const LOCAL_NAMES = ['a', 'b', 'c', 'A', 'a-b', 'é', '\uf900', '\u{10400}', 'lang', 'ID']
const XML_ATTRIBUTES = ['xml:lang', 'xml:space', 'xml:base', 'xml:id', 'xml:other']
// '>' is literal, U+0085 and U+2028 are line ends in XML 1.1 only.
const LITERALS = [
  'text',
  ' ',
  '  ',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\r\r\n',
  '>',
  ']]',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u00e9',
  '\ufffd',
  '\u{1f511}',
  '\u{10fffd}',
]
const REFERENCES = [
  '&amp;',
  '&lt;',
  '&gt;',
  '&quot;',
  '&apos;',
  '&#9;',
  '&#10;',
  '&#13;',
  '&#32;',
  '&#x9;',
  '&#xA;',
  '&#xD;',
  '&#x0000d;',
  '&#x20;',
  '&#38;',
  '&#60;',
  '&#x1F511;',
  '&#65536;',
  '&#x85;',
  '&#x2028;',
  '&#xFFFD;',
  '&amp;#13;',
  '&#38;amp;',
]
const SPACES = [' ', ' ', ' ', '  ', '\n', '\t', '\r\n ']

type Scope = ReadonlyMap<string, string>

class DocumentWriter {
  private readonly random: () => number
  private elements = 0
  private readonly parents: (number | null)[] = []
  private readonly size: number

  constructor(random: () => number) {
    this.random = random
    this.size = 1 + this.below(14)
  }

  write(): NamespacedDocument {
    const declaration = this.chance(0.2) ? '<?xml version="1.0" encoding="UTF-8"?>' : ''
    const before = this.misc()
    const root = this.element(new Map([['', '']]), 0, null)
    const text = declaration + before + root + this.misc()
    const apex = this.chance(0.2) ? 0 : this.below(this.elements)
    const below = this.parents.flatMap((_, index) =>
      index !== apex && this.isBelow(index, apex) ? [index] : [],
    )
    return {
      text,
      apex,
      omit: below.length > 0 && this.chance(0.25) ? this.pick(below) : null,
      prefixList: this.prefixList(),
    }
  }

  private element(outer: Scope, depth: number, parent: number | null): string {
    const self = this.elements
    this.elements += 1
    this.parents.push(parent)
    const scope = new Map(outer)
    const declarations = this.declarations(scope)
    const attributes = [...declarations, ...this.attributes(scope)]
    this.shuffle(attributes)
    const name = this.qualify(this.pick([...scope.keys()]), this.pick(LOCAL_NAMES))
    const start = '<' + name + attributes.map((attribute) => this.pick(SPACES) + attribute).join('')
    const content = this.content(scope, depth, self)
    const space = this.chance(0.2) ? this.pick(SPACES) : ''
    return content === '' && this.chance(0.5)
      ? start + space + '/>'
      : start + space + '>' + content + '</' + name + (this.chance(0.1) ? ' ' : '') + '>'
  }

  private content(scope: Scope, depth: number, self: number): string {
    const pieces: string[] = []
    const length = this.below(5)
    for (let index = 0; index < length; index += 1) {
      const kind = this.random()
      if (kind < 0.6 && this.elements < this.size && depth < 10) {
        pieces.push(this.element(scope, depth + 1, self))
      } else if (kind < 0.75) {
        pieces.push(this.characters(''))
      } else if (kind < 0.83) {
        pieces.push('<![CDATA[' + this.pick(['', '<&>"\r\n\t', ']]', '&amp;', '\r', 'é']) + ']]>')
      } else if (kind < 0.92) {
        pieces.push(this.comment())
      }
    }
    return pieces.join('')
  }

  /** Declares into `scope`: new, changed, repeated, undone and unused declarations. */
  private declarations(scope: Map<string, string>): string[] {
    const written: string[] = []
    if (this.chance(0.3)) {
      scope.set('', this.chance(0.35) ? '' : this.pick(NAMESPACES))
      written.push(this.attribute('xmlns', this.literal(scope.get('') ?? '')))
    } else if (this.chance(0.05)) {
      written.push(this.attribute('xmlns', this.literal(scope.get('') ?? '')))
    }
    const prefixes = [...PREFIXES]
    this.shuffle(prefixes)
    const declared = this.chance(0.5) ? 0 : 1 + this.below(4)
    for (const prefix of prefixes.slice(0, declared)) {
      const repeated = scope.get(prefix)
      const value = repeated !== undefined && this.chance(0.3) ? repeated : this.pick(NAMESPACES)
      scope.set(prefix, value)
      written.push(this.attribute('xmlns:' + prefix, this.literal(value)))
    }
    if (this.chance(0.02)) {
      written.push(this.attribute('xmlns:xml', XML_NAMESPACE))
    }
    return written
  }

  private attributes(scope: Scope): string[] {
    const written: string[] = []
    const taken = new Set<string>()
    const prefixes = [...scope.keys()]
    const length = this.chance(0.4) ? 0 : this.below(7)
    for (let index = 0; index < length; index += 1) {
      const prefix = this.chance(0.4) ? '' : this.pick(prefixes)
      const localName = this.pick(LOCAL_NAMES)
      const expanded = (prefix === '' ? '' : scope.get(prefix)) + ' ' + localName
      if (!taken.has(expanded)) {
        taken.add(expanded)
        written.push(this.attribute(this.qualify(prefix, localName), this.value()))
      }
    }
    for (const name of XML_ATTRIBUTES) {
      if (this.chance(0.08)) {
        written.push(this.attribute(name, this.xmlValue(name)))
      }
    }
    return written
  }

  private xmlValue(name: string): string {
    switch (name) {
      case 'xml:space':
        return this.pick(['default', 'preserve'])
      case 'xml:id':
        return '_' + this.elements + '-' + this.below(1_000_000)
      case 'xml:lang':
        return this.pick(['en', 'fr', 'de-CH', ''])
      default:
        return this.value()
    }
  }

  private value(): string {
    return this.chance(0.2) ? '' : this.characters('<')
  }

  private attribute(name: string, value: string): string {
    const equals = this.chance(0.05) ? ' = ' : '='
    const quoted = this.chance(0.7)
      ? '"' + value.replaceAll('"', '&quot;') + '"'
      : "'" + value.replaceAll("'", '&#39;') + "'"
    return name + equals + quoted
  }

  /** A namespace name, at times spelt with a character reference. */
  private literal(namespace: string): string {
    return this.chance(0.1) ? namespace.replace('a', '&#97;') : namespace
  }

  private characters(forbidden: string): string {
    let text = ''
    const length = 1 + this.below(5)
    for (let index = 0; index < length; index += 1) {
      text += this.chance(0.6) ? this.pick(LITERALS) : this.pick(REFERENCES)
    }
    // Also at the start, since the text before may end in ']]'.
    text = text.replaceAll(']]>', ']]&gt;').replace(/^>/, '&gt;')
    return forbidden === '' ? text : text.replaceAll(forbidden, '')
  }

  private comment(): string {
    return '<!--' + this.pick(['', ' a comment ', '<a>&amp;</a>', 'line\r\nline']) + '-->'
  }

  private misc(): string {
    let text = ''
    while (this.chance(0.2)) {
      text += this.pick([this.comment(), '\n', '\r\n'])
    }
    return text
  }

  private prefixList(): string[] {
    if (this.chance(0.4)) {
      return []
    }
    const prefixes = [...PREFIXES, '#default', '#default', '#default', 'xml', 'unknown']
    this.shuffle(prefixes)
    return [...new Set(prefixes.slice(0, 1 + this.below(6)))]
  }

  private qualify(prefix: string, localName: string): string {
    return prefix === '' ? localName : prefix + ':' + localName
  }

  private isBelow(index: number, apex: number): boolean {
    let current: number | null = index
    while (current !== null && current !== apex) {
      current = this.parents[current] ?? null
    }
    return current === apex
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  private chance(probability: number): boolean {
    return this.random() < probability
  }

  private pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) {
      throw new RangeError('nothing to pick from')
    }
    return item
  }

  private shuffle(items: unknown[]): void {
    for (let index = items.length - 1; index > 0; index -= 1) {
      const other = this.below(index + 1)
      ;[items[index], items[other]] = [items[other], items[index]]
    }
  }
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}
