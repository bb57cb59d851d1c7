// Refusals of the protocol core: values with a code of this list, never exceptions.
import { cut } from '../cut.ts'
import type { GivenThing } from '../given-instead.ts'
import { visible } from '../visible.ts'

/**
 * The codes of all refusals, in the order in which a message meets them. The catalogue
 * (`src/errors.ts`) must have an entry for each, with the text for people.
 */
export const SAML_CODES = [
  // the bytes
  'response_not_base64',
  'response_too_large',
  'response_not_utf8',
  // the XML
  'xml_malformed',
  'xml_character',
  'xml_doctype',
  'xml_comment',
  'xml_processing_instruction',
  'xml_entity',
  'xml_encoding',
  'xml_too_deep',
  'xml_too_large',
  'xml_name',
  'xml_namespace',
  'xml_duplicate_attribute',
  'xml_id',
  'xml_duplicate_id',
  // the structure
  'root_not_response',
  'single_logout_unsupported',
  'response_structure',
  'response_version',
  'assertion_missing',
  'assertion_not_single',
  'assertion_misplaced',
  'assertion_structure',
  // the envelope
  'destination',
  'response_issuer',
  'status',
  'in_response_to',
  // the signature
  'signature_no_key',
  'signature_missing',
  'signature_misplaced',
  'signature_structure',
  'signature_reference',
  'signature_transform',
  'signature_algorithm',
  'signature_key_weak',
  'signature_key_unsupported',
  'signature_digest',
  'signature_invalid',
  'readers_disagree',
  // the encryption
  'encryption_no_key',
  'encryption_structure',
  'encryption_algorithm',
  'encryption_oaep',
  'encryption_cbc',
  'encryption_failed',
  // the assertion
  'assertion_issuer',
  'subject',
  'name_id',
  'name_qualifier',
  'sp_name_qualifier',
  'name_id_format',
  'bearer',
  'recipient',
  'issue_instant',
  'confirmation_not_on_or_after',
  'confirmation_not_before',
  'confirmation_in_response_to',
  'audience',
  'not_before',
  'not_on_or_after',
  'condition_unknown',
  'authn_statement',
  'time_unreadable',
  'authn_instant',
  'authn_too_old',
  'authn_not_forced',
  'authn_context',
  'session_not_on_or_after',
  'email_ambiguous',
  'attribute_missing',
  'email',
  // certificates and metadata, where they are entered
  'certificate_malformed',
  'certificate_private_key',
  'metadata_too_large',
  'metadata_other',
  'metadata_encoding',
  'metadata_time',
  'metadata_unsigned',
  'metadata_no_entity',
  'metadata_several_entities',
  'metadata_no_idp',
  'metadata_no_certificate',
  'metadata_endpoint',
  'metadata_expired',
] as const

export type SamlCode = (typeof SAML_CODES)[number]

/** The codes of any document. */
export type XmlCode = Extract<SamlCode, `xml_${string}`> | 'readers_disagree'

export type SignatureCode = Extract<SamlCode, `signature_${string}`>

/** The codes of the strength of a key. */
export type KeyCode = Extract<SamlCode, `signature_key_${string}`>

/** The codes of certificates, where they are entered. */
export type CertificateCode = Extract<SamlCode, `certificate_${string}`> | KeyCode

/** The codes of an IdP's metadata. */
export type MetadataCode =
  Extract<SamlCode, `metadata_${string}`> | CertificateCode | SignatureCode | XmlCode

/**
 * The reason of a refusal: the clause, what it expects, and what was received. Values are cut to
 * 300 characters.
 */
export type Refusal<Code extends SamlCode = SamlCode> = {
  code: Code
  clause: string
  expected: string
  received: string
  /**
   * Where the reader must choose one of several: the first MAXIMUM_CHOICES of them, uncut.
   * `received` says how many there are.
   */
  choices?: readonly string[]
  /** What was given in place of what was asked for, if it is known by its look. */
  given?: GivenThing
}

export const MAXIMUM_CHOICES = 1000

export function refuse<const Code extends SamlCode>(
  code: Code,
  clause: string,
  expected: string,
  received: string,
  more: Pick<Refusal, 'choices' | 'given'> = {},
): { ok: false; error: Refusal<Code> } {
  const { choices, given } = more
  return {
    ok: false,
    error: {
      code,
      clause,
      expected: cut(expected),
      received: visible(cut(received)),
      ...(choices && { choices: choices.slice(0, MAXIMUM_CHOICES) }),
      ...(given && { given }),
    },
  }
}
