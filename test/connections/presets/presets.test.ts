// Presets are recognised by what their IdPs really call themselves, and what we advise works with
// what we understand.
import { describe, expect, it } from 'vitest'
import type { PresetID } from '../../../src/connections/presets/preset.ts'
import { PRESETS, presetOf, remedyFor } from '../../../src/connections/presets/presets.ts'
import { CATALOGUE, type ErrorCode } from '../../../src/errors.ts'
import { KNOWN_ATTRIBUTES, PERSON_FIELDS } from '../../../src/saml/response/principal.ts'

const presets = Object.values(PRESETS)

describe('by its entityID', () => {
  it.each<[PresetID, string]>([
    ['entra-id', 'https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/'],
    ['entra-id', 'https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47'],
    ['okta', 'http://www.okta.com/exk1fxpmvxgEmuS2h0h8'],
    ['okta', 'http://www.okta.com/kbgfrazyGWKYZDXQCOWI'],
    ['google-workspace', 'https://accounts.google.com/o/saml2?idpid=C01abcd2e'],
    ['adfs', 'http://fs.tenant.example/adfs/services/trust'],
    ['adfs', 'http://FS.Tenant.example/adfs/services/trust'],
    ['keycloak', 'https://id.tenant.example/realms/staff'],
    ['keycloak', 'http://localhost:8080/auth/realms/master'],
    ['shibboleth', 'https://idp.university.example/idp/shibboleth'],
    ['pingone', 'https://auth.pingone.com/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'],
    ['pingone', 'https://auth.pingone.eu/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'],
    ['pingone', 'https://auth.pingone.com.au/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'],
    ['pingone', 'https://pingone.com/idp/cd-123456789.tenant'],
    ['onelogin', 'https://app.onelogin.com/saml/metadata/5dd7ed32-1f4c-4b6e-8a4a-3a7a9a3a5d11'],
    ['onelogin', 'https://app.onelogin.com/saml/metadata/123456'],
    ['jumpcloud', 'https://sso.jumpcloud.com/saml2/gatepost'],
    ['jumpcloud', 'JumpCloud'],
    ['auth0', 'urn:tenant.auth0.com'],
    ['auth0', 'urn:dev-abc123.us.auth0.com'],
    ['generic', 'https://idp.tenant.example/metadata'],
    ['generic', 'an-opaque-key'],
    ['generic', ''],
    ['generic', 'https://sts.windows.net.attacker.example/72f988bf/'],
    ['generic', 'http://www.okta.com.attacker.example/exk1fxpmvxgEmuS2h0h8'],
    ['generic', 'https://attacker.example/?https://auth.pingone.com/x'],
    ['generic', 'https://sp.university.example/shibboleth'],
  ])('%s: %s', (id, entityID) => {
    expect(presetOf({ entityID, ssoRedirectURL: null, ssoPostURL: null }).id).toBe(id)
  })
})

