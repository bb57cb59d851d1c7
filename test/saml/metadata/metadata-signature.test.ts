// Signed metadata says what a pinned key has signed, and nothing else.
import { describe, expect, it } from 'vitest'
import { parseCertificate, type Certificate } from '../../../src/saml/signature/certificate.ts'
import type { MetadataOptions } from '../../../src/saml/metadata/idp-metadata.ts'
import { verifyMetadataSignature } from '../../../src/saml/metadata/metadata-signature.ts'
import { certificateOf, type KeyName } from '../../support/keys.ts'
import { seeded } from '../../support/random.ts'
import { signText } from '../../support/sign-text.ts'
import { append, element, prepend, replaceOnce } from '../../support/xml-text.ts'
import { SIGNED_BY_XMLSEC1 } from './metadata-signed-by-xmlsec1.ts'
import {
  bytesOf,
  enlarged,
  entitiesDescriptor,
  entityDescriptor,
  IDP,
  keyDescriptor,
  NOW,
  ssoService,
} from './metadata-text.ts'

async function certificatesOf(names: readonly KeyName[]): Promise<Certificate[]> {
  const results = await Promise.all(names.map((name) => parseCertificate(certificateOf(name))))
  return results.map((result) => {
    if (!result.ok) throw new Error(result.error.code)
    return result.value
  })
}

async function verify(
  xml: string,
  { keys = ['idp'] as KeyName[], ...options }: Partial<MetadataOptions> & { keys?: KeyName[] } = {},
) {
  const certificates = await certificatesOf(keys)
  return verifyMetadataSignature(bytesOf(xml), { now: NOW, certificates, ...options })
}

async function codeOf(xml: string, options: Parameters<typeof verify>[1] = {}) {
  const result = await verify(xml, options)
  return result.ok ? null : result.error.code
}

const one = await signText(entityDescriptor())
const two = await signText(
  entitiesDescriptor(
    entityDescriptor({}, false) +
      entityDescriptor(
        {
          entityID: 'https://two.example',
          content: keyDescriptor('signing', certificateOf('p256')),
        },
        false,
      ),
  ),
)

