// Stands in for the packages `@nodable/entities`, `is-unsafe` and `strnum`, with which fast-xml-parser decodes entities, judges their
// declarations and reads numbers. xml-tree.ts asks for none of it: what would be read by them throws, and is refused. wrangler.toml
// and vitest.config.ts put this in their place.

/** Entities that are predefined, by sets. None is. */
export const XML = {}
export const HTML = {}
export const COMMON_HTML = {}
export const CURRENCY = {}
export const ENTITY_ACTION = {}

export class EntityDecoder {
  reset(): void {}

  setXmlVersion(): void {}

  addInputEntities(): never {
    throw new TypeError('a DOCTYPE is never read')
  }

  decode(): never {
    throw new TypeError('entities are decoded by xml-tree.ts')
  }
}

/** Would be asked about the declaration of an entity. */
export function isUnsafe(): never {
  throw new TypeError('a DOCTYPE is never read')
}

export default function toNumber(): never {
  throw new TypeError('values stay text')
}
