// Stands in for xmldom's `./entities`, two thirds of which are the 2,125 names that HTML knows. We parse XML alone. wrangler.toml puts
// this in its place.

export const XML_ENTITIES = { amp: '&', apos: "'", gt: '>', lt: '<', quot: '"' }

/** What parses HTML fails at its first entity. */
export const HTML_ENTITIES = null
