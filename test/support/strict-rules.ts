// The rules of strict XML once more, judged on what xmldom has read and on the text by other means:
// what the strict reader accepts must keep them.
import type { StrictElement } from '../../src/saml/xml/strict-tree.ts'
import { LIMITS } from '../../src/saml/xml/strict-xml.ts'

const NCNAME = /^[A-Za-z_][A-Za-z0-9._-]*$/
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>[\]{}|\\^`#]+(?:#[^\s"<>[\]{}|\\^`#]*)?$/
// oxlint-disable-next-line no-control-regex
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u

/** The first rule that the document breaks, in words. */
export function brokenRule(text: string, root: StrictElement): string | undefined {
  const sections = text.replace(/<!\[CDATA\[[^]*?\]\]>/g, '')
  if (!CHARACTERS.test(text)) return 'characters'
  if (/<!/.test(sections)) return 'a comment or a DOCTYPE'
  if (/<\?/.test(sections.replace(/^<\?xml\s[^?]*\?>/, ''))) return 'a processing instruction'
  if (/&(?!#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)/.test(sections))
    return 'an entity'
  const seen = { nodes: 0, declarations: 0, ids: new Set<string>() }
  return brokenBy(root, 1, seen) ?? (seen.nodes > LIMITS.nodes ? 'nodes' : undefined)
}

function brokenBy(
  { qualifiedName, declarations, attributes, children }: StrictElement,
  depth: number,
  seen: { nodes: number; declarations: number; ids: Set<string> },
): string | undefined {
  const names = [qualifiedName, ...attributes.map((attribute) => attribute.qualifiedName)]
  const parts = [...names.flatMap((name) => name.split(':')), ...declarations.map((d) => d.prefix)]
  seen.nodes += 1 + attributes.length + declarations.length
  seen.declarations += declarations.length
  if (depth > LIMITS.depth) return 'depth'
  if (attributes.length + declarations.length > LIMITS.attributes) return 'attributes'
  if (seen.declarations > LIMITS.declarations) return 'declarations'
  if (names.some((name) => name.split(':').length > 2)) return 'colons'
  if (parts.some((part) => part !== '' && !NCNAME.test(part))) return 'names'
  if (names.some((name) => /^xml(?!:(?:lang|space|base)$)|:xmlns/i.test(name))) return 'xml names'
  if (declarations.some(({ prefix }) => /^xml/i.test(prefix))) return 'xml prefixes'
  if (declarations.some(({ prefix, uri }) => !URI.test(uri) && (prefix !== '' || uri !== '')))
    return 'namespace names'
  for (const { qualifiedName: name, localName, value } of attributes)
    if (localName.toLowerCase() === 'id') {
      if (name !== localName) return 'a prefixed ID'
      if (seen.ids.has(value)) return 'a duplicate ID'
      seen.ids.add(value)
    }
  for (const child of children) {
    seen.nodes++
    const broken = typeof child === 'string' ? undefined : brokenBy(child, depth + 1, seen)
    if (broken !== undefined) return broken
    if (typeof child !== 'string') seen.nodes--
  }
  return undefined
}
