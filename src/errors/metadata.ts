// Errors of the certificates and the metadata that administrators enter.
import { trust, type ErrorEntry } from './entry.ts'

export const METADATA_ERRORS = {
  certificate_malformed: trust(
    'This is not an X.509 certificate',
    'Paste the certificate as PEM or base64, or upload the file.',
  ),
  certificate_private_key: trust(
    'This is a private key',
    'Never send it: treat it as leaked, and replace it in the IdP. Enter the certificate instead.',
  ),
  metadata_too_large: trust(
    'The metadata is too large',
    'Ask for the metadata of this IdP alone. The limit is 1 MiB for one entity, and 20 MiB for ' +
      'the file of a federation.',
  ),
  metadata_unsigned: trust(
    'The metadata is not signed',
    'Use the signed metadata of the federation or the IdP. ' +
      'Or compare its certificates yourself, then trust it without a signature.',
  ),
  metadata_no_entity: trust(
    'The metadata has no such entity',
    'Upload the SAML metadata XML of the IdP.',
  ),
  metadata_several_entities: trust(
    'The metadata has several entities',
    'Choose one by its entityID.',
  ),
  metadata_no_idp: trust(
    'The metadata does not describe an identity provider',
    'This is our own metadata, or another service’s. Upload the metadata of the IdP.',
  ),
  metadata_no_certificate: trust(
    'The metadata has no signing certificate',
    'Export the metadata again, with the signing certificate.',
  ),
  metadata_endpoint: trust(
    'The metadata has an SSO URL that is not https',
    'Set the IdP to https.',
  ),
  metadata_expired: trust('The metadata has expired', 'Export it from the IdP again.'),
} as const satisfies Record<string, ErrorEntry>
