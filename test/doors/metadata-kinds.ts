// Metadata as people hand it over. What is taken is named by fingerprints, and what is left out.
import { certificateOf, pemOf, privateKeyOf } from '../support/keys.ts'
import { kindsOf, latin1, refused, taken, utf16, utf8 } from './kind.ts'
import { base64Of, derOf, DSA, fingerprintOf, keyOf, remade, serial } from './odd-certificates.ts'

const IDP = derOf('idp')
const GOOD = fingerprintOf(IDP)
const BASE64 = certificateOf('idp')
const SAML2 = 'urn:oasis:names:tc:SAML:2.0:protocol'
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
const MD = 'urn:oasis:names:tc:SAML:2.0:metadata'

const certificate = (text: string) => `<X509Certificate>${text}</X509Certificate>`
const keyInfo = (content: string) =>
  '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#">' +
  `${content}</KeyInfo></KeyDescriptor>`
const key = (...texts: readonly string[]) =>
  keyInfo(`<X509Data>${texts.map(certificate).join('')}</X509Data>`)
const service = (location: string, binding = POST) =>
  `<SingleSignOnService Binding="${binding}" Location="${location}"/>`
const SSO = service('https://idp.tenant.example/sso')

const role = (content: string, protocol = ` protocolSupportEnumeration="${SAML2}"`) =>
  `<IDPSSODescriptor${protocol}>${content}</IDPSSODescriptor>`

function entity(content: string, more = ''): string {
  const id = more.includes('entityID=') ? '' : ' entityID="https://idp.tenant.example/metadata"'
  return `<EntityDescriptor xmlns="${MD}"${id}${more}>${content}</EntityDescriptor>`
}

const PLAIN = entity(role(key(BASE64) + SSO))
const good = taken({ keys: [GOOD], leftOut: [] })
const goodWithout = (...leftOut: string[]) => taken({ keys: [GOOD], leftOut })
const other = (received: string) => refused('metadata_other', received)
const noIdp = (received: string) => refused('metadata_no_idp', received)
const declared = (encoding: string, text = PLAIN) =>
  `<?xml version="1.0" encoding="${encoding}"?>\n${text}`
const FREE_TEXT = entity(role(key(BASE64) + SSO), ' entityID="idp größe"')

