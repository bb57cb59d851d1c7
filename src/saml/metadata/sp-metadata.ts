// Our side of a connection as SP metadata (SAML Metadata §2.4.4). It has no SingleLogoutService on
// purpose.
import { BINDING, CIPHERS, KEY_TRANSPORT, NAME_ID_FORMAT, NS } from '../names.ts'
import { element, type RenderedXml } from '../xml/render-xml.ts'

export type ServiceProvider = {
  entityID: string
  acsURL: string
  authnRequestsSigned: boolean
  /** DER in base64: of every key that signs, or soon will. */
  signingCertificates: readonly string[]
  /** DER in base64: of the keys to encrypt to. */
  encryptionCertificates: readonly string[]
}

/**
 * Cached for a day, the interval at which IdPs refresh by themselves. There is no `validUntil`:
 * once it passed, an IdP with a manually uploaded copy would refuse every login.
 */
const CACHE_DURATION = 'PT24H'

const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const MGF1_SHA256 = 'http://www.w3.org/2009/xmlenc11#mgf1sha256'

/**
 * The attributes that we request, under the names of the LDAP schema (RFC 4519), which most IdPs
 * know.
 */
const REQUESTED_ATTRIBUTES = [
  { name: 'urn:oid:0.9.2342.19200300.100.1.3', friendlyName: 'mail' },
  { name: 'urn:oid:2.5.4.42', friendlyName: 'givenName' },
  { name: 'urn:oid:2.5.4.4', friendlyName: 'sn' },
]

const NAME_ID_FORMATS = [
  NAME_ID_FORMAT.persistent,
  NAME_ID_FORMAT.emailAddress,
  NAME_ID_FORMAT.unspecified,
]

export function renderSpMetadata(provider: ServiceProvider): string {
  const role = element(
    'md:SPSSODescriptor',
    {
      AuthnRequestsSigned: provider.authnRequestsSigned,
      WantAssertionsSigned: true,
      protocolSupportEnumeration: NS.samlp,
    },
    provider.signingCertificates.map((certificate) => keyDescriptor('signing', certificate)),
    provider.encryptionCertificates.map((certificate) =>
      keyDescriptor('encryption', certificate, encryptionMethods()),
    ),
    NAME_ID_FORMATS.map((format) => element('md:NameIDFormat', {}, format)),
    element('md:AssertionConsumerService', {
      index: 0,
      isDefault: true,
      Binding: BINDING['HTTP-POST'],
      Location: provider.acsURL,
    }),
    element(
      'md:AttributeConsumingService',
      { index: 0 },
      element('md:ServiceName', { 'xml:lang': 'en' }, 'Single sign-on'),
      REQUESTED_ATTRIBUTES.map(({ name, friendlyName }) =>
        element('md:RequestedAttribute', {
          Name: name,
          NameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
          FriendlyName: friendlyName,
          isRequired: true,
        }),
      ),
    ),
  )
  const descriptor = element(
    'md:EntityDescriptor',
    {
      'xmlns:md': NS.md,
      'xmlns:ds': NS.ds,
      entityID: provider.entityID,
      cacheDuration: CACHE_DURATION,
    },
    role,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${descriptor.text}\n`
}

function keyDescriptor(
  use: 'signing' | 'encryption',
  certificate: string,
  methods: readonly RenderedXml[] = [],
): RenderedXml {
  const data = element('ds:X509Data', {}, element('ds:X509Certificate', {}, certificate))
  return element('md:KeyDescriptor', { use }, element('ds:KeyInfo', {}, data), methods)
}

/**
 * Only authenticated encryption. Key transport uses the same hash for digest and mask, since
 * WebCrypto takes only one.
 */
function encryptionMethods(): RenderedXml[] {
  const ciphers = Object.entries(CIPHERS)
    .filter(([, { mode, keyBytes }]) => mode === 'AES-GCM' && keyBytes !== 24)
    .map(([uri]) => element('md:EncryptionMethod', { Algorithm: uri }))
  const digest = (uri: string) => element('ds:DigestMethod', { Algorithm: uri })
  const mgf = element('xenc11:MGF', { 'xmlns:xenc11': NS.xenc11, Algorithm: MGF1_SHA256 })
  return [
    ...ciphers,
    element('md:EncryptionMethod', { Algorithm: KEY_TRANSPORT.oaepMgf1p }, digest(SHA1)),
    element('md:EncryptionMethod', { Algorithm: KEY_TRANSPORT.oaep }, digest(SHA256), mgf),
  ]
}
