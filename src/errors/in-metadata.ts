// Words for the codes of a document or a signature, where the document is the metadata of an IdP.
import type { ContextWords } from './entry.ts'

const AGAIN =
  'Download the metadata from the IdP again, and give the file as it is. Do not edit it, and do ' +
  'not copy it from a window.'
const REPORT =
  'Download the metadata again. If that fails too, send the expected and received values to the ' +
  'IdP’s vendor, and enter the single fields for now.'
const SIGNED =
  'Compare the metadata signing certificate with that of the federation or the IdP. Do not use ' +
  'the metadata until they match.'

export const IN_METADATA = {
  xml_malformed: { title: 'The metadata is not well-formed XML', remedy: AGAIN },
  xml_character: {
    title: 'The metadata has a character that XML does not allow',
    remedy: AGAIN,
  },
  xml_doctype: {
    title: 'The metadata has a DOCTYPE',
    remedy: 'Delete the line that begins with <!DOCTYPE, or export the metadata without it.',
  },
  xml_comment: { title: 'A comment of the metadata is in a wrong place', remedy: AGAIN },
  xml_processing_instruction: {
    title: 'The metadata has a processing instruction',
    remedy:
      'Give one XML document. If the file has several, one after the other, give the one of your ' +
      'IdP alone.',
  },
  xml_entity: {
    title: 'The metadata uses an entity that XML does not have',
    remedy: 'Replace it by the character itself, or download the metadata from the IdP again.',
  },
  xml_encoding: {
    title: 'The metadata declares another version or encoding of XML',
    remedy: 'Save the file as XML 1.0 in UTF-8, and give it again.',
  },
  xml_too_deep: { title: 'The metadata is nested too deeply', remedy: AGAIN },
  xml_too_large: {
    title: 'The metadata has too many nodes, attributes or namespaces',
    remedy: 'Ask for the metadata of this IdP alone.',
  },
  xml_name: { title: 'The metadata has a name that is not plain ASCII', remedy: REPORT },
  xml_namespace: { title: 'The metadata declares or uses a namespace incorrectly', remedy: AGAIN },
  xml_duplicate_attribute: {
    title: 'An element of the metadata has the same attribute twice',
    remedy: AGAIN,
  },
  xml_id: {
    title: 'An ID in the metadata has a prefix, contains references, or is not an NCName',
    remedy: REPORT,
  },
  xml_duplicate_id: {
    title: 'Two elements of the metadata have the same ID',
    remedy:
      'Give the metadata of one IdP, as it was downloaded. If two files were joined, give yours ' +
      'alone.',
  },
  readers_disagree: {
    title: 'Two XML readers see different content in the metadata',
    remedy: 'Do not use this file. Download the metadata from the IdP itself.',
  },
  certificate_malformed: {
    title: 'A certificate in the metadata cannot be read',
    remedy: 'Export the metadata from the IdP again, with its current signing certificate.',
  },
  certificate_private_key: {
    title: 'This is a private key',
    remedy:
      'Never send it: treat it as leaked, and replace it in the IdP. Give the metadata XML ' +
      'instead.',
  },
  signature_key_weak: {
    title: 'The key of the signing certificate in the metadata is too weak',
    remedy:
      'Create a new signing certificate in the IdP, RSA with 2048 bits or more. Then export the ' +
      'metadata again.',
  },
  signature_key_unsupported: {
    title: 'The signing certificate in the metadata has a kind of key that is not supported',
    remedy:
      'Create a signing certificate with RSA, or ECDSA on P-256, P-384 or P-521, in the IdP. ' +
      'Then export the metadata again.',
  },
  signature_no_key: {
    title: 'There is no certificate to check the metadata with',
    remedy: 'Enter the metadata signing certificate.',
  },
  signature_missing: {
    title: 'The metadata is not signed',
    remedy: 'Use the signed metadata of the federation or the IdP.',
  },
  signature_misplaced: {
    title: 'The metadata is not signed as a whole',
    remedy: 'Use a file whose first element is signed, as federations publish for one IdP.',
  },
  signature_structure: {
    title: 'The signature of the metadata does not follow the SAML signature profile',
    remedy: REPORT,
  },
  signature_reference: {
    title: 'The signature of the metadata does not cover exactly the whole document',
    remedy: SIGNED,
  },
  signature_transform: {
    title: 'The signature of the metadata uses a transform that is not allowed',
    remedy: REPORT,
  },
  signature_algorithm: {
    title: 'The algorithm of the metadata’s signature is not allowed',
    remedy: 'Use metadata that is signed with RSA-SHA256 or better, not with SHA-1.',
  },
  signature_digest: {
    title: 'The metadata was changed after it was signed',
    remedy: 'Use the metadata exactly as it was published.',
  },
  signature_invalid: {
    title: 'The signature of the metadata does not fit the metadata signing certificate',
    remedy: SIGNED,
  },
} as const satisfies Record<string, ContextWords>
