// Errors of the metadata that administrators enter.
import { trust, type ErrorEntry } from './entry.ts'

export const METADATA_ERRORS = {
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
    'Give the SAML metadata XML of the IdP. Its first element is an EntityDescriptor, or an ' +
      'EntitiesDescriptor with the Entity ID that you ask for.',
  ),
  metadata_several_entities: trust(
    'The metadata has several entities',
    'Choose your identity provider by its Entity ID.',
  ),
  metadata_no_idp: trust(
    'The metadata does not describe an identity provider',
    'Give the SAML 2.0 metadata of the IdP: not ours, not that of another service, and not that ' +
      'of WS-Federation or SAML 1.1.',
  ),
  metadata_no_certificate: trust(
    'The metadata has no signing certificate',
    'Export the metadata again, with the signing certificate.',
  ),
  metadata_endpoint: trust(
    'The metadata has no SSO URL that can be used',
    'Set the IdP to a whole https URL, and export the metadata again.',
  ),
  metadata_other: trust(
    'This is not metadata of an IdP',
    'Give the metadata XML: most IdPs offer it as a download or at a metadata URL.',
  ),
  metadata_encoding: trust(
    'The encoding of the metadata is not known, or does not fit',
    'Save the file as UTF-8, and give it again.',
  ),
  metadata_time: trust(
    'The end of validity of the metadata cannot be read',
    'SAML demands times in UTC, such as 2026-01-31T12:00:00Z. Export the metadata again, or ' +
      'correct validUntil.',
  ),
  metadata_expired: trust('The metadata has expired', 'Export it from the IdP again.'),
} as const satisfies Record<string, ErrorEntry>
