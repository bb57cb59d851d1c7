// The words of console and setup portal: fields, states, events, actors. For people; decides nothing.
import type { Preset } from '../../connections/presets/preset.ts'
import { remedyFor } from '../../connections/presets/presets.ts'
import type { LifecycleEvent } from '../../connections/lifecycle.ts'
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import type { Problem } from '../../problem.ts'

/** What the fields of a connection are called, on forms, in previews and in the history. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  name: 'Name',
  entityID: 'Identifier (Entity ID, Connection ID, or External Key)',
  ssoRedirectURL: 'SSO URL for GET (HTTP-Redirect)',
  ssoPostURL: 'SSO URL for POST (HTTP-POST)',
  requestBinding: 'How people are sent to the IdP',
  signRequests: 'Sign our requests',
  forceAuthn: 'Ask for the password every time (ForceAuthn)',
  nameIDFormat: 'NameID format',
  requestedAuthnContext: 'Requested authentication context',
  idpInitiated: 'Logins that begin at the IdP',
  logoutRedirectURL: 'Redirect URL after logout',
  attributeMapping: 'Attribute names',
  allow: 'Legacy algorithms',
  clockSkewSeconds: 'Clock difference allowed, in seconds',
  preset: 'Product of the IdP',
  plan: 'Plan',
  supportContact: 'Support contact',
  suspendedAt: 'Suspended since',
  state: 'State',
  addedCertificates: 'Certificates added',
  removedCertificates: 'Certificates removed',
  signInMethod: 'Sign-in method',
  connectionSid: 'Connection',
  capabilities: 'May',
  expiresAt: 'Valid until',
  setupLink: 'Setup link',
  scimToken: 'SCIM token',
  userName: 'Name at the IdP (userName)',
  email: 'E-mail',
  url: 'Metadata URL',
  signingCertificate: 'Metadata signing certificate',
  fingerprint: 'Fingerprint (SHA-256)',
  stage: 'Stage',
  days: 'Days left',
  tenantSid: 'Tenant',
  tokenEndpointAuthMethod: 'Client authentication',
  redirectURIs: 'Redirect URIs',
  postLogoutRedirectURIs: 'Post-logout redirect URIs',
  returnOrigins: 'Allowed return origins',
  passwordLoginURL: 'Password login URL',
  initiateLoginURI: 'Initiate login URI',
  backchannelLogoutURI: 'Back-channel logout URI',
  isDefault: 'Default app',
  previousSecretUntil: 'The secret before counts until',
  disabledAt: 'Disabled since',
}

/** The same where there is little room. */
export const SHORT_FIELD_NAMES = {
  entityID: 'Identifier',
  ssoRedirectURL: 'SSO URL, by GET',
  ssoPostURL: 'SSO URL, by POST',
  logoutRedirectURL: 'After logout',
} as const

export function nameOfField(field: string): string {
  return FIELD_NAMES[field] ?? humanised(field)
}

