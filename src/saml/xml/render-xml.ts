// Puts values into XML text. The only way in which the project writes XML.

import { escapeCharacter } from './canonicalize.ts'

class XmlText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export type RenderedXml = XmlText

type XmlValue = string | number | boolean | RenderedXml | readonly RenderedXml[] | undefined

function renderValue(value: XmlValue): string {
  if (value === undefined) return ''
  if (value instanceof XmlText) return value.text
  if (typeof value === 'object') return value.map(({ text }) => text).join('')
  return String(value).replace(/[&<>"\t\n\r]/g, escapeCharacter)
}

/** The attributes in their order; one that is undefined is left out. Every value is escaped. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | boolean | undefined>>,
  ...children: readonly (string | RenderedXml | readonly RenderedXml[] | undefined)[]
): RenderedXml {
  const start = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${renderValue(value)}"`)
  return new XmlText(`<${name}${start.join('')}>${children.map(renderValue).join('')}</${name}>`)
}
