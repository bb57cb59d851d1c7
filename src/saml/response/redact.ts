// Redacts a message for support: its structure without personal or secret values.
import { isNamed, type StrictElement } from '../xml/strict-tree.ts'
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
export function redactResponse(root: StrictElement): string {
  const text = render(root)
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text
}

function render(element: StrictElement): string {
  const isMessage = isNamed(element, NS.samlp, 'StatusMessage')
  let attributes = ''
  const add = (name: string, value: string) => {
    const shown = PERSONAL_ATTRIBUTES.has(name) ? redacted(value) : value
    attributes += ` ${name}="${escape(isMessage ? withoutAddresses(shown) : shown)}"`
  }
  for (const { prefix, uri } of element.declarations) add(prefix ? `xmlns:${prefix}` : 'xmlns', uri)
  for (const { qualifiedName, value } of element.attributes) add(qualifiedName, value)
  const telling = TELLING.some(([namespace, name]) => isNamed(element, namespace, name))
  let content = ''
  for (const child of element.children) {
    if (typeof child !== 'string') content += render(child)
    else if (isMessage) content += escape(withoutAddresses(child))
    else content += telling || /^[ \t\r\n]*$/.test(child) ? escape(child) : redacted(child)
  }
  const { qualifiedName } = element
  return content === ''
    ? `<${qualifiedName}${attributes}/>`
    : `<${qualifiedName}${attributes}>${content}</${qualifiedName}>`
}

function redacted(text: string): string {
  return `[${text.length} characters]`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