describe('verifyMetadataSignature', () => {
  it('reads a signed entity, and names the certificate whose key had signed', async () => {
    expect(await verify(one, { keys: ['attacker', 'idp'] })).toMatchObject({
      ok: true,
      value: {
        metadata: { entityID: IDP, certificates: [{ base64: certificateOf('idp') }] },
        certificate: { base64: certificateOf('idp') },
      },
    })
  })

  it('reads one entity of a signed aggregate', async () => {
    expect(await verify(two, { entityID: 'https://two.example' })).toMatchObject({
      value: {
        metadata: {
          entityID: 'https://two.example',
          certificates: [{ base64: certificateOf('p256') }],
        },
      },
    })
    expect(await verify(two)).toMatchObject({
      error: { code: 'metadata_several_entities', choices: [IDP, 'https://two.example'] },
    })
  })

  it.each(['rsa-sha512', 'sha256-rsa-MGF1'] as const)('takes %s', async (method) => {
    expect(await codeOf(await signText(entityDescriptor(), { method }))).toBeNull()
  })

  it('takes ECDSA', async () => {
    const xml = await signText(entityDescriptor(), { key: 'p256', method: 'ecdsa-sha256' })
    expect(await codeOf(xml, { keys: ['p256'] })).toBeNull()
  })

  it('takes what another implementation has signed, comments and CDATA in it', async () => {
    const entityID = 'https://idp.uni.example/idp/shibboleth'
    const expected = {
      value: {
        metadata: {
          entityID,
          ssoEndpoints: [
            { location: 'https://idp.uni.example/idp/profile/SAML2/Redirect/SSO?a=1&b=2' },
          ],
          certificates: [{ base64: certificateOf('idpNext') }],
          validUntil: Date.UTC(2026, 11, 1),
        },
        certificate: { base64: certificateOf('idp') },
      },
    }
    expect(await verify(SIGNED_BY_XMLSEC1, { entityID })).toMatchObject(expected)
    const windows = `\ufeff${SIGNED_BY_XMLSEC1.replaceAll('\n', '\r\n')}`
    expect(await verify(windows, { entityID })).toMatchObject(expected)
    expect(await codeOf(SIGNED_BY_XMLSEC1.replace('?a=1', '?a=2'), { entityID })).toBe(
      'signature_digest',
    )
  })

  it('takes no notice of comments, wherever they may stand', async () => {
    const before = await verify(one)
    const places = [...one.matchAll(/(?<=>)|(?<=>[A-Za-z0-9+/=]{9})/g)].map(({ index }) => index)
    expect(places.length).toBeGreaterThan(40)
    let commented = one
    for (const place of places.toReversed())
      commented = `${commented.slice(0, place)}<!-- <md:x/> -->${commented.slice(place)}`
    expect(await verify(commented)).toEqual(before)
    expect(before.ok).toBe(true)
  })

  it.each([
    ['metadata_unsigned', entityDescriptor()],
    ['metadata_unsigned', entitiesDescriptor(entityDescriptor())],
    ['metadata_too_large', enlarged(one)],
    [
      'metadata_no_entity',
      signText(entityDescriptor({ role: 'x' }).replaceAll(':metadata"', ':other"')),
    ],
    ['metadata_no_entity', '<a/>'],
    ['signature_misplaced', entitiesDescriptor(one)],
    ['signature_misplaced', prepend(two, 'md:EntityDescriptor', element(one, 'ds:Signature'))],
    ['signature_misplaced', append(one, 'md:EntityDescriptor', element(one, 'ds:Signature'))],
    [
      'signature_reference',
      signText(entityDescriptor(), {
        editSignedInfo: (text) => text.replace('#_entity', ''),
      }),
    ],
    ['xml_id', signText(entityDescriptor({ ID: '' }))],
    ['xml_id', signText(entityDescriptor({ ID: 'xpointer(/)' }))],
    ['signature_algorithm', signText(entityDescriptor(), { method: 'rsa-sha1' })],
    ['signature_invalid', signText(entityDescriptor(), { key: 'idpNext' })],
    ['signature_digest', replaceOnce(one, 'idp.tenant.example/sso', 'idp.attacker.example/sso')],
    ['metadata_expired', signText(entityDescriptor({ validUntil: '2026-11-24T12:00:00Z' }))],
    [
      'metadata_endpoint',
      signText(entityDescriptor({ content: keyDescriptor() + ssoService('http://idp.example/') })),
    ],
    ['metadata_no_certificate', signText(entityDescriptor({ content: '' }))],
    ['xml_doctype', `<!DOCTYPE a>${one}`],
  ] as [string, string | Promise<string>][])('refuses %s', async (code, xml) => {
    expect(await codeOf(await xml)).toBe(code)
  })

  it('refuses what is not UTF-8: metadata_encoding', async () => {
    const bytes = Uint8Array.from([...bytesOf(one), 0x80])
    const certificates = await certificatesOf(['idp'])
    expect(await verifyMetadataSignature(bytes, { now: NOW, certificates })).toMatchObject({
      error: { code: 'metadata_encoding' },
    })
  })

  it.each([
    ['signature_no_key', []],
    ['signature_key_weak', ['rsa1024']],
  ] as [string, KeyName[]][])('refuses %s with %j', async (code, keys) => {
    expect(await codeOf(one, { keys })).toBe(code)
  })

  it('never says anything else after a mutation', async () => {
    const random = seeded(1124)
    const said = async (xml: string) => {
      const result = await verify(xml, { entityID: IDP })
      return result.ok ? result.value.metadata : null
    }
    const genuine = await said(two)
    const pieces = [...two.matchAll(/<([a-z]+:[A-Za-z0-9]+)[^>]*>[^<]*<\/\1>|<[^>]+>/g)]
    let accepted = 0
    for (let round = 0; round < 400; round++) {
      const { 0: piece, index } = random.pick(pieces)
      const without = two.slice(0, index) + two.slice(index + piece.length)
      const place = random.below(two.length)
      const elsewhere = random.pick(pieces).index
      const mutation = random.pick([
        two.slice(0, place) + random.pick([...'x<>"&/= -1A\n']) + two.slice(place + 1),
        two.slice(0, place) + random.pick([...'x<>"&/= -1A\n']) + two.slice(place),
        without,
        two.slice(0, elsewhere) + piece + two.slice(elsewhere),
        without.slice(0, elsewhere) + piece + without.slice(elsewhere),
      ])
      const result = await said(mutation)
      if (!result) continue
      accepted++
      expect(result, `round ${round}`).toEqual(genuine)
    }
    // Changes in KeyInfo and in white space of tags: otherwise nothing was tried that could have
    // been believed.
    expect(accepted).toBeGreaterThan(5)
    expect(accepted).toBeLessThan(200)
  })
})
