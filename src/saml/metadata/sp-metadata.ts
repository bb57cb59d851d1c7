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
  publisher: Publisher
}

/** Who runs this service provider, for the pages and the administrators of an IdP. */
export type Publisher = {
  productName: string | null
  organization: { name: string; url: string } | null
  supportEmail: string | null
}

/** The settings have one text each, in no stated language. */
const LANGUAGE = { 'xml:lang': 'en' }

/**
 * Cached for a day, the interval at which IdPs refresh by themselves. There is no `validUntil`:
 * once it passed, an IdP with a manually uploaded copy would refuse every login.
 */
const CACHE_DURATION = 'PT24H'

const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1'

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
    userInterface(provider.publisher),
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
      element('md:ServiceName', LANGUAGE, 'Single sign-on'),
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
    organization(provider.publisher),
    contacts(provider.publisher),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${descriptor.text}\n`
}

/** What the IdP calls us on its sign-in page (Metadata Extensions for Login §2.1). */
function userInterface({ productName }: Publisher): RenderedXml | undefined {
  if (productName === null) return undefined
  const name = element('mdui:DisplayName', LANGUAGE, productName)
  return element('md:Extensions', {}, element('mdui:UIInfo', { 'xmlns:mdui': NS.mdui }, name))
}

/** Metadata §2.3.2.1. */
function organization({ organization: vendor }: Publisher): RenderedXml | undefined {
  if (vendor === null) return undefined
  return element(
    'md:Organization',
    {},
    element('md:OrganizationName', LANGUAGE, vendor.name),
    element('md:OrganizationDisplayName', LANGUAGE, vendor.name),
    element('md:OrganizationURL', LANGUAGE, vendor.url),
  )
}

/** Metadata §2.3.2.2. One address serves both purposes. */
function contacts({ organization: vendor, supportEmail }: Publisher): RenderedXml[] {
  if (supportEmail === null) return []
  return ['technical', 'support'].map((contactType) =>
    element(
      'md:ContactPerson',
      { contactType },
      vendor === null ? undefined : element('md:Company', {}, vendor.name),
      element('md:EmailAddress', {}, `mailto:${supportEmail}`),
    ),
  )
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
 * Only authenticated encryption. Key transport is the one that all schemas and IdPs know, with its
 * SHA-1 for digest and mask. `xmlenc11#rsa-oaep` is decrypted too, but not offered: its MGF is
 * missing in most toolkits' schemas, and an IdP that leaves it out must take MGF1 with SHA-1 beside
 * a SHA-256 digest, which WebCrypto does not have (XML Encryption 1.1 §5.5.2).
 */
function encryptionMethods(): RenderedXml[] {
  const ciphers = Object.entries(CIPHERS)
    .filter(([, { mode, keyBytes }]) => mode === 'AES-GCM' && keyBytes !== 24)
    .map(([uri]) => element('md:EncryptionMethod', { Algorithm: uri }))
  const digest = element('ds:DigestMethod', { Algorithm: SHA1 })
  return [
    ...ciphers,
    element('md:EncryptionMethod', { Algorithm: KEY_TRANSPORT.oaepMgf1p }, digest),
  ]
}
