// What IdPs really publish is read, alone, in a federation's file that is sliced, and where it is
// signed.
import { describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../src/saml/signature/certificate.ts'
import type { IdpMetadata } from '../../../src/saml/metadata/idp-metadata.ts'
import { verifyMetadataSignature } from '../../../src/saml/metadata/metadata-signature.ts'
import { certificateOf } from '../../support/keys.ts'
import { SHAPES, type Shape } from './metadata-shapes.ts'
import {
  bytesOf,
  enlarged,
  entitiesDescriptor,
  entityDescriptor,
  NOW,
  read,
} from './metadata-text.ts'

function facts({ entityID, ssoEndpoints, certificates, leftOut, ...rest }: IdpMetadata) {
  expect(leftOut).toEqual([])
  return {
    entityID,
    sso: ssoEndpoints.map(({ binding, location }) => [binding, location]),
    certificates: certificates.map(({ base64 }) => base64),
    ...rest,
  }
}

function expected({ entityID, sso, certificates, ...rest }: Shape) {
  return {
    entityID,
    sso,
    certificates,
    validUntil: rest.validUntil ?? null,
    cacheSeconds: rest.cacheSeconds ?? null,
    wantAuthnRequestsSigned: rest.wantAuthnRequestsSigned ?? false,
  }
}

describe.each(Object.entries(SHAPES))('%s', (_, shape) => {
  it('is read', async () => {
    expect(facts(await read(shape.xml))).toEqual(expected(shape))
  })

  it('is read with other line ends', async () => {
    expect(facts(await read(shape.xml.replaceAll('\n', '\r\n')))).toEqual(expected(shape))
  })

  it('is read out of an aggregate', async () => {
    const entity = shape.xml.replace(/^\ufeff?(?:<\?[^>]*\?>)?/, '')
    const others = [1, 2].map((index) =>
      entityDescriptor({ entityID: `https://${index}.example` }, false),
    )
    const xml = enlarged(entitiesDescriptor(others.join(entity), { ID: '' }))
    expect(facts(await read(xml, { entityID: shape.entityID }))).toEqual(expected(shape))
  })
})

it.each(Object.entries(SHAPES).filter(([, { signed }]) => signed))(
  '%s is verified, as xmlsec1 signed it',
  async (_, shape) => {
    const certificate = await parseCertificate(certificateOf('idp'))
    if (!certificate.ok) throw new Error(certificate.error.code)
    const options = { now: NOW, certificates: [certificate.value] }
    const result = await verifyMetadataSignature(bytesOf(shape.xml), options)
    expect(result.ok && facts(result.value.metadata)).toEqual(expected(shape))
    // The first is in KeyInfo, which nobody reads and nothing signs.
    const edited = shape.xml.replace(certificateOf('idp'), certificateOf('attacker'))
    expect((await verifyMetadataSignature(bytesOf(edited), options)).ok).toBe(true)
    const everywhere = shape.xml.replaceAll(certificateOf('idp'), certificateOf('attacker'))
    expect(await verifyMetadataSignature(bytesOf(everywhere), options)).toMatchObject({
      error: { code: 'signature_digest' },
    })
  },
)
