// Errors of a message's signature and encryption.
import { trust, type ErrorEntry } from './entry.ts'

const REPORT =
  'Report it to the IdP’s vendor, with the expected and received values: the message breaks the ' +
  'standard.'
const ATTACK = 'Treat the message as an attack.'

export const SIGNATURE_ERRORS = {
  signature_no_key: trust(
    'The connection has no certificate',
    'Enter the IdP’s signing certificate.',
  ),
  signature_missing: trust(
    'Neither the Response nor the Assertion is signed',
    'Turn on response signing or assertion signing in the IdP.',
  ),
  signature_misplaced: trust(
    'A signature is in the wrong place',
    `A signature must be a child of the Response or Assertion that it signs. ${ATTACK}`,
  ),
  signature_structure: trust('The signature does not follow the SAML signature profile', REPORT),
  signature_reference: trust(
    'The signature does not cover exactly the element that contains it',
    ATTACK,
  ),
  signature_transform: trust(
    'The signature uses a transform that is not allowed',
    'Only enveloped signature and canonicalization are allowed. ' +
      'Set the IdP to exclusive canonicalization.',
  ),
  signature_algorithm: trust(
    'The signature algorithm is not allowed',
    'Set the IdP to RSA-SHA256. As a last resort, allow SHA-1 for this connection.',
  ),
  signature_key_weak: trust(
    'The certificate’s key is too weak',
    'Create a new signing certificate in the IdP, RSA with 2048 bits or more, and enter it here.',
  ),
  signature_key_unsupported: trust(
    'The certificate’s kind of key is not supported',
    'Use RSA, or ECDSA on P-256, P-384 or P-521.',
  ),
  signature_digest: trust(
    'The signed content was changed',
    'If the assertion is encrypted, the IdP must encrypt first, then sign. ' +
      'Otherwise, something between the IdP and us changed the message.',
  ),
  signature_invalid: trust(
    'The signature fits none of the connection’s certificates',
    'The IdP signs with another certificate. Export its current signing certificate, and add it ' +
      'here.',
  ),
  readers_disagree: trust('Two XML readers see different content', ATTACK),
  encryption_no_key: trust(
    'The assertion is encrypted, and there is no key to decrypt it',
    'Add the private key of the certificate that the IdP encrypts to.',
  ),
  encryption_structure: trust('The encrypted assertion does not follow the standard', REPORT),
  encryption_algorithm: trust(
    'The encryption algorithm is not supported',
    'Set the IdP to AES-GCM with RSA-OAEP, as our metadata says.',
  ),
  encryption_oaep: trust(
    'RSA-OAEP is used with two different hashes',
    'Set the key transport of the IdP to rsa-oaep-mgf1p with the digest SHA-1, as our metadata ' +
      'says. A digest SHA-256 beside a mask with SHA-1 cannot be decrypted here.',
  ),
  encryption_cbc: trust(
    'AES-CBC is used without a signed Response around it',
    'Set the IdP to AES-GCM, or to sign the Response. ' +
      'As a last resort, allow AES-CBC for this connection.',
  ),
  encryption_failed: trust(
    'The assertion could not be decrypted, or its content is not a signed assertion',
    'Give the IdP our current certificate for encryption. Have it sign the assertion before ' +
      'encrypting it, or sign the Response afterwards. What is wrong with the content is told ' +
      'only if the assertion itself is signed, or encrypted with AES-GCM.',
  ),
} as const satisfies Record<string, ErrorEntry>
