// Another value for a field than it has, as its shape allows.
import type { AnyField } from '../../src/platform/fields/field.ts'

const URLS = ['https://other.example/one', 'https://other.example/two']

export function anotherValue({ shape }: AnyField, now: unknown): unknown {
  switch (shape.kind) {
    case 'boolean':
      return now !== true
    case 'integer':
      return now === shape.most ? shape.least : shape.most
    case 'text':
      if (shape.isColor) return now === '#123456' ? '#654321' : '#123456'
      return now === 'urn:one' ? 'urn:two' : 'urn:one'
    case 'url':
      return URLS.find((url) => url !== now)
    case 'choice':
      return Object.keys(shape.options).find((option) => option !== now)
    case 'choices':
      return Object.keys(shape.options).filter((option) => !(now as string[]).includes(option))
    case 'texts':
      return ['urn:one', 'urn:two']
    case 'urls':
      return ['https://other.example']
    case 'parts':
      return { [Object.keys(shape.parts)[0]!]: 'urn:one' }
  }
}