describe('by its SSO URLs, where the entityID says nothing', () => {
  it.each<[PresetID, string]>([
    ['entra-id', 'https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/saml2'],
    ['entra-id', 'https://login.microsoftonline.us/72f988bf-86f1-41af-91ab-2d7cd011db47/saml2'],
    ['okta', 'https://tenant.okta.com/app/tenant_gatepost_1/exk1fxpmvxgEmuS2h0h8/sso/saml'],
    ['okta', 'https://login.tenant.example/app/tenant_gatepost_1/exk1fxpmvxgEmuS2h0h8/sso/saml'],
    ['google-workspace', 'https://accounts.google.com/o/saml2/idp?idpid=C01abcd2e'],
    ['adfs', 'https://fs.tenant.example/adfs/ls/'],
    ['keycloak', 'https://id.tenant.example/realms/staff/protocol/saml'],
    ['shibboleth', 'https://idp.university.example/idp/profile/SAML2/Redirect/SSO'],
    ['pingone', 'https://auth.pingone.com/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/saml20/idp/sso'],
    ['pingone', 'https://sso.connect.pingidentity.com/sso/idp/SSO.saml2?idpid=1'],
    ['pingfederate', 'https://sso.tenant.example:9031/idp/SSO.saml2'],
    ['onelogin', 'https://tenant.onelogin.com/trust/saml2/http-post/sso/123456'],
    ['jumpcloud', 'https://sso.jumpcloud.com/saml2/gatepost'],
    ['auth0', 'https://tenant.eu.auth0.com/samlp/3vOzusggp1BUM5P0qvDlMuOHP4fen0wd'],
    ['auth0', 'https://login.tenant.example/samlp/3vOzusggp1BUM5P0qvDlMuOHP4fen0wd'],
    ['generic', 'https://idp.tenant.example/sso'],
    ['generic', 'https://login.microsoftonline.com.attacker.example/1/saml2'],
  ])('%s: %s', (id, url) => {
    const entityID = 'tenant-idp'
    expect(presetOf({ entityID, ssoRedirectURL: url, ssoPostURL: null }).id).toBe(id)
    expect(presetOf({ entityID, ssoRedirectURL: null, ssoPostURL: url }).id).toBe(id)
  })

  it('goes by the entityID first', () => {
    const preset = presetOf({
      entityID: 'http://www.okta.com/exk1fxpmvxgEmuS2h0h8',
      ssoRedirectURL: 'https://fs.tenant.example/adfs/ls/',
      ssoPostURL: null,
    })
    expect(preset.id).toBe('okta')
  })

  // A pattern that backtracks without end would never come back from these.
  it('gets through hostile text', () => {
    const hostile = [
      `https://a/${'realms/'.repeat(5_000)}`,
      `https://a/${'app/exk'.repeat(5_000)}`,
      `https://a/${'idp/'.repeat(5_000)}`,
      `urn:${'a'.repeat(30_000)}`,
    ]
    for (const text of hostile)
      expect(presetOf({ entityID: text, ssoRedirectURL: text, ssoPostURL: text }).id).toBe(
        'generic',
      )
  })
})

describe.each(presets.map((preset) => [preset.id, preset] as const))('%s', (id, preset) => {
  it('stands under its own name', () => {
    expect(PRESETS[id]).toBe(preset)
  })

  it('has something to say everywhere', () => {
    const { ours, theirs } = preset
    const texts = [
      preset.name,
      preset.place,
      preset.attributesPlace,
      preset.nameID,
      ...Object.values(ours).filter((text) => text !== null),
      ...Object.values(theirs),
      ...Object.values(preset.remedies),
      ...Object.values(preset.attributes).map(({ value }) => value),
    ]
    for (const text of texts) expect(text).toMatch(/^\S.*\S$/)
  })

  it.each(PERSON_FIELDS)('sends %s under a name that is understood', (field) => {
    expect(KNOWN_ATTRIBUTES[field]).toContain(preset.attributes[field].name)
  })

  it('has remedies only for codes of the catalogue, and others than the catalogue’s', () => {
    for (const [code, remedy] of Object.entries(preset.remedies)) {
      expect(Object.keys(CATALOGUE)).toContain(code)
      expect(remedy).not.toBe(CATALOGUE[code as ErrorCode].remedy)
      expect(remedyFor(preset, code as ErrorCode, 'operator')).toBe(remedy)
    }
  })

  it('falls back to the catalogue', () => {
    expect(remedyFor(preset, 'xml_doctype', 'customer')).toBe(CATALOGUE.xml_doctype.remedy)
  })

  it('says where its words come from', () => {
    expect(preset.source.length).toBeGreaterThan(0)
    for (const url of preset.source)
      expect(URL.canParse(url) && url.startsWith('https://')).toBe(true)
  })
})

it.each(presets.filter(({ id }) => id !== 'generic').map((preset) => [preset.id, preset] as const))(
  '%s mends what goes wrong most often in its own words',
  (_, { remedies }) => {
    const common = [
      'signature_missing',
      'signature_invalid',
      'audience',
      'recipient',
      'destination',
      'attribute_missing',
    ]
    expect(Object.keys(remedies)).toEqual(expect.arrayContaining(common))
  },
)

describe('the preset that somebody has chosen', () => {
  const okta = {
    entityID: 'http://www.okta.com/exk1a2b3c4d5e6f7g8h9',
    ssoRedirectURL: null,
    ssoPostURL: null,
  }

  it('goes before the one that is recognised', () => {
    expect(presetOf(okta).id).toBe('okta')
    expect(presetOf({ ...okta, preset: 'keycloak' }).id).toBe('keycloak')
    expect(presetOf({ ...okta, preset: 'generic' }).id).toBe('generic')
  })

  it.each([null, 'unheard of', '', 'toString'])('is none: %j', (preset) => {
    expect(presetOf({ ...okta, preset }).id).toBe('okta')
  })
})