export const METADATA_KINDS = kindsOf([
  ['plain', PLAIN, good],
  ['a mark', `\ufeff${PLAIN}`, good],
  ['a comment', PLAIN.replace('>', '><!-- made by hand -->'), good],
  ['a line break before it', `\n \n${declared('UTF-8')}`, good],
  ['a style sheet', `<?xml-stylesheet href="a.xsl"?>${PLAIN}`, good],
  ['NUL and space behind it', `${PLAIN} \n`, good],
  ['UTF-16', utf16(declared('UTF-16')), good],
  ['UTF-16 that says UTF-8', utf16(declared('UTF-8')), good],
  ['UTF-16 without a mark', utf16(PLAIN, ''), good],
  ['US-ASCII', declared('US-ASCII'), good],
  ['ISO-8859-1', latin1(declared('ISO-8859-1', FREE_TEXT)), good],
  ['one entity of a list', `<EntitiesDescriptor xmlns="${MD}">${PLAIN}</EntitiesDescriptor>`, good],
  [
    'extensions',
    entity(
      `<Extensions><a:b xmlns:a="urn:a" c="d">e</a:b></Extensions>${role(key(BASE64) + SSO)}` +
        `<AttributeAuthorityDescriptor protocolSupportEnumeration="${SAML2}"/>`,
    ),
    good,
  ],
  ['PEM inside', entity(role(key(pemOf('idp')) + SSO)), good],
  ['CR references', entity(role(key(BASE64.replace(/.{64}/g, '$&&#13;\n')) + SSO)), good],
  [
    'two DER in one certificate',
    entity(role(key(base64Of(Uint8Array.of(...IDP, ...derOf('p256')))) + SSO)),
    good,
  ],
  [
    'two certificates of a key',
    entity(role(key(BASE64, certificateOf('p256')) + SSO)),
    taken({ keys: [GOOD, fingerprintOf(derOf('p256'))], leftOut: [] }),
  ],
  [
    'a negative serial',
    entity(role(key(base64Of(remade({ serial: serial(0xff) }))) + SSO)),
    taken({ keys: [fingerprintOf(remade({ serial: serial(0xff) }))], leftOut: [] }),
  ],
  ['white space around a URL', entity(role(key(BASE64) + service('\n https://i.example/ '))), good],
  ['a long fraction', PLAIN.replace('>', ' validUntil="2099-01-01T00:00:00.1234567890Z">'), good],

  [
    'a weak key beside a good one',
    entity(role(key(certificateOf('rsa1024')) + key(BASE64) + SSO)),
    goodWithout('signature_key_weak'),
  ],
  [
    'a DSA key beside a good one',
    entity(role(key(base64Of(remade({ key: keyOf(...DSA) }))) + key(BASE64) + SSO)),
    goodWithout('signature_key_unsupported'),
  ],
  [
    'an empty key beside a good one',
    entity(role(key(BASE64) + key('') + SSO)),
    goodWithout('certificate_malformed'),
  ],
  [
    'an empty URL beside a good one',
    entity(
      role(key(BASE64) + service('', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect') + SSO),
    ),
    goodWithout('metadata_endpoint'),
  ],

  ['a web page', '<!DOCTYPE html><html><body>Sign in</body></html>', other('a web page')],
  ['a web page without DOCTYPE', '<html><body>Sign in</body></html>', other('a web page')],
  ['a certificate', pemOf('idp'), other('a certificate')],
  ['a URL', 'https://idp.tenant.example/metadata\n', other('a URL')],
  ['JSON', '{"issuer":"https://idp.tenant.example"}', other('JSON')],
  [
    'a compressed file',
    Uint8Array.of(0x1f, 0x8b, 8, 0, ...utf8(PLAIN)),
    other('a compressed file'),
  ],
  ['typographic quotes', PLAIN.replaceAll('"', '”'), other('typographic quotes')],
  [
    'escaped XML',
    PLAIN.replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    other('metadata whose < is written as'),
  ],
  ['a copied view', `-${PLAIN.replaceAll('><', '>\n-<')}`, other('a browser’s view')],
  [
    'a private key',
    `-----BEGIN PRIVATE KEY-----\n${base64Of(privateKeyOf('idp'))}\n-----END PRIVATE KEY-----`,
    refused('certificate_private_key'),
  ],

  [
    'SAML 1.1 alone',
    entity(role(SSO, ' protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"')),
    noIdp('an IdP without SAML 2.0'),
  ],
  ['no protocol', entity(role(key(BASE64) + SSO, '')), noIdp('an IdP without SAML 2.0')],
  [
    'an application',
    entity(`<SPSSODescriptor protocolSupportEnumeration="${SAML2}"/>`),
    noIdp('metadata of an application'),
  ],
  [
    'a key value alone',
    entity(role(keyInfo('<KeyName>a</KeyName>') + SSO)),
    refused('metadata_no_certificate', 'none'),
  ],
  [
    'a weak key alone',
    entity(role(key(certificateOf('rsa1024')) + SSO)),
    refused('signature_key_weak', '1024 bits'),
  ],
  [
    'a relative URL',
    entity(role(key(BASE64) + service('/sso'))),
    refused('metadata_endpoint', '/sso'),
  ],
  [
    'the year 10000',
    PLAIN.replace('>', ' validUntil="10000-01-01T00:00:00Z">'),
    refused('metadata_time', '10000-01-01T00:00:00Z'),
  ],
  [
    'expired',
    PLAIN.replace('>', ' validUntil="2019-01-01T00:00:00Z">'),
    refused('metadata_expired', '2019-01-01'),
  ],
  [
    'white space around the entityID',
    PLAIN.replace('entityID="', 'entityID=" '),
    refused('identifier'),
  ],
  ['a DOCTYPE', `<!DOCTYPE EntityDescriptor []>${PLAIN}`, refused('xml_doctype')],
  ['an entity of HTML', PLAIN.replace('idp.tenant', '&nbsp;'), refused('xml_entity')],
  ['a relative namespace', PLAIN.replace('>', ' xmlns:a="alg">'), refused('xml_namespace', 'alg')],
  [
    'an ID twice',
    entity(`<Extensions ID="_1"/>${role(key(BASE64) + SSO).replace('>', ' ID="_1">')}`),
    refused('xml_duplicate_id', '_1'),
  ],
])