const ACTIONS: Readonly<Record<string, string>> = {
  'tenant.create': 'Tenant created',
  'tenant.edit': 'Tenant edited',
  'user.create': 'User added',
  'user.edit': 'User edited',
  'user.provision': 'User taken on by the IdP',
  'user.deprovision': 'User deleted by the IdP',
  'user.set_accounts': 'Accounts of a user set',
  'domain.record_missing': 'The record of a domain is missing',
  'domain.record_back': 'The record of a domain is back',
  'user.set_sign_in_method': 'Sign-in method set',
  'connection.create': 'Connection created',
  'connection.edit': 'Settings edited',
  'connection.import_metadata': 'IdP metadata imported',
  'connection.begin_testing': 'Testing begun',
  'connection.validate': 'Validated',
  'connection.go_live': 'Gone live',
  'connection.suspend': 'Suspended',
  'connection.resume': 'Resumed',
  'connection.break_trust': 'Sent back to testing',
  'connection.withdraw': 'Withdrawn to draft',
  'connection.sign_off': 'Pass or fail said',
  'tester.nominate': 'Tester nominated',
  'tester.withdraw': 'Tester withdrawn',
  'connection.upload_idp_users': 'The IdP’s list of users uploaded',
  'user.map_alias': 'Alias mapped',
  'user.unmap_alias': 'Alias taken away',
  'rollout.create': 'Rollout created',
  'rollout.edit': 'Rollout: chosen otherwise',
  'rollout.select_users': 'Rollout: people named one by one',
  'rollout.deselect_users': 'Rollout: people named one by one forgotten',
  'rollout.freeze': 'Rollout: a list begun',
  'rollout.frozen': 'Rollout: the list is complete',
  'rollout.include': 'Rollout: people taken in',
  'rollout.exclude': 'Rollout: people left out',
  'rollout.review': 'Rollout: list reviewed',
  'rollout.enable': 'Rollout: SSO enabled',
  'rollout.set_notice': 'Rollout: notice written',
  'rollout.inform': 'Rollout: people informed',
  'rollout.approve': 'Rollout: go-ahead given',
  'rollout.schedule_enforcement': 'Rollout: date of enforcement set',
  'rollout.enforce': 'Rollout: SSO enforced',
  'rollout.enforcement_missed': 'Rollout: not enforced at its date',
  'rollout.roll_back': 'Rollout: rolled back',
  'break_glass.add': 'Break-glass owner named',
  'break_glass.end': 'Break-glass owner’s exemption ended',
  'recovery_codes.create': 'Recovery codes made',
  'recovery_code.spend': 'A recovery code was used',
  'session.revoke': 'A session was ended',
  'session.revoke_all': 'All sessions were ended',
  'logout_delivery.retry': 'An app is told again of a session’s end',
  'certificate.trust': 'Certificate trusted',
  'certificate.refuse': 'Certificate refused',
  'certificate.quarantine':
    'New certificate found in the metadata: it waits for somebody to trust it',
  'certificate.sign_quarantined':
    'A login came that was signed by a certificate nobody has trusted yet',
  'certificate.expires_soon': 'A certificate expires soon',
  'metadata_source.set': 'Metadata URL set',
  'metadata_source.remove': 'Metadata URL removed',
  'metadata_source.fail': 'Metadata URL could not be read',
  'metadata_source.recover': 'Metadata URL could be read again',
  'metadata_source.differ': 'Metadata says something else than what is saved',
  'key.adopt': 'Our key pairs moved into the database',
  'key.prepare': 'Our next key pair prepared',
  'key.rotate': 'Our key pairs rotated',
  'key.retire': 'Our key pair retired',
  'signing_key.create': 'Signing key made',
  'signing_key.delete': 'Signing key deleted',
  'setup_link.create': 'Setup link made',
  'setup_link.open': 'Setup link opened',
  'setup_link.revoke': 'Setup link withdrawn',
  'scim_token.create': 'SCIM token made',
  'scim_token.revoke': 'SCIM token revoked',
  'api_key.create': 'API key made',
  'api_key.revoke': 'API key revoked',
  'client.create': 'App registered',
  'client.edit': 'App edited',
  'client.disable': 'App disabled',
  'client.enable': 'App enabled',
  'client.rotate_secret': 'New secret made for an app',
  'sign_in_link.create': 'Sign-in link made',
  'operator.sign_in': 'Operator signed in',
}

/** What an event of the audit trail is called. */
export function nameOfAction(action: string): string {
  return ACTIONS[action] ?? humanised(action.replace('.', ': '))
}

