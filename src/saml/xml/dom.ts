// Reads single facts from a parsed message. It decides nothing.
import type { Attr, Element, Node } from '@xmldom/xmldom'

export function isNamed(element: Element, namespace: string, name: string): boolean {
  return element.localName === name && element.namespaceURI === namespace
}

export function childElements(parent: Element): Element[] {
  const found: Element[] = []
  for (let node: Node | null = parent.firstChild; node; node = node.nextSibling)
    if (node.nodeType === 1) found.push(node as Element)
  return found
}

export function childrenNamed(parent: Element, namespace: string, name: string): Element[] {
  return childElements(parent).filter((child) => isNamed(child, namespace, name))
}

/** True where the element holds text other than white space directly. */
export function hasText(parent: Element): boolean {
  for (let node: Node | null = parent.firstChild; node; node = node.nextSibling)
    if (node.nodeType !== 1 && /[^ \t\r\n]/.test(node.nodeValue ?? '')) return true
  return false
}

/** The text of an element that has no child elements; undefined where it has. */
export function leafText(element: Element): string | undefined {
  let text = ''
  for (let node: Node | null = element.firstChild; node; node = node.nextSibling) {
    if (node.nodeType === 1) return undefined
    text += node.nodeValue ?? ''
  }
  return text
}

/**
 * The names of all attributes that are not namespace declarations; prefixed ones with their prefix.
 */
export function attributeNames(element: Element): string[] {
  const names: string[] = []
  for (let index = 0; index < element.attributes.length; index++) {
    const { name } = element.attributes.item(index) as Attr
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) names.push(name)
  }
  return names
}

/** The value of an attribute without a prefix, or undefined where it is absent. */
export function attributeOf(element: Element, name: string): string | undefined {
  return element.getAttribute(name) ?? undefined
}

/** `samlp:Response`, or `{namespace}name` where the prefix would mislead: for refusals. */
export function describe(element: Element): string {
  return `{${element.namespaceURI ?? ''}}${element.localName ?? ''}`
}

/** The element and everything below it, in document order. */
export function* descendants(root: Element): Generator<Element> {
  let node: Node | null = root
  while (node) {
    if (node.nodeType === 1) yield node as Element
    if (node.firstChild) {
      node = node.firstChild
      continue
    }
    while (node && node !== root && !node.nextSibling) node = node.parentNode
    if (!node || node === root) return
    node = node.nextSibling
  }
}
