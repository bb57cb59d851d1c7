// What is cut out of an aggregate is the entity that a reader of the whole would have found, or a
// refusal.
import { describe, expect, it } from 'vitest'
import {
  AGGREGATE_BYTES,
  METADATA_BYTES,
  sliceAggregate,
} from '../../../src/saml/metadata/metadata-aggregate.ts'
import { elements, readTree, type XmlElement } from '../../../src/saml/xml/xml-tree.ts'
import { seeded, type Random } from '../../support/random.ts'
import {
  bytesOf,
  enlarged,
  entitiesDescriptor,
  entityDescriptor,
  MD,
  NOW,
  read,
  refusalOf,
} from './metadata-text.ts'

const slice = (xml: string, entityID?: string) => {
  const result = sliceAggregate(bytesOf(xml), entityID)
  return result.ok ? result.value : result.error.code
}
const refused = (xml: string, entityID?: string) => {
  const result = sliceAggregate(bytesOf(xml), entityID)
  return result.ok ? null : result.error
}
const among = (content: string, attributes = '') =>
  `<EntitiesDescriptor xmlns="${MD}"${attributes}>${content}</EntitiesDescriptor>`
const idp = (entityID: string) =>
  `<EntityDescriptor entityID="${entityID}"><IDPSSODescriptor/></EntityDescriptor>`
const sp = (entityID: string) =>
  `<EntityDescriptor entityID="${entityID}"><SPSSODescriptor/></EntityDescriptor>`

