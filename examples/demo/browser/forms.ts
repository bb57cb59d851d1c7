// Just enough HTML to use the pages of a login: their forms and their text. Not a parser; for pages
// that are known.

export type Form = {
  method: 'GET' | 'POST'
  /** As written: to be resolved against the page's URL. */
  action: string
  /** The inputs, in order. */
  fields: Field[]
  /** The buttons that submit, in order. */
  buttons: Field[]
}

export type Field = { name: string; value: string; type: string }

export function findForms(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, tag = '', inner = '']) => {
    const attributes = parseAttributes(tag)
    const elements = [...inner.matchAll(/<(input|button)\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi)].map(
      ([, element = '', text = '']) => toField(element.toLowerCase(), parseAttributes(text)),
    )
    return {
      method: attributes.get('method')?.toLowerCase() === 'post' ? 'POST' : 'GET',
      action: attributes.get('action') ?? '',
      fields: elements.filter(({ type }) => type !== 'submit' && type !== 'button'),
      buttons: elements.filter(({ type }) => type === 'submit'),
    }
  })
}

/** What a person reads on a page, on one line. */
export function readText(html: string): string {
  const visible = html
    .replace(/<!--.*?-->/gs, ' ')
    .replace(/<(script|style|head|noscript)\b.*?<\/\1>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
  return decodeEntities(visible).replace(/\s+/g, ' ').trim()
}

function toField(element: string, attributes: Map<string, string>): Field {
  const type = attributes.get('type')?.toLowerCase() ?? (element === 'button' ? 'submit' : 'text')
  return { name: attributes.get('name') ?? '', value: attributes.get('value') ?? '', type }
}

function parseAttributes(text: string): Map<string, string> {
  const attributes = text.matchAll(/([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g)
  return new Map(
    [...attributes].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decodeEntities(double ?? single ?? bare ?? ''),
    ]),
  )
}

function decodeEntities(text: string): string {
  const named: Record<string, string> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
  }
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (hex || decimal) return String.fromCodePoint(parseInt(hex ?? decimal, hex ? 16 : 10))
    return named[name] ?? whole
  })
}
