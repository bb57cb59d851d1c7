// Both sides as metadata, for libraries that are configured by it.
import type { Parties } from './messages.ts'

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const BINDINGS = 'urn:oasis:names:tc:SAML:2.0:bindings'

function keyDescriptor(use: 'signing' | 'encryption', certificate: string): string {
  const base64 = certificate.replace(/-----[^-]+-----|\s/g, '')
  return [
    `<KeyDescriptor use="${use}"><KeyInfo xmlns="${SIGNATURE}">`,
    `<X509Data><X509Certificate>${base64}</X509Certificate></X509Data>`,
    '</KeyInfo></KeyDescriptor>',
  ].join('')
}

export function serviceProviderMetadata({ spEntityID, acsURL, spCertificate }: Parties): string {
  return [
    `<EntityDescriptor xmlns="${METADATA}" entityID="${spEntityID}">`,
    '<SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"',
    ` protocolSupportEnumeration="${PROTOCOL}">`,
    keyDescriptor('signing', spCertificate),
    keyDescriptor('encryption', spCertificate),
    '<AssertionConsumerService index="0" isDefault="true"',
    ` Binding="${BINDINGS}:HTTP-POST" Location="${acsURL}"/>`,
    '</SPSSODescriptor></EntityDescriptor>\n',
  ].join('')
}

export function identityProviderMetadata(parties: Parties): string {
  const { idpEntityID, ssoURL, idpCertificate } = parties
  return [
    `<EntityDescriptor xmlns="${METADATA}" entityID="${idpEntityID}">`,
    '<IDPSSODescriptor WantAuthnRequestsSigned="false"',
    ` protocolSupportEnumeration="${PROTOCOL}">`,
    keyDescriptor('signing', idpCertificate),
    `<SingleSignOnService Binding="${BINDINGS}:HTTP-Redirect" Location="${ssoURL}"/>`,
    '</IDPSSODescriptor></EntityDescriptor>\n',
  ].join('')
}