describe('sliceAggregate', () => {
  it('keeps the XML declaration, the start tags around the entity, its own text, and the end tags', () => {
    const outer = `<m:EntitiesDescriptor Name = 'a > b'\n xmlns:m="${MD}" validUntil="2027-01-01T00:00:00Z">`
    const inner = '<m:EntitiesDescriptor  xmlns:x="urn:x" >'
    const entity =
      '<m:EntityDescriptor entityID="b"> <x:y z="/>"/>ä<![CDATA[</m:EntityDescriptor>]]></m:EntityDescriptor >'
    const xml = `\ufeff<?xml version="1.0"?>\n<!-- c --><?p i?>${outer}<ds:Signature/>${inner}<m:EntityDescriptor entityID="a"/>${entity}<m:Other/></m:EntitiesDescriptor><m:EntityDescriptor entityID="c"/></m:EntitiesDescriptor>\n`
    expect(slice(xml, 'b')).toBe(
      `<?xml version="1.0"?>${outer}${inner}${entity}</m:EntitiesDescriptor></m:EntitiesDescriptor>`,
    )
    expect(slice(xml, 'a')).toBe(
      `<?xml version="1.0"?>${outer}${inner}<m:EntityDescriptor entityID="a"/></m:EntitiesDescriptor></m:EntitiesDescriptor>`,
    )
    expect(slice(xml, 'c')).toBe(
      `<?xml version="1.0"?>${outer}<m:EntityDescriptor entityID="c"/></m:EntitiesDescriptor>`,
    )
  })

  it.each([
    ['&#x61;&#98;&amp;', 'ab&'],
    ['&lt;&gt;&quot;&apos;', '<>"\''],
    ['a&#x26;amp;', 'a&amp;'],
    ['&#x1F600;', '\u{1f600}'],
    ['Ä\u{1f600}', 'Ä\u{1f600}'],
    ['a\nb', 'a b'],
    ['a\r\nb', 'a b'],
    ['a\tb', 'a b'],
    ['a&#10;b', 'a\nb'],
    ['&#9999999;&b;', '&#9999999;&b;'],
  ])('decodes an entityID: %j', (written, meant) => {
    const entity = `<EntityDescriptor entityID="${written}"/>`
    expect(slice(among(sp('x') + entity), meant)).toBe(among(entity))
    if (written !== meant)
      expect(slice(among(sp('x') + entity), written)).toBe('metadata_no_entity')
  })

  it.each([
    'https://idp.example',
    'https://idp.example/x/',
    'HTTPS://idp.example/x',
    ' https://idp.example/x',
    '',
  ])('compares an entityID exactly: %j', (entityID) => {
    expect(slice(among(idp('https://idp.example/x')), entityID)).toBe('metadata_no_entity')
  })

  it.each([
    ['a comment', `<!--${idp('a')}-->`],
    ['CDATA', `<![CDATA[${idp('a')}]]>`],
    ['a processing instruction', `<?${idp('a')}?>`],
    ['an attribute', `<b c='&lt;EntityDescriptor entityID="a">'/>`],
    ['Extensions', `<Extensions>${idp('a')}</Extensions>`],
    ['another EntityDescriptor', `<EntityDescriptor entityID="b">${idp('a')}</EntityDescriptor>`],
    ['another namespace', `<x:EntityDescriptor xmlns:x="urn:x" entityID="a"/>`],
    ['no namespace', `<EntityDescriptor xmlns="" entityID="a"/>`],
    ['an undeclared prefix', `<x:EntityDescriptor entityID="a"/>`],
    ['a prefix that was in scope', `<b xmlns:x="${MD}"/><x:EntityDescriptor entityID="a"/>`],
    [
      'a prefix bound anew',
      `<x:EntitiesDescriptor xmlns:x="${MD}"><x:EntityDescriptor xmlns:x="urn:x" entityID="a"/></x:EntitiesDescriptor>`,
    ],
    [
      'an EntitiesDescriptor that is none',
      `<x:EntitiesDescriptor xmlns:x="urn:x">${idp('a')}</x:EntitiesDescriptor>`,
    ],
    [
      'an attribute that looks like a declaration',
      `<x:EntityDescriptor xmlnsx:x="${MD}" entityID="a"/>`,
    ],
    ['another such', `<x:EntityDescriptor xmlns-x="${MD}" entityID="a"/>`],
    ['a prefixed attribute', `<EntityDescriptor x:entityID="a"/>`],
    ['a longer name', `<EntityDescriptors entityID="a"/><XEntityDescriptor entityID="a"/>`],
  ])('finds nothing in %s', (_, content) => {
    expect(slice(among(content), 'a')).toBe('metadata_no_entity')
  })

  it('finds it under a prefix that the entity declares, however the namespace is spelled', () => {
    const entity = `<x:EntityDescriptor xmlns:y="urn:y" xmlns:x="urn&#58;oasis:names:tc:SAML:2.0:metadata" entityID='a'/>`
    expect(slice(among(entity), 'a')).toBe(among(entity))
  })

  it('reads one EntityDescriptor as the root', () => {
    const xml = `<EntityDescriptor xmlns="${MD}" entityID="a"/>`
    expect(slice(xml)).toBe(xml)
    expect(slice(xml, 'b')).toBe('metadata_no_entity')
  })

  it('refuses the same entityID twice, however it is spelled: metadata_several_entities', () => {
    expect(refused(among(idp('a') + among(idp('&#97;'))), 'a')).toMatchObject({
      code: 'metadata_several_entities',
      received: '2 times',
    })
  })

  it('asks which, and names the identity providers', () => {
    expect(refused(among(sp('a') + idp('b&amp;c') + sp('d') + among(idp('e'))))).toMatchObject({
      code: 'metadata_several_entities',
      received: '4 entities, 2 of them identity providers, 2 listed',
      choices: ['b&c', 'e'],
    })
    const nested = '<EntityDescriptor entityID="a"><b><IDPSSODescriptor/></b></EntityDescriptor>'
    const foreign =
      '<EntityDescriptor entityID="a"><IDPSSODescriptor xmlns="urn:x"/></EntityDescriptor>'
    expect(slice(among(nested + foreign))).toBe('metadata_no_idp')
    expect(slice(among(''))).toBe('metadata_no_entity')
  })

  it('lists a thousand at most, and nothing that is no entityID', () => {
    const many = Array.from({ length: 1100 }, (_, index) => idp(`idp${index}`))
    const refusal = refused(among(idp('') + idp('x'.repeat(1025)) + many.join('')))!
    expect(refusal.received).toBe('1102 entities, 1102 of them identity providers, 1000 listed')
    expect(refusal.choices).toHaveLength(1000)
    expect(refusal.choices).toContain('idp999')
  })

  it('refuses metadata_too_large: more than 20 MiB, and an entity of more than 1 MiB', () => {
    const large = among(idp('a').replace('<IDP', `${' '.repeat(METADATA_BYTES)}<IDP`) + idp('b'))
    expect(slice(large, 'a')).toBe('metadata_too_large')
    expect(slice(large, 'b')).toBe(among(idp('b')))
    const bytes = new Uint8Array(AGGREGATE_BYTES + 1).fill(0x20)
    bytes.set(bytesOf(among(idp('a'))))
    expect(sliceAggregate(bytes, 'a')).toMatchObject({ error: { code: 'metadata_too_large' } })
    expect(sliceAggregate(bytes.subarray(1), 'a').ok).toBe(false)
    expect(sliceAggregate(bytes.subarray(0, -1), 'a').ok).toBe(true)
  })

  it('refuses metadata_encoding, and takes characters that stand across a chunk', () => {
    const bytes = bytesOf(among(`${' '.repeat(65_535 - among('').indexOf('</'))}é${idp('a')}`))
    expect(bytes.indexOf(0xc3)).toBe(65_535)
    expect(sliceAggregate(bytes, 'a').ok).toBe(true)
    bytes[65_536] = 0x20
    expect(sliceAggregate(bytes, 'a')).toMatchObject({ error: { code: 'metadata_encoding' } })
    const cut = bytesOf(`${among(idp('a'))}<!-- é`).subarray(0, -1)
    expect(sliceAggregate(cut, 'a')).toMatchObject({ error: { code: 'metadata_encoding' } })
  })

  it.each([
    ['xml_doctype', `<!DOCTYPE a>${among(idp('a'))}`],
    ['xml_doctype', among(`<!ENTITY b "c">${idp('a')}`)],
    ['xml_malformed', ''],
    ['xml_malformed', `${among(idp('a'))}<!--`],
    ['xml_malformed', `${among(idp('a'))}<!--->`],
    ['xml_malformed', `${among(idp('a'))}<!-- -- -->`],
    ['xml_malformed', `${among(idp('a'))}<?a`],
    ['xml_malformed', `${among(idp('a'))}<![CDATA[]]>`],
    ['xml_malformed', among(`${idp('a')}<![CDATA[ ]]`)],
    ['xml_malformed', among(`${idp('a')}<![CDATA[>]]`)],
    ['xml_malformed', `${among(idp('a'))}${among('')}`],
    ['xml_malformed', `${among(idp('a'))} b`],
    ['xml_malformed', `b${among(idp('a'))}`],
    ['xml_malformed', `${among(idp('a'))}</a>`],
    ['xml_malformed', among(idp('a')).slice(0, -1)],
    ['xml_malformed', among(`${idp('a')}<b>`)],
    ['xml_malformed', among(`${idp('a')}<b></c>`)],
    ['xml_malformed', among(`${idp('a')}<b></bb>`)],
    ['xml_malformed', among(`${idp('a')}<b></b c>`)],
    ['xml_malformed', among(`${idp('a')}< b/>`)],
    ['xml_malformed', among(`${idp('a')}<b c/>`)],
    ['xml_malformed', among(`${idp('a')}<b c""d"/>`)],
    ['xml_malformed', among(`${idp('a')}<b c=dxd/>`)],
    ['xml_malformed', among(`${idp('a')}<!-- -- -->`)],
    ['xml_malformed', among(`${idp('a')}<?>`)],
    ['xml_malformed', `b${among(idp('a')).slice(1)}`],
    ['xml_malformed', among(idp('a')).replace('</EntitiesDescriptor>', '')],
    ['xml_malformed', among(`${idp('a')}<b c="d"e="f"/>`)],
    ['xml_malformed', among(`${idp('a')}<b c="<"/>`)],
    ['xml_malformed', among(`${idp('a')}<b c="`)],
    ['xml_malformed', among(`${idp('a')}<b / >`)],
    ['xml_malformed', among(`${idp('a')}<`)],
    ['xml_malformed', '<?xml version="1.0"'],
    ['xml_too_deep', among(`${idp('a')}${'<b>'.repeat(64)}${'</b>'.repeat(64)}`)],
    ['xml_too_large', among(`${idp('a')}<b${' c=""'.repeat(65)}/>`)],
    [
      'xml_too_large',
      among(among(among(idp('a'), namespaces('n')), namespaces('m')), namespaces('o')),
    ],
  ])('refuses %s: %s', (code, xml) => {
    expect(slice(xml, 'a')).toBe(code)
  })

  it('agrees with a reader of the whole', () => {
    const random = seeded(2026)
    const seen = new Set<string>()
    for (let round = 0; round < 400; round++) {
      const xml = randomAggregate(random)
      const tree = readTree(xml)
      if (!tree.ok) throw new Error(xml)
      for (const entityID of ['a', 'b', '&']) {
        const found = entitiesOf(tree.value).filter((entity) =>
          entity.attributes.some(({ name, value }) => name === 'entityID' && value === entityID),
        )
        const result = slice(xml, entityID)
        if (found.length !== 1) {
          const code = found.length === 0 ? 'metadata_no_entity' : 'metadata_several_entities'
          expect(result, xml).toBe(code)
          seen.add(code)
          continue
        }
        const sliced = readTree(result)
        if (!sliced.ok) throw new Error(xml)
        expect(entitiesOf(sliced.value), xml).toEqual(found)
        seen.add('found')
      }
    }
    expect([...seen].toSorted()).toEqual([
      'found',
      'metadata_no_entity',
      'metadata_several_entities',
    ])
  })
})

