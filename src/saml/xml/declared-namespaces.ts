// The namespace declarations in scope at one place of a scan (Namespaces in XML 1.0), and the rules
// that prefixes must keep. Throws BadMarkup.
import { NS } from '../names.ts'
import { fail } from './bad-markup.ts'
import type { Limits } from './strict-xml.ts'

export type DeclaredNamespaces = {
  readonly prefixes: string[]
  readonly uris: string[]
  /** How many declarations were in scope outside of each open element. */
  readonly outerSizes: number[]
  /** In the whole document. */
  declarations: number
}

// RFC 3986 characters in an absolute URI. References are not needed in one and not allowed here.
const NAMESPACE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#[\]@!$'()*+,;=%]+$/

export function createNamespaces(): DeclaredNamespaces {
  return { prefixes: ['xml'], uris: [NS.xml], outerSizes: [], declarations: 0 }
}

export function enterElement({ prefixes, outerSizes }: DeclaredNamespaces): void {
  outerSizes.push(prefixes.length)
}

export function leaveElement({ prefixes, uris, outerSizes }: DeclaredNamespaces): void {
  prefixes.length = uris.length = outerSizes.pop()!
}

/** `xmlPrefix`: whether `xml` may be declared as what it is. */
export function declare(
  scope: DeclaredNamespaces,
  prefix: string,
  uri: string,
  { limits, xmlPrefix }: { limits: Limits; xmlPrefix: boolean },
): void {
  if (xmlPrefix && prefix === 'xml' && uri === NS.xml) return
  if (/^xml/i.test(prefix) || uri === NS.xml || uri === NS.xmlns)
    fail('xml_namespace', `${prefix} declared as ${uri.slice(0, 60)}`)
  if (!(uri === '' && prefix === '') && !NAMESPACE_URI.test(uri))
    fail('xml_namespace', `namespace ${uri.slice(0, 60)}`)
  if (++scope.declarations > limits.declarations)
    fail('xml_too_large', `more than ${limits.declarations} namespace declarations`)
  scope.prefixes.push(prefix)
  if (scope.uris.push(uri) > limits.namespaces)
    fail('xml_too_large', `more than ${limits.namespaces} namespaces in scope`)
}

function resolve({ prefixes, uris }: DeclaredNamespaces, prefix: string): string {
  for (let index = prefixes.length - 1; index >= 0; index--)
    if (prefixes[index] === prefix) return uris[index]!
  return prefix === '' ? '' : fail('xml_namespace', `prefix ${prefix} is not declared`)
}

/** Checks a start tag after its declarations: prefixes, and expanded attribute names (§6.3). */
export function checkPrefixes(
  scope: DeclaredNamespaces,
  name: string,
  attributeNames: readonly string[],
): void {
  if (/^xml|:xmlns/i.test(name)) fail('xml_namespace', `element ${name}`)
  const colon = name.indexOf(':')
  if (colon !== -1) resolve(scope, name.slice(0, colon))
  let expanded: string[] | undefined
  for (const attribute of attributeNames) {
    const at = attribute.indexOf(':')
    if (at === -1 || attribute.startsWith('xmlns:')) continue
    const key = `${attribute.slice(at + 1)} ${resolve(scope, attribute.slice(0, at))}`
    expanded ??= []
    if (expanded.includes(key)) fail('xml_duplicate_attribute', attribute)
    expanded.push(key)
  }
}
