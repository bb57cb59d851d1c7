// What we send, judged by others: 32 AuthnRequests and our metadata against the OASIS schemas by
// xmllint, the signatures by xmlsec1.
//
//   node test/saml/our-messages-xmllint.ts
//
// It needs Debian’s libxml2-utils, xmlsec1, opensaml-schemas and xmltooling-schemas.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderAuthnRequest, type AuthnRequest } from '../../src/saml/authn-request.ts'
import { encodePost, type SigningKey } from '../../src/saml/bindings.ts'
import { renderSpMetadata, type Publisher } from '../../src/saml/metadata/sp-metadata.ts'
import { NAME_ID_FORMAT, NS } from '../../src/saml/names.ts'
import { certificateOf, pemOf, privateKeyOf } from '../support/keys.ts'

const OPENSAML = '/usr/share/xml/opensaml'
const XMLTOOLING = '/usr/share/xml/xmltooling'
const PROTOCOL = `${OPENSAML}/saml-schema-protocol-2.0.xsd`
const METADATA = `${OPENSAML}/saml-schema-metadata-2.0.xsd`
const MDUI = `${OPENSAML}/sstc-saml-metadata-ui-v1.0.xsd`

/** The schemas name each other by their addresses at the W3C. */
const CATALOG = `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
  <system systemId="http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd"
    uri="file://${XMLTOOLING}/xmldsig-core-schema.xsd"/>
  <system systemId="http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xenc-schema.xsd"
    uri="file://${XMLTOOLING}/xenc-schema.xsd"/>
  <system systemId="http://www.w3.org/2001/xml.xsd" uri="file://${XMLTOOLING}/xml.xsd"/>
</catalog>`

const folder = mkdtempSync(join(tmpdir(), 'gatepost-messages-'))
const failures: string[] = []
let passed = 0

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function expectFit(what: string, command: string, args: string[]): void {
  const XML_CATALOG_FILES = join(folder, 'catalog.xml')
  const run = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, XML_CATALOG_FILES },
  })
  if (run.status === 0) passed++
  else failures.push(`${what}: ${run.error?.message ?? (run.stderr || run.stdout)}`)
}

function expectSchema(what: string, schema: string, path: string): void {
  expectFit(what, 'xmllint', ['--noout', '--nonet', '--schema', schema, path])
}

/** One for each combination of what a connection can ask for. */
function requests(): { name: string; request: AuthnRequest; isSigned: boolean }[] {
  return Array.from({ length: 32 }, (_, bits) => {
    const has = (bit: number) => (bits & (1 << bit)) !== 0
    const host = has(4) ? 'https://sso.example/?a=1&b="2"' : 'https://sso.example/'
    return {
      name: `request ${bits.toString(2).padStart(5, '0')}`,
      isSigned: has(0),
      request: {
        ID: `_request-${bits}`,
        issueInstant: Date.UTC(2026, 10, 24, 12),
        destination: has(4) ? "https://idp.example/sso?x=1&y='é'" : 'https://idp.example/sso',
        spEntityID: `${host}saml/CN1/metadata`,
        acsURL: `${host}saml/CN1/acs`,
        nameIDFormat: has(1) ? NAME_ID_FORMAT.persistent : undefined,
        forceAuthn: has(2),
        requestedAuthnContext: has(3)
          ? ['urn:oasis:names:tc:SAML:2.0:ac:classes:Password', 'https://refeds.org/profile/mfa']
          : undefined,
      },
    }
  })
}

write('catalog.xml', CATALOG)
const certificate = write('sp.pem', pemOf('sp'))
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const key = await crypto.subtle.importKey('pkcs8', privateKeyOf('sp'), algorithm, false, ['sign'])
const signingKey: SigningKey = { key, certificate: certificateOf('sp') }

for (const { name, request, isSigned } of requests()) {
  const xml = renderAuthnRequest(request)
  const login = { ID: request.ID, xml, relayState: 'x' }
  const { SAMLRequest } = await encodePost(login, isSigned ? signingKey : undefined)
  const path = write(`${name}.xml`, Buffer.from(SAMLRequest, 'base64').toString('utf8'))
  expectSchema(name, PROTOCOL, path)
  if (isSigned)
    expectFit(`${name}, signature`, 'xmlsec1', [
      '--verify',
      '--enabled-key-data',
      'rsa',
      '--pubkey-cert-pem',
      certificate,
      '--id-attr:ID',
      'urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest',
      path,
    ])
}

/** The plain schemas accept an extension that they do not know. These check UIInfo too. */
const WITH_MDUI = write(
  'metadata-and-mdui.xsd',
  `<schema xmlns="http://www.w3.org/2001/XMLSchema">
  <import namespace="${NS.md}" schemaLocation="file://${METADATA}"/>
  <import namespace="${NS.mdui}" schemaLocation="file://${MDUI}"/>
</schema>`,
)
const NOBODY: Publisher = { productName: null, organization: null, supportEmail: null }
const vendor = { name: 'Vendor & Söhne <"GmbH">', url: 'https://www.example/?a=1&b=2' }
const PUBLISHERS: Record<string, Publisher> = {
  'of nobody': NOBODY,
  'with a product': { ...NOBODY, productName: 'Cloud & <Things> "Ü"' },
  'with an organization': { ...NOBODY, organization: vendor },
  'with a contact': { ...NOBODY, supportEmail: 'sso+help@vendor.example' },
  'with all': { productName: 'Cloud', organization: vendor, supportEmail: 'sso@vendor.example' },
}

for (const authnRequestsSigned of [false, true])
  for (const [whose, publisher] of Object.entries(PUBLISHERS)) {
    const metadata = renderSpMetadata({
      entityID: 'https://sso.example/saml/CN1/metadata',
      acsURL: 'https://sso.example/saml/CN1/acs',
      authnRequestsSigned,
      signingCertificates: [certificateOf('sp'), certificateOf('idpNext')],
      encryptionCertificates: [certificateOf('idpNext')],
      publisher,
    })
    const name = `metadata ${whose}, ${authnRequestsSigned ? 'signed' : 'unsigned'} requests`
    const path = write(`${name}.xml`, metadata)
    expectSchema(name, METADATA, path)
    expectSchema(`${name}, by mdui too`, WITH_MDUI, path)
  }

rmSync(folder, { recursive: true })
for (const failure of failures) console.error(failure)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length > 0 ? 1 : 0
