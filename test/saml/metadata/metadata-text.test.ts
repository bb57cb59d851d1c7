// Metadata as files come: encodings, what stands before the root, and files that are something else.
// What cannot be used beside something that can is left out and named.
import { describe, expect, it } from 'vitest'
import { parseIdpMetadata } from '../../../src/saml/metadata/idp-metadata.ts'
import { certificateOf, type KeyName } from '../../support/keys.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'

const key = (certificate: string) =>
  `<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
const keyOf = (name: KeyName) => key(certificateOf(name))
const sso = (binding: string, location: string) =>
  `<md:SingleSignOnService Binding="${binding}" Location="${location}"/>`
const entity = (
  content = keyOf('idp') + sso(POST, 'https://idp.example/sso'),
  { entityID = 'https://idp.example/ä', attributes = '' } = {},
) =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityID}"${attributes}><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${content}</md:IDPSSODescriptor></md:EntityDescriptor>`

const utf8 = (text: string) => new TextEncoder().encode(text)
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
function utf16(text: string, isBig: boolean, mark: boolean): Uint8Array {
  const units = Array.from(mark ? `\ufeff${text}` : text, (letter) => letter.charCodeAt(0))
  return Uint8Array.from(
    units.flatMap((unit) => {
      const pair = [unit >> 8, unit & 0xff]
      return isBig ? pair : pair.toReversed()
    }),
  )
}
const parse = (bytes: Uint8Array) => parseIdpMetadata(bytes, { now: NOW })
const declaration = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>\n`

describe('a metadata file', () => {
  it.each([
    ['UTF-8', utf8(entity())],
    ['UTF-8 with a byte order mark', utf8(`\ufeff${entity()}`)],
    ['UTF-16, little end first', utf16(entity(), false, true)],
    ['UTF-16, big end first', utf16(entity(), true, true)],
    ['UTF-16 without a mark', utf16(declaration('UTF-16') + entity(), false, false)],
    ['UTF-16 that says UTF-8', utf16(declaration('UTF-8') + entity(), false, true)],
    ['ISO-8859-1', latin1(declaration('ISO-8859-1') + entity())],
    ['windows-1252', latin1(declaration('Windows-1252') + entity())],
    ['a blank line before it', utf8(`\r\n  ${declaration('UTF-8')}${entity()}`)],
    ['a style sheet', utf8(`${declaration('utf-8')}<?xml-stylesheet type="text/xsl"?>${entity()}`)],
  ])('is read: %s', async (_, bytes) => {
    expect(await parse(bytes)).toMatchObject({
      ok: true,
      value: { entityID: 'https://idp.example/ä', leftOut: [] },
    })
  })

  it('is read in US-ASCII', async () => {
    const text = declaration('US-ASCII') + entity(undefined, { entityID: 'https://idp.example' })
    expect(await parse(utf8(text))).toMatchObject({ ok: true })
  })

  it.each([
    ['an encoding that is not known', utf8(declaration('Shift_JIS') + entity())],
    ['a name that every object has', utf8(declaration('constructor') + entity())],
    ['bytes that are not what they are said to be', latin1(declaration('UTF-8') + entity())],
    ['half a character', utf16(entity(), false, true).slice(0, -1)],
  ])('is refused: metadata_encoding, %s', async (_, bytes) => {
    expect(await parse(bytes)).toMatchObject({ error: { code: 'metadata_encoding' } })
  })

  it.each([
    ['nothing', utf8(' \n')],
    ['a web page', utf8('<!DOCTYPE html>\n<html><head></head></html>')],
    ['a web page', utf8('<!-- x --><html lang="en"><body>Sign in</body></html>')],
    ['JSON', utf8('{"issuer": "https://idp.example"}')],
    ['a certificate', utf8('-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----')],
    ['a URL', utf8('https://idp.example/metadata\n')],
    ['a SAML response', utf8('<samlp:Response xmlns:samlp="urn:x"/>')],
    ['a compressed file', Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ['a compressed file', Uint8Array.of(0x50, 0x4b, 3, 4)],
    ['a PDF file', utf8('%PDF-1.7')],
    ['metadata with typographic quotes', utf8(entity().replaceAll('"', '”'))],
    ['metadata whose < is written as &lt;', utf8(entity().replaceAll('<', '&lt;'))],
    ['text copied from a browser’s view of the metadata', utf8(`- ${entity()}`)],
  ])('is refused as %s', async (kind, bytes) => {
    expect(await parse(bytes)).toMatchObject({ error: { code: 'metadata_other', received: kind } })
  })

  it('is refused as a private key, which is leaked then', async () => {
    const pem = '-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----'
    expect(await parse(utf8(pem))).toMatchObject({ error: { code: 'certificate_private_key' } })
  })

  it('keeps a declaration within the document an error', async () => {
    const twice = entity() + declaration('UTF-8') + entity()
    expect(await parse(utf8(twice))).toMatchObject({ ok: false })
  })
})

describe('a part that cannot be used', () => {
  const good = keyOf('idp')
  const post = sso(POST, 'https://idp.example/sso')

  it.each([
    ['weak', keyOf('rsa1024'), 'signature_key_weak'],
    ['of an unknown kind', keyOf('ed25519'), 'signature_key_unsupported'],
    ['empty', key(''), 'certificate_malformed'],
    ['broken', key('MIIB'), 'certificate_malformed'],
  ])('is left out beside a good key, and named: a key that is %s', async (_, bad, code) => {
    for (const [keys, what] of [
      [bad + good, 'signing key 1'],
      [good + bad, 'signing key 2'],
    ] as const)
      expect(await parse(utf8(entity(keys + post)))).toMatchObject({
        ok: true,
        value: { certificates: [{ base64: certificateOf('idp') }], leftOut: [{ what, code }] },
      })
    expect(await parse(utf8(entity(bad + post)))).toMatchObject({ ok: false, error: { code } })
  })

  it('is left out beside a good endpoint', async () => {
    const http = sso(REDIRECT, 'http://idp.example/sso')
    expect(await parse(utf8(entity(good + http + post)))).toMatchObject({
      ok: true,
      value: {
        ssoEndpoints: [{ binding: 'HTTP-POST', location: 'https://idp.example/sso' }],
        leftOut: [
          {
            what: 'SSO URL for HTTP-Redirect',
            code: 'metadata_endpoint',
            received: 'http://idp.example/sso',
          },
        ],
      },
    })
    expect(await parse(utf8(entity(good + http)))).toMatchObject({
      error: { code: 'metadata_endpoint' },
    })
  })
})

describe('validUntil', () => {
  const until = (text: string) =>
    parse(utf8(entity(undefined, { attributes: ` validUntil="${text}"` })))

  it.each([
    ['2026-06-01T24:00:00Z', '2026-06-02T00:00:00Z'],
    ['2026-06-01T12:00:00.1234567890123456789Z', '2026-06-01T12:00:00.123Z'],
  ])('%s is read', async (text, instant) => {
    expect(await until(text)).toMatchObject({ value: { validUntil: Date.parse(instant) } })
  })

  it.each(['10000-01-01T00:00:00Z', 'tomorrow', '2026-06-01T24:00:01Z', '2026-02-30T00:00:00Z'])(
    '%s is refused as one that cannot be read',
    async (text) => {
      expect(await until(text)).toMatchObject({ error: { code: 'metadata_time', received: text } })
    },
  )
})
