// Cutting and pasting in XML text whose spelling is known. A cut that finds nothing throws: an
// attack must not become the genuine message by mistake.

export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;')
}

export function escapeAttribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;')
}

/** Replaces what occurs exactly once. */
export function replaceOnce(text: string, from: string, to: string): string {
  const parts = text.split(from)
  if (parts.length !== 2) throw new Error(`${from} occurs ${parts.length - 1} times`)
  return parts.join(to)
}

/** Replaces every occurrence of what occurs at least once. */
export function replaceEach(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`${from} does not occur`)
  return text.replaceAll(from, to)
}

/** The whole first element of this qualified name: from its first start tag to its end tag. */
export function element(text: string, name: string): string {
  const start = new RegExp(`<${name}[ >]`).exec(text)?.index
  if (start === undefined) throw new Error(`no ${name}`)
  const tags = new RegExp(`<(/?)${name}(?=[ >])[^>]*>`, 'g')
  tags.lastIndex = start
  let depth = 0
  for (let tag = tags.exec(text); tag; tag = tags.exec(text)) {
    depth += tag[1] ? -1 : 1
    if (depth === 0) return text.slice(start, tags.lastIndex)
  }
  throw new Error(`${name} is not closed`)
}

/** The text without the first element of this name. */
export function without(text: string, name: string): string {
  const cut = element(text, name)
  const at = text.indexOf(cut)
  return text.slice(0, at) + text.slice(at + cut.length)
}

/** Puts `addition` just after the start tag of the first element of this name. */
export function prepend(text: string, name: string, addition: string): string {
  const whole = element(text, name)
  const at = text.indexOf(whole) + whole.indexOf('>') + 1
  return text.slice(0, at) + addition + text.slice(at)
}

/** Puts `addition` just before the end tag of the first element of this name. */
export function append(text: string, name: string, addition: string): string {
  const whole = element(text, name)
  const at = text.indexOf(whole) + whole.lastIndexOf('</')
  return text.slice(0, at) + addition + text.slice(at)
}

/** Puts `addition` just before the first element of this name. */
export function before(text: string, name: string, addition: string): string {
  const at = text.indexOf(element(text, name))
  return text.slice(0, at) + addition + text.slice(at)
}

/** Puts `addition` just after the first element of this name. */
export function after(text: string, name: string, addition: string): string {
  const whole = element(text, name)
  const at = text.indexOf(whole) + whole.length
  return text.slice(0, at) + addition + text.slice(at)
}
