import { describe, expect, it } from 'vitest'
import { parseIdpMetadata } from '../../../src/saml/metadata/idp-metadata.ts'
import { certificateOf, pemOf } from '../../support/keys.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'

const key = (use: string | null, certificate = certificateOf('idp')) =>
  `<md:KeyDescriptor${use ? ` use="${use}"` : ''}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
const sso = (binding: string, location: string) =>
  `<md:SingleSignOnService Binding="${binding}" Location="${location}"/>`
const entity = (
  content = key('signing') + sso(REDIRECT, 'https://idp.example/sso'),
  { entityID = 'https://idp.example', attributes = '', role = 'IDPSSODescriptor' } = {},
) =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityID}"${attributes}><md:${role} protocolSupportEnumeration="${PROTOCOL}">${content}</md:${role}></md:EntityDescriptor>`

const parse = (xml: string, options: { entityID?: string; allowHttp?: boolean } = {}) =>
  parseIdpMetadata(new TextEncoder().encode(xml), { now: NOW, ...options })
const code = async (xml: string, options = {}) => {
  const result = await parse(xml, options)
  return result.ok ? null : result.error.code
}

describe('parseIdpMetadata', () => {
  it('reads identifier, endpoints and certificates', async () => {
    const xml = entity(
      key('signing') +
        key('encryption', certificateOf('attacker')) +
        sso(REDIRECT, 'https://idp.example/sso?a=1&amp;b=2') +
        sso(POST, 'https://idp.example/post') +
        sso('urn:oasis:names:tc:SAML:2.0:bindings:SOAP', 'https://idp.example/soap'),
      { attributes: ' validUntil="2027-01-01T00:00:00Z"' },
    )
    const result = await parse(xml)
    expect(result).toMatchObject({
      ok: true,
      value: {
        entityID: 'https://idp.example',
        ssoEndpoints: [
          { binding: 'HTTP-Redirect', location: 'https://idp.example/sso?a=1&b=2' },
          { binding: 'HTTP-POST', location: 'https://idp.example/post' },
        ],
        certificates: [{ base64: certificateOf('idp') }],
        validUntil: Date.parse('2027-01-01T00:00:00Z'),
        wantAuthnRequestsSigned: false,
      },
    })
  })

  it('takes a KeyDescriptor without use as one for signing', async () => {
    expect(await parse(entity(key(null)))).toMatchObject({
      ok: true,
      value: { certificates: [{ base64: certificateOf('idp') }] },
    })
  })

  it('takes several certificates, each once', async () => {
    const xml = entity(key('signing') + key('signing') + key(null, certificateOf('idpNext')))
    const result = await parse(xml)
    expect(result.ok && result.value.certificates.map(({ base64 }) => base64)).toEqual([
      certificateOf('idp'),
      certificateOf('idpNext'),
    ])
  })

  it('reads what real IdPs write: a BOM, comments, white space in certificates, default namespaces', async () => {
    const wrapped = pemOf('idp').replaceAll(/-----[^-]+-----/g, '')
    const xml = `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- generated -->\n<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:idp:opaque key"><IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol ${PROTOCOL}"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate><!-- base64 -->${wrapped}</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>\n`
    expect(await parse(xml)).toMatchObject({
      ok: true,
      value: { entityID: 'urn:idp:opaque key', wantAuthnRequestsSigned: true, validUntil: null },
    })
  })

  it('takes the one of several entities that is asked for', async () => {
    const aggregate = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${entity()}<md:EntitiesDescriptor>${entity(undefined, { entityID: 'https://two.example' })}</md:EntitiesDescriptor></md:EntitiesDescriptor>`
    expect(await parse(aggregate)).toMatchObject({
      error: {
        code: 'metadata_several_entities',
        received: '2 entities, 2 of them identity providers, 2 listed',
        choices: ['https://idp.example', 'https://two.example'],
      },
    })
    expect(await code(aggregate, { entityID: 'https://three.example' })).toBe('metadata_no_entity')
    expect(await parse(aggregate, { entityID: 'https://two.example' })).toMatchObject({
      ok: true,
      value: { entityID: 'https://two.example' },
    })
  })

  it('asks for identity providers alone, each once', async () => {
    const among = (content: string) =>
      `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${content}</md:EntitiesDescriptor>`
    const sp = entity(undefined, { role: 'SPSSODescriptor', entityID: 'https://sp.example' })
    expect(await parse(among(sp + entity()))).toMatchObject({
      error: { code: 'metadata_several_entities', choices: ['https://idp.example'] },
    })
    expect(await parse(among(entity() + entity()))).toMatchObject({
      error: { choices: ['https://idp.example'] },
    })
    expect(await code(among(sp + sp))).toBe('metadata_no_idp')
    const nameless = ['', 'x'.repeat(1025)].map((entityID) => entity(undefined, { entityID }))
    expect(await parse(among(nameless.join('') + entity()))).toMatchObject({
      error: { choices: ['https://idp.example'] },
    })
    const many = Array.from({ length: 1001 }, (_, index) =>
      entity('', { entityID: `https://${index}.example` }),
    )
    const asked = await parse(among(many.join('')))
    expect(asked).toMatchObject({
      error: { received: '1001 entities, 1001 of them identity providers, 1000 listed' },
    })
    expect(asked.ok || asked.error.choices).toHaveLength(1000)
  })

  it('reads on through comments', async () => {
    const base64 = certificateOf('idp')
    const xml = entity(
      key('signing', `${base64.slice(0, 9)}<!-- a --><!-- b -->${base64.slice(9)}`) +
        `<!--${key('signing', certificateOf('attacker'))}-->` +
        // Text of the element around, and no end of CDATA.
        ']]<!-- -->>' +
        sso(REDIRECT, 'https://idp.example/sso'),
    )
    expect(await parse(xml)).toMatchObject({
      value: { certificates: [{ base64 }], entityID: 'https://idp.example' },
    })
  })

  it('reads white space in attributes as XML says', async () => {
    const xml = entity(key(null) + sso(REDIRECT, 'https://idp.example/sso'))
      .replace('"https://idp.example"', '"urn:a&#10;b\r\nc\td"')
      .replace(' Location=', '\n\tLocation\r=\n')
    expect(await parse(xml)).toMatchObject({ value: { entityID: 'urn:a\nb c d' } })
    expect(await code(xml, { entityID: 'urn:a\nb c d' })).toBeNull()
  })

  it('takes metadata of 1 MiB, indented and with many declarations', async () => {
    const one = (index: number) => `
      ${entity('', { entityID: `https://${index}.example` }).replace(
        '</md:IDPSSODescriptor>',
        Array.from(
          { length: 25 },
          (_, claim) => `
          <auth:ClaimType xmlns:auth="http://docs.oasis-open.org/wsfed/authorization/200706" Uri="http://schemas.example/claims/${claim}" Optional="true">
            <auth:DisplayName>Claim ${claim}</auth:DisplayName>
            <auth:Description>The claim of number ${claim} that the IdP offers</auth:Description>
          </auth:ClaimType>`,
        ).join('') + '</md:IDPSSODescriptor>',
      )}`
    const all = Array.from({ length: 120 }, (_, index) => one(index)).join('')
    const xml = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${all}${entity()}</md:EntitiesDescriptor>`
    expect(xml.length).toBeGreaterThan(1_000_000)
    expect(xml.length).toBeLessThanOrEqual(1024 * 1024)
    expect(await code(xml, { entityID: 'https://idp.example' })).toBeNull()
  })

  it('refuses xml_too_large beyond the nodes of metadata', async () => {
    expect(await code(entity(key(null) + '<a/>'.repeat(79_000)))).toBeNull()
    expect(await code(entity(key(null) + '<a/>'.repeat(80_000)))).toBe('xml_too_large')
    const declarations = (count: number) => entity(key(null) + '<a xmlns="urn:a"/>'.repeat(count))
    expect(await code(declarations(9_900))).toBeNull()
    expect(await code(declarations(10_000))).toBe('xml_too_large')
  })

  it.each([
    ['metadata_no_entity', '<a/>'],
    ['metadata_no_entity', entity(undefined, { entityID: '' })],
    ['metadata_no_entity', entity(undefined, { entityID: 'x'.repeat(1025) })],
    ['metadata_no_idp', entity(undefined, { role: 'SPSSODescriptor' })],
    ['metadata_no_idp', entity().replace(PROTOCOL, 'urn:oasis:names:tc:SAML:1.1:protocol')],
    ['metadata_no_certificate', entity(sso(POST, 'https://idp.example/'))],
    ['metadata_no_certificate', entity(key('encryption'))],
    ['certificate_malformed', entity(key('signing', 'AAAA'))],
    ['metadata_endpoint', entity(key(null) + sso(POST, 'http://idp.example/'))],
    ['metadata_endpoint', entity(key(null) + sso(POST, 'javascript:alert(1)'))],
    ['metadata_endpoint', entity(key(null) + sso(POST, 'https://user:secret@idp.example/'))],
    ['metadata_endpoint', entity(key(null) + sso(POST, ''))],
    ['metadata_expired', entity(undefined, { attributes: ' validUntil="2025-12-31T00:00:00Z"' })],
    ['metadata_time', entity(undefined, { attributes: ' validUntil="soon"' })],
    ['xml_doctype', `<!DOCTYPE a>${entity()}`],
    ['xml_malformed', `${entity()}${entity()}`],
    [
      'xml_malformed',
      entity().replace('https://idp.example/sso', 'https://idp.example/<!-- -->sso'),
    ],
    ['xml_malformed', entity(undefined, { entityID: 'https://idp.example<!-- -->' })],
    ['xml_namespace', entity(`${key(null)}<a xmlns:xml="urn:a"/>`)],
    ['xml_namespace', entity(`${key(null)}<a xmlns:b="http://www.w3.org/XML/1998/namespace"/>`)],
    ['xml_processing_instruction', `<?php a?>${entity()}`],
    ['metadata_too_large', entity() + ' '.repeat(20 * 1024 * 1024)],
    ['metadata_too_large', entity(key(null) + ' '.repeat(1024 * 1024))],
  ])('%s', async (expected, xml) => {
    expect(await code(xml)).toBe(expected)
  })

  it('takes http only where it is told to', async () => {
    const xml = entity(key(null) + sso(POST, 'http://127.0.0.1:8788/sso'))
    expect(await code(xml, { allowHttp: true })).toBeNull()
  })
})
