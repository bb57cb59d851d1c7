// A file with several entities: nobody is chosen by being first, by being the only IdP, or by a
// name that stands there twice.
import { describe, expect, it } from 'vitest'
import {
  enlarged,
  entitiesDescriptor,
  entityDescriptor,
  IDP,
  refusalOf,
} from '../saml/metadata/metadata-text.ts'
import { metadataAttack } from './metadata-harness.ts'

const idp = entityDescriptor({}, false)
const attacker = entityDescriptor({ entityID: 'https://attacker.example' }, false)
const sp = entityDescriptor({ entityID: 'https://sp.example', role: 'SPSSODescriptor' }, false)
const SIZES = [
  ['small', (xml: string) => xml],
  ['large', enlarged],
] as const

for (const [size, sized] of SIZES) {
  for (const [name, others] of [
    ['two', attacker],
    ['one and a service', sp],
  ] as const)
    metadataAttack(`metadata-several-entities, ${name}, ${size}`, {
      genuine: sized(entitiesDescriptor(idp)),
      manipulated: sized(entitiesDescriptor(idp + others)),
      code: 'metadata_several_entities',
    })
  for (const [name, twin] of [
    ['the same', idp],
    ['spelled otherwise', idp.replace('entityID="h', 'entityID="&#104;')],
    ['further down', entitiesDescriptor(idp, { ID: '' })],
    ['no IdP', entityDescriptor({ role: 'SPSSODescriptor' }, false)],
  ] as const)
    metadataAttack(`metadata-several-entities, twice: ${name}, ${size}`, {
      genuine: sized(entitiesDescriptor(attacker + idp)),
      manipulated: sized(entitiesDescriptor(twin + attacker + idp)),
      code: 'metadata_several_entities',
      entityID: IDP,
    })
  for (const [name, hidden] of [
    ['Extensions', `<md:Extensions>${idp}</md:Extensions>`],
    ['a comment', `<!--${idp}-->`],
    ['CDATA', `<md:Extensions><![CDATA[${idp}]]></md:Extensions>`],
    ['another entity', attacker.replace('<md:IDP', `${idp}<md:IDP`)],
    ['another namespace', `<x:e xmlns:x="urn:x">${idp}</x:e>`],
    ['another case', idp.replace(IDP, IDP.toUpperCase())],
  ] as const)
    metadataAttack(`metadata-several-entities, only in ${name}, ${size}`, {
      genuine: sized(entitiesDescriptor(idp)),
      manipulated: sized(entitiesDescriptor(hidden + sp)),
      code: 'metadata_no_entity',
      entityID: IDP,
    })
}

describe('metadata-several-entities', () => {
  it.each(SIZES)('names the IdPs to choose from, %s', async (_, sized) => {
    expect(await refusalOf(sized(entitiesDescriptor(idp + sp + attacker)))).toMatchObject({
      choices: [IDP, 'https://attacker.example'],
    })
  })
})
