// Errors of operations by operators and customer admins.
import { open, trust, type ErrorEntry } from './entry.ts'

export const ADMINISTRATION_ERRORS = {
  forbidden: open(403, 'You are not allowed to do that', {
    customer: 'Ask support to do it.',
    operator: 'Use an account or an API key that may do it: some things are for operators alone.',
  }),
  role: open(403, 'Your role does not allow that', {
    customer: 'Ask support to do it.',
    operator: 'Ask an owner to do it, or to change your role.',
  }),
  last_owner: open(409, 'One owner must always be able to sign in', {
    customer: 'Ask support to do it.',
    operator: 'Make another operator an owner, then repeat it.',
  }),
  own_idp_missing: open(409, 'The company’s IdP does not open the console yet', {
    customer: 'Ask support to do it.',
    operator: 'Validate a connection of the operators’ own tenant first, on the page “Operators”.',
  }),
  operators_tenant: open(409, 'Not in the tenant of the operators’ own sign-in', {
    customer: 'Ask support to do it.',
    operator:
      'Owners configure its connections in the console. It has no setup links, no keys, no ' +
      'provisioning, no IdP-initiated logins and no users created by logins.',
  }),
  not_there: open(404, 'Not found', 'Check the identifier. It may belong to another customer.'),
  input: open(400, 'The input is not valid', 'Correct the named field.'),
  identifier: open(
    400,
    'The IdP identifier is not valid',
    'Copy the Entity ID from the IdP: 1 to 1,024 characters, without extra white space.',
  ),
  endpoint_url: open(
    400,
    'The URL is not valid',
    'Enter an https URL without white space, user name or password in it.',
  ),
  endpoint_private: open(
    400,
    'The URL leads to a private network',
    'Enter the URL that reaches the IdP from the public Internet.',
  ),
  endpoint_unreachable: open(
    400,
    'The URL does not answer',
    'Check that the public Internet can reach it.',
  ),
  certificate_unknown: open(
    404,
    'The connection has no such certificate',
    'List the connection’s certificates, and use one of their fingerprints.',
  ),
  edit_cuts_off: open(
    409,
    'The change could cut off people who may sign in by SSO only',
    'Keep a certificate that logins use, or confirm the stated number of people. For another IdP ' +
      'or identifier, move people to another connection instead. ' +
      'Suspending the connection gives them their passwords back.',
  ),
  waits_for_operator: open(
    409,
    'An operator has to do this while the connection is in use',
    'Ask support. A new key decides who can sign in as whom.',
  ),
  lifecycle: open(
    409,
    'The state of the connection does not allow this',
    'Compare the expected state with the received one, and do the missing step first.',
  ),
  revision_changed: open(
    412,
    'Someone else changed this in the meantime',
    'Look at it again, then repeat your change.',
  ),
  not_tested: open(
    409,
    'No one has signed in with this configuration yet',
    'Make a test sign-in first. Passing confirms that the configuration works.',
  ),
  already_there: open(409, 'It already exists', 'Use the existing one, or choose another name.'),
  address_waits: open(409, 'A user with another external ID has the address', {
    customer: 'Ask support to decide whether it is the same person. Then send the record again.',
    operator:
      'Decide on the page “Address claims” whether it is the same person. Then send the record ' +
      'again.',
  }),
  still_in_use: open(
    409,
    'It is still in use',
    'Disable the app, suspend the connection, or roll the rollout back first. Then delete it.',
  ),
  export_first: open(
    409,
    'The tenant has not been exported in the last 30 days',
    'Export the tenant first, or confirm that nobody needs an export.',
  ),
  limit_reached: open(
    409,
    'There are as many as there may be',
    'Remove one that nobody needs any more, then try again.',
  ),
  row_repeated: open(
    409,
    'The file contains this user twice',
    'Keep one row for each login e-mail and one for each external ID.',
  ),
  import_position: open(
    409,
    'The import is at another row',
    'Look up the position of the import, and send the rows after it. ' +
      'A finished import takes no more rows: create another one.',
  ),
  domain_shared: open(
    400,
    'This domain does not belong to one company alone',
    'Enter a domain that the company owns. Public suffixes and public mail services do not count.',
  ),
  domain_unproven: open(
    409,
    'The domain’s TXT record was not found',
    'Add the TXT record exactly as shown to the DNS of the domain. ' +
      'It can take an hour until it is visible everywhere.',
  ),
  domain_in_use: open(409, 'Another connection uses the domain', {
    customer:
      'Its IdP provisions users of the domain, or a rollout selects it. Ask support to remove it.',
    operator:
      'Its IdP provisions users of the domain, or a rollout selects it. Take it out there first.',
  }),
  key_stage: open(
    409,
    'Our keys are not ready for this step',
    'Prepare the next key pair, rotate when the IdPs have it, then retire the previous one. ' +
      'A new key for signing tokens starts by itself after a day.',
  ),
  key_encryption_key: open(409, 'New keys need a key-encryption key', {
    customer: 'Ask support.',
    operator: 'Set the secret KEY_ENCRYPTION_KEY of the Worker, then try again.',
  }),
  webhook_off: open(
    409,
    'The webhook endpoint is off',
    'Turn it on first, then send the deliveries again.',
  ),
  revocation_request: open(
    400,
    'This is not a revocation request',
    'Send JSON of at most 8 KiB with sub_id in the format email or iss_sub.',
  ),
  revocation_token: open(
    401,
    'The token of the revocation was not accepted',
    'Sign it with RS256 and a key of the key URL, of type global-token-revocation+jwt, with iss, ' +
      'aud (this URL), jti and exp within five minutes. Administrators see the reason on the ' +
      'page “Sessions”.',
  ),
  revocation_suspended: open(
    403,
    'This connection is suspended',
    'Ask support to resume it. Its sessions have ended, unless support has set it otherwise.',
  ),
  revocation_subject: open(
    404,
    'No such person is switched on at this connection',
    'Send the login e-mail of a person of this connection, or the IdP’s Entity ID and the NameID.',
  ),
  revocation_failed: open(422, 'The person could not be signed out now', 'Send the request again.'),
  signature_key_quarantined: trust(
    'The message is signed by a new key of the IdP that no one has trusted yet',
    'The key is in the IdP’s metadata, or in a change that waits for an operator. Compare its ' +
      'fingerprint with the IdP’s administrator. Then trust it on the page “Certificates”, or ' +
      'accept it on the page “Changes that wait”.',
  ),
} as const satisfies Record<string, ErrorEntry>
