// The catalogue: every code that the product can answer with, its HTTP status, who may read it, and how to mend it.
import type { SamlCode } from './saml/refusal.ts'

/** Codes of everything around the protocol core: requests, connections, people, sessions. */
export type ProductCode =
  | 'not_found'
  | 'method_not_allowed'
  | 'content_type'
  | 'body_too_large'
  | 'response_field'
  | 'connection_unknown'
  | 'connection_suspended'
  | 'connection_not_ready'
  | 'connection_changed'
  | 'plan_required'
  | 'return_to'
  | 'relay_state_unknown'
  | 'relay_state_foreign'
  | 'idp_initiated_refused'
  | 'restart_loop'
  | 'replayed'
  | 'user_unknown'
  | 'user_suspended'
  | 'user_not_enabled'
  | 'name_id_changed'
  | 'login_code_unknown'
  | 'login_code_spent'
  | 'browser_mismatch'
  | 'not_same_site'
  | 'forbidden'
  | 'not_there'
  | 'input'
  | 'identifier'
  | 'endpoint_url'
  | 'endpoint_private'
  | 'endpoint_unreachable'
  | 'certificate_unknown'
  | 'lifecycle'
  | 'revision_changed'
  | 'not_tested'
  | 'already_there'
  | 'row_repeated'
  | 'import_position'
  | 'domain_shared'
  | 'domain_unproven'
  | 'too_many_requests'
  | 'unauthenticated'
  | 'idempotency_key_reused'
  | 'setup_link'
  | 'sign_in_link'
  | 'key_stage'
  | 'key_encryption_key'
  | 'signature_key_quarantined'
  | 'rollout_stale'
  | 'rollout_not_frozen'
  | 'rollout_under_way'
  | 'rollout_unreviewed'
  | 'rollout_not_enabled'
  | 'rollout_uninformed'
  | 'rollout_not_approved'
  | 'rollout_locks_out'
  | 'not_signed_off'
  | 'break_glass_missing'
  | 'recovery_code'
  | 'client_unknown'
  | 'redirect_uri'
  | 'id_token_hint'
  | 'post_logout_redirect_uri'
  | 'not_configured'
  | 'internal'

export type ErrorCode = SamlCode | ProductCode

type Entry = {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503
  /**
   * `everyone`: the page names it. `admin`: only the attempt does; the person sees one sentence that is the same for all
   * of these, so that nobody learns from outside which check failed.
   */
  audience: 'everyone' | 'admin'
  title: string
  /** How to mend it, for whom the audience says. */
  remedy: string
}

/** A message that does not hold. One status for all: the status must not tell what the page does not. */
function trust(title: string, remedy: string): Entry {
  return { status: 403, audience: 'admin', title, remedy }
}

function open(status: Entry['status'], title: string, remedy: string): Entry {
  return { status, audience: 'everyone', title, remedy }
}

const RESEND =
  'Capture the response in the browser and run `gatepost explain` on it: it names the place.'

