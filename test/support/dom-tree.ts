// xmldom as a third reader, to compare with and to read what strict XML is not: its tree in the
// shape of the strict reader's.
import { DOMParser, type Attr, type Element, type Node } from '@xmldom/xmldom'
import type { StrictAttribute, StrictElement } from '../../src/saml/xml/strict-tree.ts'

/**
 * Line endings are those of XML 1.0 §2.11, and any complaint is an error, save xmldom's warning of
 * a literal U+FFFD, which XML 1.0 §2.2 allows.
 */
export function parseDom(text: string): Element {
  const document = new DOMParser({
    locator: false,
    normalizeLineEndings: (source: string) => source,
    onError: (level: string, message: string) => {
      if (!message.startsWith('Unicode replacement character detected'))
        throw new Error(`${level}: ${message}`)
    },
  }).parseFromString(text.replace(/\r\n?/g, '\n'), 'text/xml')
  if (!document.documentElement) throw new Error('no root element')
  return document.documentElement
}

type Growing = StrictElement & { readonly children: (StrictElement | string)[] }

/** Comments are left out, and adjacent text is joined. Refuses processing instructions. */
export function fromDom(root: Element): StrictElement {
  const top = elementOf(root, undefined)
  // Without recursion: a test has 20,000 levels.
  let open: Growing | undefined = top
  let node: Node | null = root.firstChild
  for (let dom: Node = root; open;) {
    if (node === null) {
      node = dom.nextSibling
      dom = dom.parentNode!
      open = open.parent as Growing | undefined
    } else if (node.nodeType === 1) {
      const child = elementOf(node as Element, open)
      open.children.push(child)
      open = child
      dom = node
      node = node.firstChild
    } else {
      if (node.nodeType === 3 || node.nodeType === 4) append(open, node.nodeValue ?? '')
      else if (node.nodeType !== 8) throw new Error(`a node of type ${node.nodeType}`)
      node = node.nextSibling
    }
  }
  return top
}

function append({ children }: Growing, text: string): void {
  const last = children.length - 1
  if (typeof children[last] === 'string') children[last] += text
  else if (text !== '') children.push(text)
}

function elementOf(element: Element, parent: StrictElement | undefined): Growing {
  const attributes = Array.from(
    { length: element.attributes.length },
    (_, index) => element.attributes.item(index) as Attr,
  )
  return {
    qualifiedName: element.nodeName,
    prefix: element.prefix ?? '',
    localName: element.localName ?? '',
    namespace: element.namespaceURI ?? '',
    declarations: attributes
      .filter(isDeclaration)
      .map(({ name, value }) => ({ prefix: name === 'xmlns' ? '' : name.slice(6), uri: value })),
    attributes: attributes.filter((one) => !isDeclaration(one)).map(attributeOf),
    children: [],
    parent,
  }
}

function isDeclaration({ name }: Attr): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:')
}

function attributeOf({ name, prefix, localName, namespaceURI, value }: Attr): StrictAttribute {
  return {
    qualifiedName: name,
    prefix: prefix ?? '',
    localName: localName ?? '',
    namespace: namespaceURI ?? '',
    value,
  }
}

/**
 * A tree as text, equal where two readers have read the same: expanded names, prefixes, namespaces
 * in scope, attributes and text. It leaves out what no other reader tells: the order of attributes,
 * and declarations that change nothing.
 */
export function outlineOf(root: StrictElement): string {
  return JSON.stringify(outline(root, new Map()))
}

function outline(element: StrictElement, outer: ReadonlyMap<string, string>): unknown[] {
  const scope = new Map(outer)
  for (const { prefix, uri } of element.declarations) scope.set(prefix, uri)
  return [
    element.namespace,
    element.localName,
    element.prefix,
    [...scope].filter(([prefix, uri]) => uri !== '' && prefix !== 'xml').toSorted(byCodePoints),
    element.attributes
      .map(({ namespace, localName, value }) => [namespace, localName, value] as const)
      .toSorted(byCodePoints),
    element.children.map((child) => (typeof child === 'string' ? child : outline(child, scope))),
  ]
}

function byCodePoints(left: readonly string[], right: readonly string[]): number {
  const [one, other] = [left.join('\0'), right.join('\0')]
  return one < other ? -1 : one > other ? 1 : 0
}
