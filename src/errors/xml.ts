// Errors of a message's XML, its structure and its envelope.
import { trust, type ErrorEntry } from './entry.ts'

const REPORT =
  'The IdP sends a message that breaks the standard. Report it to the IdP’s vendor, with the ' +
  'expected and received values.'
const ATTACK = 'Treat the message as an attack.'

export const XML_ERRORS = {
  // the XML
  xml_malformed: trust('The XML is not well-formed', REPORT),
  xml_character: trust('The XML contains a character that XML does not allow', REPORT),
  xml_doctype: trust(
    'The XML has a DOCTYPE',
    'No IdP needs one. Turn it off, or treat the message as an attack.',
  ),
  xml_comment: trust(
    'The XML has a comment',
    'A comment can split a signed value, and no IdP needs one. Turn comments off, or treat the ' +
      'message as an attack.',
  ),
  xml_processing_instruction: trust(
    'The XML has a processing instruction',
    'No IdP needs one. Turn it off.',
  ),
  xml_entity: trust(
    'The XML uses an entity or reference that is not allowed',
    'Only &amp;, &lt;, &gt;, &quot;, &apos; and numeric references are allowed.',
  ),
  xml_encoding: trust(
    'The XML does not declare XML 1.0 in UTF-8',
    'Set the IdP to XML 1.0 and UTF-8.',
  ),
  xml_too_deep: trust('The XML is nested too deeply', `No IdP nests 64 levels. ${ATTACK}`),
  xml_too_large: trust(
    'The XML has too many nodes, attributes or namespaces',
    'Send fewer attributes: e-mail, first name and last name are enough.',
  ),
  xml_name: trust('The XML has a name that is not plain ASCII', REPORT),
  xml_namespace: trust('The XML declares or uses a namespace incorrectly', REPORT),
  xml_duplicate_attribute: trust('An element has the same attribute twice', REPORT),
  xml_id: trust(
    'An ID has a prefix, contains references, or is not an NCName',
    'Set the IdP to IDs that start with a letter or an underscore.',
  ),
  xml_duplicate_id: trust(
    'Two elements have the same ID',
    'A signature names by ID what it covers. Treat the message as an attack, unless this IdP is ' +
      'known to repeat IDs.',
  ),

  // the structure
  root_not_response: trust(
    'The message is not a samlp:Response',
    'The ACS URL accepts responses only. Check which message the IdP sends here.',
  ),
  response_structure: trust('The Response has content that its schema does not allow', REPORT),
  response_version: trust('The Response is not SAML 2.0', 'Set the IdP’s application to SAML 2.0.'),
  assertion_missing: trust(
    'The Response has no assertion',
    'The IdP reported success, but named no user. Check the application in the IdP.',
  ),
  assertion_not_single: trust(
    'The Response has more than one assertion',
    'Set the IdP to send one assertion. If it already does, treat the message as an attack.',
  ),
  assertion_misplaced: trust(
    'An assertion is in the wrong place',
    'Assertions in Advice or Extensions are not accepted. Treat the message as an attack, unless ' +
      'this IdP is known to send them.',
  ),
  assertion_structure: trust('The Assertion does not follow its schema', REPORT),

  // the envelope
  destination: trust(
    'The Response is for another address',
    'Copy our ACS URL into the IdP again, exactly.',
  ),
  response_issuer: trust(
    'The Response comes from another IdP',
    'Copy the IdP’s Entity ID into the connection, exactly. Case and a trailing slash count.',
  ),
  status: trust(
    'The IdP reported that the login failed',
    'The received status says why. Most often, the user is not assigned to the application in ' +
      'the IdP.',
  ),
  in_response_to: trust(
    'The Response answers another request',
    'Start a new login in one browser window.',
  ),
} as const satisfies Record<string, ErrorEntry>