export const CATALOGUE: Readonly<Record<ErrorCode, Entry>> = {
  // requests
  not_found: open(404, 'There is no such page', 'Check the address.'),
  method_not_allowed: open(
    405,
    'This address does not take that method',
    'Start again from your app.',
  ),
  content_type: open(
    415,
    'The sign-in response came in a format we do not take',
    'The IdP must post it as a form (SAML HTTP-POST binding).',
  ),
  body_too_large: open(
    413,
    'The sign-in response is too large',
    'The IdP sends more than 256 KiB. Send fewer attributes: e-mail, first and last name are enough.',
  ),
  response_field: open(
    400,
    'This is not a sign-in response',
    'The form must have exactly one SAMLResponse field. Start again from your app.',
  ),
  response_not_base64: open(
    400,
    'The sign-in response could not be read',
    'The SAMLResponse field must be base64. Start again from your app.',
  ),
  response_too_large: open(
    413,
    'The sign-in response is too large',
    'The IdP sends more than 256 KiB. Send fewer attributes: e-mail, first and last name are enough.',
  ),
  response_not_utf8: open(
    400,
    'The sign-in response could not be read',
    'It must be XML in UTF-8, not compressed. Start again from your app.',
  ),
  return_to: open(
    400,
    'This sign-in link leads to a place we do not know',
    'return_to must be a path, or a URL whose origin is in RETURN_ORIGINS.',
  ),
  not_same_site: open(
    403,
    'This has to be done on our own page',
    'Open our own page, and do it there.',
  ),

  // connections
  connection_unknown: open(
    404,
    'We do not know this sign-in address',
    'Check the address with whoever gave it to you.',
  ),
  connection_suspended: open(
    403,
    'Single sign-on is suspended for your company',
    'Ask your administrator. Operators: resume the connection or the tenant.',
  ),
  connection_not_ready: open(
    403,
    'Single sign-on is not set up yet for your company',
    'Ask your administrator. Operators: the connection is still a draft, or has no sign-in URL.',
  ),
  connection_changed: open(
    400,
    'The sign-in settings were changed while you signed in',
    'Start again from your app.',
  ),
  plan_required: open(
    403,
    'Single sign-on is not part of your company’s plan',
    'Sign in with your password, or ask your administrator.',
  ),

  // what operators and customer admins do
  forbidden: open(403, 'You may not do that', 'Ask an operator.'),
  not_there: open(404, 'There is no such thing', 'Check the SID.'),
  input: open(400, 'The input does not fit', 'Mend the field that is named.'),
  identifier: open(
    400,
    'The IdP identifier does not fit',
    'Copy the Entity ID from the IdP: 1 to 1,024 characters, without white space around it.',
  ),
  endpoint_url: open(
    400,
    'The URL does not fit',
    'Enter an https URL without a user name or password in it.',
  ),
  endpoint_private: open(
    400,
    'The URL leads into a private network',
    'Enter the URL under which the IdP is reached from the Internet.',
  ),
  endpoint_unreachable: open(
    400,
    'The URL does not answer',
    'Check that it is reached from the Internet.',
  ),
  certificate_unknown: open(
    404,
    'The connection has no such certificate',
    'List the connection’s certificates and take one of their fingerprints.',
  ),
  lifecycle: open(
    409,
    'The connection is not in a state for that',
    'See which state it is in, and what is missing for the next one.',
  ),
  revision_changed: open(
    412,
    'Somebody else has changed it meanwhile',
    'Look at it again, then repeat your change.',
  ),
  not_tested: open(
    409,
    'Nobody has signed in with this configuration yet',
    'Make a test sign-in first: a pass says that it works.',
  ),
  already_there: open(409, 'It is there already', 'Use what is there, or choose another name.'),
  row_repeated: open(
    409,
    'The file has this user already',
    'Keep one row for each user, by login e-mail and by external id.',
  ),
  import_position: open(
    409,
    'The import is at another row',
    'Get the import, and go on with the rows after its position. One that has ended takes no more: create another.',
  ),
  domain_shared: open(
    400,
    'This domain belongs to nobody’s company alone',
    'Name a domain that the company owns: no public suffix, and no mail service that anybody may sign up for.',
  ),
  domain_unproven: open(
    409,
    'The domain’s TXT record is not there',
    'Set the TXT record that is shown, exactly, in the DNS of the domain. It can take an hour until it is seen everywhere.',
  ),
  too_many_requests: open(429, 'That was too often', 'Wait a minute, then try again.'),
  unauthenticated: open(
    401,
    'Nobody we know is asking',
    'Send `Authorization: Bearer` with an API key that has neither expired nor been revoked.',
  ),
  idempotency_key_reused: open(
    422,
    'This Idempotency-Key belongs to another request',
    'Use a new key for a new request; repeat a request with its own key and body.',
  ),
  setup_link: open(
    403,
    'This setup link does not open anything any more',
    'It has expired or was withdrawn. Ask whoever sent it for a new one.',
  ),
  sign_in_link: open(
    403,
    'This sign-in link does not count any more',
    'Each works once and for ten minutes. Make another: gatepost operator sign-in',
  ),
  key_stage: open(
    409,
    'Our keys are not at that point',
    'Key pairs: prepare the next pair, rotate when the IdPs have it, retire the previous one in the end. Signing keys: one that waits signs by itself a day after it was made.',
  ),
  key_encryption_key: open(
    409,
    'Key pairs can only be made with a key-encryption key',
    'Set the secret KEY_ENCRYPTION_KEY, as docs/operating/keys.md says.',
  ),
  signature_key_quarantined: trust(
    'The message is signed by a new key of the IdP that nobody has trusted yet',
    'The IdP’s metadata has the key too. Compare its fingerprint with the IdP’s administrator, then trust it on the connection’s certificates page.',
  ),

  // one login
  relay_state_unknown: open(
    400,
    'Your sign-in took too long, or was started elsewhere',
    'Start again from your app. Administrators: the IdP must return RelayState unchanged.',
  ),
  relay_state_foreign: open(
    400,
    'This sign-in was started for another company',
    'Start again from your app.',
  ),
  idp_initiated_refused: open(
    403,
    'Sign-in has to start from our side',
    'Open the app itself instead of its tile. Operators: the connection refuses IdP-initiated logins.',
  ),
  restart_loop: open(
    400,
    'Your company’s sign-in page keeps answering without our reference',
    'Administrators: the IdP must return RelayState and InResponseTo.',
  ),
  replayed: trust(
    'The response was used before',
    'Start a new login. If this comes back for fresh logins, the IdP repeats Assertion IDs, or something posts each response twice.',
  ),
  user_unknown: trust(
    'No user of this tenant has that e-mail',
    'Compare the e-mail that the IdP sends with the login e-mail in the directory, or import the user.',
  ),
  user_suspended: trust('The user is suspended', 'Reactivate the user in the directory.'),
  user_not_enabled: trust(
    'Single sign-on through this connection is off for the user',
    'Nominate the user as a tester, or include the user in the rollout.',
  ),
  name_id_changed: trust(
    'NameID and user no longer go together',
    'At the first login this NameID or this user was bound otherwise. If the change is right, re-bind the user.',
  ),
  login_code_unknown: open(400, 'This sign-in has expired', 'Start again from your app.'),
  login_code_spent: open(
    400,
    'This sign-in was already finished',
    'Go to the app; you may be signed in. Otherwise start again.',
  ),
  browser_mismatch: open(
    403,
    'This sign-in was started in another browser',
    'Start again in this browser, and allow cookies for this site.',
  ),
  single_logout_unsupported: open(
    400,
    'Single Logout is not offered here',
    'Signing out of the IdP does not sign out here. Remove our logout URL from the IdP; users sign out in the app.',
  ),
  rollout_stale: open(
    409,
    'There is a newer version of the list',
    'Look at the newest version: reviews, go-aheads and enforcement count for exactly one.',
  ),
  rollout_not_frozen: open(
    409,
    'The list is not complete yet',
    'Freeze the selection, and go on until it says that it is done.',
  ),
  rollout_under_way: open(
    409,
    'Another step of this rollout is under way',
    'Let it come to its end first: repeat the call that began it until it says that it is done.',
  ),
  rollout_unreviewed: open(
    409,
    'This version of the list has not been reviewed',
    'Have the customer review it. A decision about a row after the review asks for another one.',
  ),
  rollout_not_enabled: open(
    409,
    'SSO is not enabled for this version of the list',
    'Enable it first, and go on until it says that it is done.',
  ),
  rollout_uninformed: open(
    409,
    'Not everybody on this version of the list has been informed',
    'Inform them, or say why the go-ahead is given all the same.',
  ),
  rollout_not_approved: open(
    409,
    'There is no go-ahead for this version of the list',
    'Ask the customer for the go-ahead. It names exactly one version.',
  ),
  rollout_locks_out: open(
    409,
    'Enforcing everybody would lock out people who have never signed in by SSO',
    'Enforce those who have, or accept the number that is stated.',
  ),
  not_signed_off: open(
    409,
    'Both sides have not signed off this configuration',
    'Each side has to say in the validation room that the current revision works. An edit to anything that matters asks for it again.',
  ),
  break_glass_missing: open(
    409,
    'There is no owner who keeps a password for emergencies',
    'Name a break-glass owner whose exemption has not expired.',
  ),
  recovery_code: open(
    403,
    'This recovery code is not valid',
    'Each code works once, for one person, while that person is a break-glass owner. If you have just used it, sign in by password. Else try another one, or ask support.',
  ),
  client_unknown: open(
    400,
    'We do not know the app that sent you',
    'Open the app itself and sign in there. Developers: client_id must be the SID of a client that is registered and not disabled.',
  ),
  redirect_uri: open(
    400,
    'The app wants you back at an address that is not its own',
    'Do not go on unless you know the app. Developers: redirect_uri must be one of the client’s redirect URIs, exactly as registered.',
  ),
  id_token_hint: open(
    400,
    'The app cannot sign you out',
    'You can do it yourself here. Developers: id_token_hint must be an ID token that we have given to this client; it may have expired.',
  ),
  post_logout_redirect_uri: open(
    400,
    'The app wants you back at an address that is not its own',
    'You can sign out here. Developers: post_logout_redirect_uri must be one of the client’s, exactly as registered.',
  ),
  not_configured: open(
    503,
    'This deployment is not set up yet',
    'Operators: the Worker’s log names the setting that is missing.',
  ),
  internal: open(
    500,
    'Something went wrong on our side',
    'Try again. If it happens again, send the reference to support.',
  ),

  // the XML
  xml_malformed: trust('The XML is not well-formed', RESEND),
  xml_character: trust('The XML holds a character that XML does not allow', RESEND),
  xml_doctype: trust(
    'The XML has a DOCTYPE',
    'No IdP needs one: switch it off, or treat the message as an attack.',
  ),
  xml_comment: trust(
    'The XML has a comment',
    'Comments can split a value that is signed. No IdP needs them: switch them off, or treat the message as an attack.',
  ),
  xml_processing_instruction: trust(
    'The XML has a processing instruction',
    'No IdP needs one: switch it off.',
  ),
  xml_entity: trust(
    'The XML uses an entity or reference that is not allowed',
    'Only &amp;, &lt;, &gt;, &quot;, &apos; and numeric references are taken.',
  ),
  xml_encoding: trust(
    'The XML declares another version or encoding than 1.0 and UTF-8',
    'Set the IdP to UTF-8.',
  ),
  xml_too_deep: trust(
    'The XML is nested too deeply',
    'Treat the message as an attack: no IdP nests 64 levels.',
  ),
  xml_too_large: trust(
    'The XML has too many nodes, attributes or namespaces',
    'Send fewer attributes: e-mail, first and last name are enough.',
  ),
  xml_name: trust('The XML has a name that is not a plain ASCII name', RESEND),
  xml_namespace: trust('The XML declares or uses a namespace wrongly', RESEND),
  xml_duplicate_attribute: trust('An element has the same attribute twice', RESEND),
  xml_id: trust(
    'An ID is prefixed, written with references, or no NCName',
    'IDs must start with a letter or underscore: set the IdP to a conforming format.',
  ),
  xml_duplicate_id: trust(
    'Two elements have the same ID',
    'Signatures name what they cover by ID. Treat the message as an attack unless the IdP is known to do this.',
  ),

  // the structure
  root_not_response: trust(
    'The message is no samlp:Response',
    'Only responses may be posted to the ACS URL. Check which message the IdP sends here.',
  ),
  response_structure: trust('The Response has content that its schema does not', RESEND),
  response_version: trust(
    'The Response is not of SAML 2.0',
    'Set the IdP’s application to SAML 2.0.',
  ),
  assertion_missing: trust(
    'The Response has no assertion',
    'The IdP reported success and sent nobody. Check the application in the IdP.',
  ),
  assertion_not_single: trust(
    'The Response has more than one assertion',
    'Set the IdP to send one assertion. If it does, treat the message as an attack.',
  ),
  assertion_misplaced: trust(
    'An assertion stands where none may',
    'Assertions in Advice or Extensions are not taken. Treat the message as an attack unless the IdP sends them.',
  ),
  assertion_structure: trust('The Assertion has another shape than its schema’s', RESEND),

  // the envelope
  destination: trust(
    'The Response is for another address',
    'Copy our ACS URL into the IdP again, exactly.',
  ),
  response_issuer: trust(
    'The Response comes from another IdP',
    'Copy the IdP’s Entity ID into the connection, exactly: case and trailing slash count.',
  ),
  status: trust(
    'The IdP reported that the login failed',
    'The received status says why. Most often the user is not assigned to the application in the IdP.',
  ),
  in_response_to: trust(
    'The Response answers another request',
    'Start a new login in one browser window.',
  ),

  // the signature
  signature_no_key: trust(
    'The connection has no certificate',
    'Enter the IdP’s signing certificate.',
  ),
  signature_missing: trust(
    'Neither Response nor Assertion is signed',
    'Switch on response or assertion signing in the IdP.',
  ),
  signature_misplaced: trust(
    'A signature stands where none may',
    'A signature must be a child of the Response or Assertion it signs. Treat the message as an attack.',
  ),
  signature_structure: trust('The signature has another shape than the profile’s', RESEND),
  signature_reference: trust(
    'The signature does not cover exactly the element it is in',
    'Treat the message as an attack.',
  ),
  signature_transform: trust(
    'The signature uses other transforms than enveloped signature and canonicalization',
    'Set the IdP to exclusive canonicalization without comments.',
  ),
  signature_algorithm: trust(
    'The signature algorithm is not allowed',
    'Set the IdP to RSA-SHA256. SHA-1 can be allowed for this connection as a last resort.',
  ),
  signature_key_weak: trust(
    'The certificate’s key is too weak',
    'Make a new signing certificate in the IdP, RSA with 2048 bits or more, and enter it here.',
  ),
  signature_key_unsupported: trust(
    'The certificate has a kind of key we do not take',
    'Use RSA, or ECDSA on P-256, P-384 or P-521.',
  ),
  signature_digest: trust(
    'The signed content was changed',
    'If the assertion is encrypted, the IdP must encrypt first, then sign. Otherwise something between the IdP and us changed the message.',
  ),
  signature_invalid: trust(
    'No configured certificate fits the signature',
    'The IdP signs with another certificate: export its current signing certificate and add it here.',
  ),
  readers_disagree: trust(
    'Two XML readers see different content',
    'Treat the message as an attack.',
  ),

  // the encryption
  encryption_no_key: trust(
    'The assertion is encrypted and we have no key',
    'Operators: set SP_PRIVATE_KEY.',
  ),
  encryption_structure: trust(
    'The encrypted assertion has another shape than the standard’s',
    RESEND,
  ),
  encryption_algorithm: trust(
    'The encryption algorithm is not taken',
    'Set the IdP to AES-GCM with RSA-OAEP, as our metadata says.',
  ),
  encryption_cbc: trust(
    'AES-CBC is used without a signed Response around it',
    'Set the IdP to AES-GCM, or to sign the Response. AES-CBC can be allowed for this connection as a last resort.',
  ),
  encryption_failed: trust(
    'The assertion could not be decrypted, or what was inside is no signed assertion',
    'Give the IdP our current certificate for encryption, and have it sign the assertion before encrypting it or sign the Response after.',
  ),

  // the assertion
  assertion_issuer: trust(
    'The Assertion comes from another IdP',
    'Copy the IdP’s Entity ID into the connection, exactly: case and trailing slash count.',
  ),
  subject: trust(
    'The Assertion has no Subject',
    'Check the NameID settings of the application in the IdP.',
  ),
  name_id: trust(
    'The Assertion has no usable NameID',
    'Set a NameID in the IdP: a stable identifier or the e-mail address, not encrypted by itself.',
  ),
  bearer: trust(
    'The Assertion has no bearer confirmation',
    'Set the IdP’s application to the Web Browser SSO profile.',
  ),
  recipient: trust(
    'The Assertion is for another address',
    'Copy our ACS URL into the IdP again, exactly.',
  ),
  confirmation_not_on_or_after: trust(
    'The Assertion may no longer be delivered, or does not say until when',
    'Log in again without waiting. If it comes back, set the IdP’s clock (NTP).',
  ),
  confirmation_not_before: trust(
    'The confirmation carries a NotBefore',
    'SAML forbids it there. Update the IdP.',
  ),
  confirmation_in_response_to: trust(
    'The Assertion answers another request, or none',
    'Start a new login in one browser window. The IdP must put InResponseTo into SubjectConfirmationData.',
  ),
  audience: trust(
    'The Assertion is for another service',
    'Copy our Entity ID into the IdP (Audience, or SP Entity ID), exactly.',
  ),
  not_before: trust('The Assertion is not valid yet', 'Set the IdP’s clock (NTP).'),
  not_on_or_after: trust(
    'The Assertion has expired',
    'Log in again without waiting. If it comes back, set the IdP’s clock (NTP).',
  ),
  condition_unknown: trust(
    'The Assertion has a condition we do not know',
    'Remove the condition in the IdP: what is not understood must be refused.',
  ),
  authn_statement: trust(
    'The Assertion does not say when the user authenticated',
    'Set the IdP to send an AuthnStatement.',
  ),
  authn_instant: trust(
    'The user authenticated too long ago, or in the future',
    'Sign out of the IdP and in again. If it comes back, set the IdP’s clock (NTP).',
  ),
  session_not_on_or_after: trust(
    'The IdP’s session has ended',
    'Sign out of the IdP and in again.',
  ),
  attribute_duplicate: trust(
    'E-mail, first or last name came more than once',
    'Send each once, with one value.',
  ),
  attribute_missing: trust(
    'E-mail, first or last name is missing',
    'Map the missing attribute in the IdP to one of the names we know, or enter its name in the connection.',
  ),
  email: trust(
    'The e-mail is not one plain address in ASCII',
    'Send the user’s login e-mail alone.',
  ),

  // what administrators enter
  certificate_malformed: trust(
    'This is no X.509 certificate',
    'Paste the certificate as PEM or base64, or upload the file.',
  ),
  certificate_private_key: trust(
    'This is a private key',
    'Never send it: treat it as leaked and replace it in the IdP. Enter the certificate.',
  ),
  metadata_too_large: trust(
    'The metadata is too large',
    'Ask for metadata of this IdP alone: one entity of at most 1 MiB, or a federation’s file of at most 20 MiB.',
  ),
  metadata_unsigned: trust(
    'The metadata is not signed',
    'Take the signed metadata of the federation or the IdP, or trust it without a signature after comparing its certificates.',
  ),
  metadata_no_entity: trust(
    'The metadata has no such entity',
    'Upload the IdP’s SAML metadata XML.',
  ),
  metadata_several_entities: trust(
    'The metadata has several entities',
    'Choose one by its entityID.',
  ),
  metadata_no_idp: trust(
    'The metadata is not that of an identity provider',
    'Upload the IdP’s metadata: ours, or another service’s, was given.',
  ),
  metadata_no_certificate: trust(
    'The metadata has no signing certificate',
    'Export the metadata again with the signing certificate.',
  ),
  metadata_endpoint: trust(
    'The metadata has a sign-in URL that is not https',
    'Set the IdP to https.',
  ),
  metadata_expired: trust('The metadata has expired', 'Export it again from the IdP.'),
}

/** What a page says for every code that only admins may read. */
export const LOGIN_REFUSED = {
  title: 'Your sign-in was not accepted',
  remedy:
    'Start again from your app. If it happens again, send the reference below to your administrator.',
}
