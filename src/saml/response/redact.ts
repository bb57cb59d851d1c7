// Redacts a message for support: its structure without personal or secret values.
import type { Attr, Element, Node } from '@xmldom/xmldom'
import { isNamed } from '../xml/dom.ts'
import { NS } from '../names.ts'

const MAX_CHARACTERS = 16_000

/** Elements whose text helps to find an error and says nothing about a person. */
const TELLING: readonly (readonly [string, string])[] = [
  [NS.saml, 'Issuer'],
  [NS.saml, 'Audience'],
  [NS.saml, 'AuthnContextClassRef'],
]

// The part before @ is matched from its first character alone: otherwise long text takes too long.
const ADDRESS = /(?<![^\s@<>"'()[\],;:])[^\s@<>"'()[\],;:]+@[^\s@<>"'()[\],;:]+/g

/** Text that an IdP wrote and that may name the person: its e-mail addresses are removed. */
export function withoutAddresses(text: string): string {
  return text.replace(ADDRESS, '[e-mail]')
}

/**
 * Attributes that can carry a person’s identifier. All others of the standards are configuration,
 * times or IDs.
 */
const PERSONAL_ATTRIBUTES = new Set(['SPProvidedID', 'Address', 'DNSName'])

/**
 * The element as text. Other text is replaced by its length; encrypted and signed values too. Cut
 * at 16,000 characters.
 */
export function redactResponse(root: Element): string {
  const text = render(root)
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text
}

function render(element: Element): string {
  const isMessage = isNamed(element, NS.samlp, 'StatusMessage')
  let attributes = ''
  for (let index = 0; index < element.attributes.length; index++) {
    const { name, value } = element.attributes.item(index) as Attr
    const shown = PERSONAL_ATTRIBUTES.has(name) ? redacted(value) : value
    attributes += ` ${name}="${escape(isMessage ? withoutAddresses(shown) : shown)}"`
  }
  const telling = TELLING.some(([namespace, name]) => isNamed(element, namespace, name))
  let content = ''
  for (let node: Node | null = element.firstChild; node; node = node.nextSibling) {
    if (node.nodeType === 1) content += render(node as Element)
    else {
      const text = node.nodeValue ?? ''
      if (isMessage) content += escape(withoutAddresses(text))
      else content += telling || /^[ \t\r\n]*$/.test(text) ? escape(text) : redacted(text)
    }
  }
  return content === ''
    ? `<${element.nodeName}${attributes}/>`
    : `<${element.nodeName}${attributes}>${content}</${element.nodeName}>`
}

function redacted(text: string): string {
  return `[${text.length} characters]`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