/** `certificate.expires_soon` → "Certificate: expires soon". */
function humanised(code: string): string {
  const words = code
    .replaceAll(/([a-z])([A-Z]+)/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What each step of a connection's life means to those who decide about it. */
export const EVENT_WORDS: Readonly<
  Record<Exclude<LifecycleEvent, 'break_trust'>, { button: string; title: string; text: string }>
> = {
  begin_testing: {
    button: 'Begin testing',
    title: 'Begin testing',
    text: 'People for whom single sign-on is enabled can sign in through the connection. Everyone else is untouched.',
  },
  validate: {
    button: 'Mark as validated',
    title: 'Mark as validated',
    text: 'Both sides have seen a login succeed. Nothing changes for anybody yet.',
  },
  go_live: {
    button: 'Go live',
    title: 'Go live',
    text: 'The connection counts as in use. Who signs in through it is still decided person by person.',
  },
  suspend: {
    button: 'Suspend',
    title: 'Suspend the connection',
    text: 'Nobody signs in through it until it is resumed. Sessions end at once, and do not come back.',
  },
  resume: {
    button: 'Resume',
    title: 'Resume the connection',
    text: 'It goes back to where it was, or to testing where its settings were changed meanwhile.',
  },
  withdraw: {
    button: 'Back to draft',
    title: 'Withdraw from testing',
    text: 'Nobody signs in through it any more until testing begins again. The settings stay.',
  },
}

export const CAPABILITY_WORDS = {
  configure: {
    label: 'Configure',
    hint: 'Enter and change the IdP’s side: identifier, URLs, certificates, settings.',
  },
  test: {
    label: 'Test',
    hint: 'Begin testing, nominate testers, say pass or fail; look through the lists of rollouts and give the go-ahead.',
  },
} as const

export const SIGN_IN_METHODS = {
  password: 'Password',
  sso_enabled: 'SSO or password',
  sso_enforced: 'SSO only',
} as const

export const CERTIFICATE_WARNINGS = {
  expired: 'Expired. It still counts, because it is pinned; replace it with the IdP’s next one.',
  not_yet_valid: 'Not valid yet. It counts all the same, because it is pinned.',
  expires_soon: 'Expires soon. Ask the IdP for its next certificate and add it here beforehand.',
  unused: 'No login was signed by its key for a long time.',
  missing_in_metadata: 'The IdP’s metadata does not have it any more.',
} as const

/** One sentence: what is wrong, what to do, and what was expected and came where that helps. */
export function messageOf(problem: Problem, preset?: Preset): string {
  const { code, expected, received } = problem
  if (code === 'input')
    return received === '' || received === 'null' || received === 'NaN'
      ? `Enter a value: ${expected}.`
      : `This does not fit. Expected: ${expected}.`
  const { title } = CATALOGUE[code]
  const remedy = preset ? remedyFor(preset, code) : CATALOGUE[code].remedy
  const evidence = SELF_EXPLAINING.has(code)
    ? ''
    : ` Expected: ${expected}. Received: ${received.replace('{}', '') || 'nothing'}.`
  return `${title}. ${remedy}${evidence}`
}

/** Codes whose title and remedy say all there is to say. */
const SELF_EXPLAINING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'certificate_private_key',
  'forbidden',
  'not_there',
  'revision_changed',
  'already_there',
  'domain_shared',
  'domain_unproven',
  'plan_required',
  'setup_link',
  'sign_in_link',
  'key_encryption_key',
  'metadata_unsigned',
])

/** What came of a login, in one line. Codes come from the database: one that is gone is shown as it is. */
export function outcomeOf(code: string | null): string {
  if (code === null) return 'Signed in'
  return isErrorCode(code) ? CATALOGUE[code].title : humanised(code)
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CATALOGUE, code)
}

/** What the rows of a check list look at, in words that fit whether they passed or not. */
const CHECKS: Readonly<Record<string, string>> = {
  response_version: 'SAML version',
  destination: 'Destination of the response',
  response_issuer: 'Issuer of the response',
  status: 'Status',
  in_response_to: 'Answers our request',
  signature: 'Signature',
  signature_invalid: 'Signature',
  assertion_issuer: 'Issuer of the assertion',
  subject: 'Subject',
  name_id: 'NameID',
  bearer: 'Bearer confirmation',
  recipient: 'Recipient',
  confirmation_not_on_or_after: 'Delivered in time',
  confirmation_not_before: 'No NotBefore in the confirmation',
  confirmation_in_response_to: 'Confirmation answers our request',
  audience: 'Audience',
  not_before: 'Valid already',
  not_on_or_after: 'Valid still',
  condition_unknown: 'Conditions',
  authn_statement: 'Authentication statement',
  authn_instant: 'Time of authentication',
  session_not_on_or_after: 'Session of the IdP',
  attribute_duplicate: 'Each attribute once',
  attribute_missing: 'E-mail, first and last name',
  email: 'E-mail',
}

export function nameOfCheck(code: string): string {
  return CHECKS[code] ?? humanised(code)
}
