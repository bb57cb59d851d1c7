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

// An absolute URI with at most one fragment (RFC 3986 §3, without IP literals, which libxml2 and
// others judge in their own ways). References are not needed in one and not allowed here.
const NAMESPACE_URI =
  /^[a-z][a-z0-9+.-]*:[a-z0-9\-._~:/?@!$'()*+,;=%]+(?:#[a-z0-9\-._~:/?@!$'()*+,;=%]*)?$/i
const WRONG_ESCAPE = /%(?![0-9a-f]{2})/i

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
  if (!(uri === '' && prefix === '') && (!NAMESPACE_URI.test(uri) || WRONG_ESCAPE.test(uri)))
    fail('xml_namespace', `namespace ${uri.slice(0, 60)}`)
  if (++scope.declarations > limits.declarations)
    fail('xml_too_large', `more than ${limits.declarations} namespace declarations`)
  scope.prefixes.push(prefix)
  if (scope.uris.push(uri) > limits.namespaces)
    fail('xml_too_large', `more than ${limits.namespaces} namespaces in scope`)
}

/** The namespace of a prefix, which must be declared; '' where no default namespace is. */
export function resolve({ prefixes, uris }: DeclaredNamespaces, prefix: string): string {
  for (let index = prefixes.length - 1; index >= 0; index--)
    if (prefixes[index] === prefix) return uris[index]!
  return prefix === '' ? '' : fail('xml_namespace', `prefix ${prefix} is not declared`)
}