describe('parseIdpMetadata of an aggregate', () => {
  const many = (validUntil = '') =>
    entitiesDescriptor(
      entityDescriptor({ entityID: 'https://one.example' }, false) +
        entitiesDescriptor(entityDescriptor({ entityID: 'https://two.example' }, false), {
          ID: '',
          validUntil,
        }),
      { ID: '' },
    )
  const entityID = 'https://two.example'

  it('reads the same from the whole and from a slice', async () => {
    const whole = await read(many('2027-01-01T00:00:00Z'), { entityID })
    expect(whole).toMatchObject({ entityID, validUntil: Date.UTC(2027, 0, 1) })
    expect(await read(enlarged(many('2027-01-01T00:00:00Z')), { entityID })).toEqual(whole)
  })

  it('asks which, in the same words', async () => {
    const refusal = await refusalOf(many())
    expect(refusal).toMatchObject({
      code: 'metadata_several_entities',
      received: '2 entities, 2 of them identity providers, 2 listed',
      choices: ['https://one.example', 'https://two.example'],
    })
    expect({ ...(await refusalOf(enlarged(many()))) }).toEqual(refusal)
  })

  it('makes every check on the slice', async () => {
    const options = { entityID, now: NOW }
    const large = enlarged(many())
    const code = async (xml: string) => (await refusalOf(xml, options))?.code
    expect(await code(large)).toBeUndefined()
    expect(await code(large.replaceAll('https://idp.tenant', 'http://idp.tenant'))).toBe(
      'metadata_endpoint',
    )
    expect(await code(large.replaceAll('use="signing"', 'use="encryption"'))).toBe(
      'metadata_no_certificate',
    )
    expect(await code(large.replaceAll(' entityID', ' a="" a="" entityID'))).toBe(
      'xml_duplicate_attribute',
    )
    expect(await code(`<?xml version="1.0" encoding="ISO-8859-1"?>${large}`)).toBe('xml_encoding')
  })

  it('refuses metadata_too_large above 20 MiB', async () => {
    expect(await refusalOf(enlarged(many(), AGGREGATE_BYTES), { entityID })).toMatchObject({
      code: 'metadata_too_large',
    })
  })
})

