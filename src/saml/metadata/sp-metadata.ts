// Our side of a connection as SP metadata (SAML Metadata §2.4.4). There is no SingleLogoutService,
// on purpose.
import { BINDING, CIPHERS, KEY_TRANSPORT, NAME_ID_FORMAT, NS } from '../names.ts'
import { xml } from '../xml/render-xml.ts'

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
 * How long it may be kept: a day, as IdPs that refresh do by themselves. There is no `validUntil`:
 * metadata that somebody has uploaded by hand would stop to be accepted, and every login with it.
 */
const CACHE_DURATION = 'PT24H'

const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const MGF1_SHA256 = 'http://www.w3.org/2009/xmlenc11#mgf1sha256'

/** What we ask an IdP for, under the names of the LDAP schema (RFC 4519), which most IdPs know. */
const REQUESTED_ATTRIBUTES = [
  { name: 'urn:oid:0.9.2342.19200300.100.1.3', friendlyName: 'mail' },
  { name: 'urn:oid:2.5.4.42', friendlyName: 'givenName' },
  { name: 'urn:oid:2.5.4.4', friendlyName: 'sn' },
]

export function renderSpMetadata(provider: ServiceProvider): string {
  // Only authenticated encryption is offered; key transport with one hash throughout, as WebCrypto
  // can do.
  const encryptionMethods = [
    ...Object.entries(CIPHERS)
      .filter(([, { mode, keyBytes }]) => mode === 'AES-GCM' && keyBytes !== 24)
      .map(([uri]) => xml`<md:EncryptionMethod Algorithm="${uri}"></md:EncryptionMethod>`),
    xml`<md:EncryptionMethod Algorithm="${KEY_TRANSPORT.oaepMgf1p}"><ds:DigestMethod Algorithm="${SHA1}"></ds:DigestMethod></md:EncryptionMethod>`,
    xml`<md:EncryptionMethod Algorithm="${KEY_TRANSPORT.oaep}"><ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod><xenc11:MGF xmlns:xenc11="${NS.xenc11}" Algorithm="${MGF1_SHA256}"></xenc11:MGF></md:EncryptionMethod>`,
  ]
  const keyDescriptors = (use: 'signing' | 'encryption') =>
    provider[`${use}Certificates`].map(
      (certificate) =>
        xml`<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${use === 'encryption' ? encryptionMethods : undefined}</md:KeyDescriptor>`,
    )
  const formats = [
    NAME_ID_FORMAT.persistent,
    NAME_ID_FORMAT.emailAddress,
    NAME_ID_FORMAT.unspecified,
  ]
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="${NS.md}" xmlns:ds="${NS.ds}" entityID="${provider.entityID}" cacheDuration="${CACHE_DURATION}"><md:SPSSODescriptor AuthnRequestsSigned="${provider.authnRequestsSigned}" WantAssertionsSigned="true" protocolSupportEnumeration="${NS.samlp}">${keyDescriptors('signing')}${keyDescriptors('encryption')}${formats.map((format) => xml`<md:NameIDFormat>${format}</md:NameIDFormat>`)}<md:AssertionConsumerService index="0" isDefault="true" Binding="${BINDING['HTTP-POST']}" Location="${provider.acsURL}"></md:AssertionConsumerService><md:AttributeConsumingService index="0"><md:ServiceName xml:lang="en">Single sign-on</md:ServiceName>${REQUESTED_ATTRIBUTES.map(
    ({ name, friendlyName }) =>
      xml`<md:RequestedAttribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="${friendlyName}" isRequired="true"></md:RequestedAttribute>`,
  )}</md:AttributeConsumingService></md:SPSSODescriptor></md:EntityDescriptor>
`.text
}