function namespaces(prefix: string): string {
  return Array.from({ length: 50 }, (_, index) => ` xmlns:${prefix}${index}="urn:${index}"`).join(
    '',
  )
}

function entitiesOf(element: XmlElement): XmlElement[] {
  if (element.namespace !== MD) return []
  if (element.name === 'EntityDescriptor') return [element]
  if (element.name !== 'EntitiesDescriptor') return []
  return elements(element).flatMap(entitiesOf)
}

function randomAggregate(random: Random): string {
  const text = () =>
    random.pick([
      '',
      ' ',
      '\n',
      'é',
      '>',
      '"',
      "'",
      '&lt;',
      '<!-- <a> -->',
      '<![CDATA[<a>]]]>',
      '<!---->',
    ])
  const declaration = () =>
    random.pick(['', '', ` xmlns="${MD}"`, ` xmlns:m='${MD}'`, ' xmlns:m="urn:x"', ' xmlns=""'])
  const id = () => random.pick(['a', '&#97;', "'b'", 'b', '&amp;', '&#38;', 'c>', ''])
  const quoted = (value: string) =>
    value.includes("'") ? `"${value}"` : random.pick([`"${value}"`, `'${value}'`])
  const make = (depth: number): string => {
    const local = random.pick([
      'EntitiesDescriptor',
      'EntitiesDescriptor',
      'EntityDescriptor',
      'EntityDescriptor',
      'Extensions',
    ])
    const name = random.pick(['', '', 'm:']) + local
    const space = random.pick([' ', '\n', '  '])
    const attributes = `${declaration()}${space}entityID${random.pick(['=', ' = '])}${quoted(id())}${random.pick(['', ' '])}`
    if (depth === 0 || random.chance(0.1)) return `<${name}${attributes}/>`
    const children = Array.from({ length: random.below(4) }, () => text() + make(depth - 1))
    return `<${name}${attributes}>${children.join('')}${text()}</${name}>`
  }
  return `<m:EntitiesDescriptor xmlns="${MD}" xmlns:m="${MD}">${Array.from({ length: 4 }, () => make(3)).join(text())}</m:EntitiesDescriptor>`
}
