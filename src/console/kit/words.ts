// Words of the console and the setup portal: states, events, actors.
import type { Preset } from '../../connections/presets/preset.ts'
import { remedyFor } from '../../connections/presets/presets.ts'
import type { LifecycleEvent } from '../../connections/lifecycle.ts'
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import type { Problem } from '../../problem.ts'

/** The title of each event. */
export const ACTIONS: Readonly<Record<string, string>> = {
  'tenant.create': 'Tenant created',
  'tenant.edit': 'Tenant edited',
  'user.create': 'User added',
  'user.edit': 'User edited',
  'user.provision': 'User provisioned by the IdP',
  'user.deprovision': 'User deprovisioned by the IdP',
  'user.set_accounts': 'User’s accounts set',
  'account.create': 'Account created',
  'account.edit': 'Account edited',
  'import.create': 'User import started',
  'import.finish': 'User import finished',
  'domain.create': 'Domain added',
  'domain.verify': 'Domain verified',
  'domain.vouch': 'Domain verified without a DNS record',
  'domain.lead': 'Sign-in of newcomers of a domain changed',
  'domain.remove': 'Domain removed',
  'domain.record_missing': 'Domain record missing',
  'domain.record_back': 'Domain record found again',
  'break_glass.keep': 'Owner deactivated by the IdP keeps the way in',
  'break_glass.mass_deactivation': 'Mass deactivation by the IdP: owners keep the way in',
  'user.set_sign_in_method': 'Sign-in method set',
  'connection.create': 'Connection created',
  'connection.edit': 'Settings edited',
  'connection.import_metadata': 'IdP metadata imported',
  'connection.begin_testing': 'Testing started',
  'connection.validate': 'Connection validated',
  'connection.go_live': 'Connection went live',
  'connection.suspend': 'Connection suspended',
  'connection.resume': 'Connection resumed',
  'connection.break_trust': 'Connection moved back to testing',
  'connection.withdraw': 'Connection moved back to draft',
  'connection.sign_off': 'Validation result recorded',
  'tester.nominate': 'Tester nominated',
  'tester.withdraw': 'Tester withdrawn',
  'connection.upload_idp_users': 'IdP user list uploaded',
  'user.map_alias': 'Alias mapped',
  'user.alias_gave_way': 'Alias removed: the address is a login e-mail now',
  'address_claim.create': 'Address claimed under another external ID',
  'address_claim.accept': 'Address claim decided: same person',
  'address_claim.decline': 'Address claim decided: another person',
  'user.release_name_id': 'User released from a NameID',
  'connection.release_name_ids': 'All users released from their NameIDs',
  'user.unmap_alias': 'Alias removed',
  'rollout.create': 'Rollout created',
  'rollout.edit': 'Selection changed',
  'rollout.select_users': 'Individually selected people added',
  'rollout.deselect_users': 'Individually selected people removed',
  'rollout.freeze': 'List freeze started',
  'rollout.frozen': 'List frozen',
  'rollout.include': 'People included',
  'rollout.exclude': 'People excluded',
  'rollout.review': 'List reviewed',
  'rollout.enable': 'SSO enabled',
  'rollout.set_notice': 'Notice saved',
  'rollout.inform': 'People informed',
  'rollout.approve': 'Go-ahead given',
  'rollout.schedule_enforcement': 'Enforcement date changed',
  'rollout.enforce': 'SSO enforced',
  'rollout.enforcement_missed': 'Scheduled enforcement did not run',
  'rollout.refresh': 'People left or came back to the list automatically',
  'rollout.give_back': 'Passwords restored for people who never signed in by SSO',
  'rollout.roll_back': 'Rollout rolled back',
  'break_glass.add': 'Break-glass owner added',
  'break_glass.end': 'Break-glass owner’s exemption ended',
  'recovery_codes.create': 'Recovery codes created',
  'recovery_code.spend': 'Recovery code used',
  'session.revoke': 'Session ended',
  'session.revoke_all': 'All sessions ended',
  'logout_delivery.retry': 'Logout notification retried',
  'pending_change.propose': 'Change proposed, waiting for an operator',
  'pending_change.accept': 'Proposed change accepted',
  'pending_change.decline': 'Proposed change declined',
  'certificate.trust': 'Certificate trusted',
  'certificate.refuse': 'Certificate refused',
  'certificate.quarantine': 'New certificate found in the metadata, waiting for review',
  'certificate.sign_quarantined': 'Login signed by a certificate that is not trusted yet',
  'certificate.expires_soon': 'Certificate expires soon',
  'metadata_source.set': 'Metadata URL set',
  'metadata_source.remove': 'Metadata URL removed',
  'metadata_source.fail': 'Metadata URL could not be read',
  'metadata_source.recover': 'Metadata URL readable again',
  'metadata_source.differ': 'Metadata differs from the saved settings',
  'key.adopt': 'Our key pairs moved to the database',
  'key.prepare': 'Our next key pair created',
  'key.rotate': 'Our key pairs rotated',
  'key.retire': 'Our key pair retired',
  'signing_key.create': 'Signing key created',
  'signing_key.delete': 'Signing key deleted',
  'setup_link.create': 'Setup link created',
  'setup_link.open': 'Setup link opened',
  'setup_link.revoke': 'Setup link revoked',
  'scim_token.create': 'SCIM token created',
  'scim_token.revoke': 'SCIM token revoked',
  'api_key.create': 'API key created',
  'api_key.revoke': 'API key revoked',
  'client.create': 'App registered',
  'client.edit': 'App edited',
  'client.disable': 'App disabled',
  'client.enable': 'App enabled',
  'client.rotate_secret': 'App secret rotated',
  'sign_in_link.create': 'Sign-in link created',
  'operator.sign_in': 'Operator signed in',
}

/** The title of an event of the audit trail. */
export function nameOfAction(action: string): string {
  return ACTIONS[action] ?? humanized(action.replace('.', ': '))
}

/** `certificate.expires_soon` → "Certificate: expires soon". */
export function humanized(code: string): string {
  const words = code
    .replaceAll(/([a-z])([A-Z]+)/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Buttons and explanations for the steps of a connection's lifecycle. */
export const EVENT_WORDS: Readonly<
  Record<Exclude<LifecycleEvent, 'break_trust'>, { button: string; title: string; text: string }>
> = {
  begin_testing: {
    button: 'Start testing',
    title: 'Start testing',
    text: 'Users with SSO enabled can sign in through the connection. Nothing changes for others.',
  },
  validate: {
    button: 'Mark as validated',
    title: 'Mark as validated',
    text: 'Both sides have seen a successful login. Nothing changes for users yet.',
  },
  go_live: {
    button: 'Go live',
    title: 'Go live',
    text: 'Marks the connection as in use. Each user’s sign-in method stays as it is.',
  },
  suspend: {
    button: 'Suspend',
    title: 'Suspend the connection',
    text: 'No one can sign in through it until you resume it. Its sessions end now, for good.',
  },
  resume: {
    button: 'Resume',
    title: 'Resume the connection',
    text: 'Returns to its previous state, or to testing if its settings changed meanwhile.',
  },
  withdraw: {
    button: 'Move back to draft',
    title: 'Move back to draft',
    text: 'No one can sign in through it until testing starts again. The settings stay.',
  },
}

export const CAPABILITY_WORDS = {
  configure: {
    label: 'Configure',
    hint: 'Change the IdP’s identifier, URLs, certificates and settings.',
  },
  test: {
    label: 'Test',
    hint: 'Start testing, nominate testers, sign off, review rollout lists, give the go-ahead.',
  },
  release: {
    label: 'Release NameIDs',
    hint: 'Let users sign in again whose NameID changed at the IdP.',
  },
} as const

export const SIGN_IN_METHODS = {
  password: 'Password',
  sso_enabled: 'SSO or password',
  sso_enforced: 'SSO only',
} as const

export const CERTIFICATE_WARNINGS = {
  expired: 'Expired, but accepted because it is pinned. Replace it with the IdP’s next one.',
  not_yet_valid: 'Not valid yet, but accepted because it is pinned.',
  expires_soon: 'Expires soon. Get the IdP’s next certificate and add it here before then.',
  unused: 'No recent login was signed with its key.',
  missing_in_metadata: 'No longer in the IdP’s metadata.',
} as const

/** What is wrong, what to do next and, where it helps, what was expected and received. */
export function messageOf(problem: Problem, preset?: Preset): string {
  const { code, expected, received } = problem
  if (code === 'input') {
    const verb = problem.field && CHOSEN_FIELDS.has(problem.field) ? 'Choose' : 'Enter'
    return `${verb} ${expected}.`
  }
  const { title } = CATALOGUE[code]
  const remedy = problem.remedy ?? (preset ? remedyFor(preset, code) : CATALOGUE[code].remedy)
  if (code === 'limit_reached') return `${title}: ${expected}. ${remedy}`
  const evidence = SELF_EXPLAINING.has(code)
    ? ''
    : ` Expected: ${expected}. Received: ${received.replace('{}', '') || 'nothing'}.`
  return `${title}. ${remedy}${evidence}`
}

/** Controls that are not typed into. */
const CHOSEN_FIELDS: ReadonlySet<string> = new Set([
  'file',
  'selectors',
  'users',
  'verdict',
  'expiresInDays',
  'expiresInMinutes',
])

/** Codes whose title and remedy need no evidence. */
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

/** The outcome of a login. Codes come from the database: an unknown one is shown as it is. */
export function outcomeOf(code: string | null): string {
  if (code === null) return 'Signed in'
  return isErrorCode(code) ? CATALOGUE[code].title : humanized(code)
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CATALOGUE, code)
}

/** Names of checks, neutral about whether they passed. */
const CHECKS: Readonly<Record<string, string>> = {
  response_version: 'SAML version',
  destination: 'Destination of the response',
  response_issuer: 'Issuer of the response',
  status: 'Status',
  in_response_to: 'Response to our request',
  signature: 'Signature',
  signature_invalid: 'Signature',
  assertion_issuer: 'Issuer of the assertion',
  subject: 'Subject',
  name_id: 'NameID',
  name_qualifier: 'IdP of the NameID',
  sp_name_qualifier: 'Service of the NameID',
  name_id_format: 'Format of the NameID',
  bearer: 'Bearer confirmation',
  recipient: 'Recipient',
  issue_instant: 'Time of issue',
  confirmation_not_on_or_after: 'Delivery deadline',
  confirmation_not_before: 'NotBefore in the confirmation',
  confirmation_in_response_to: 'Confirmation of our request',
  audience: 'Audience',
  not_before: 'Start of validity',
  not_on_or_after: 'End of validity',
  condition_unknown: 'Conditions',
  authn_statement: 'Authentication statement',
  time_unreadable: 'Format of a time',
  authn_instant: 'Time of authentication',
  authn_too_old: 'Age of the authentication',
  authn_not_forced: 'New authentication',
  authn_context: 'Authentication context',
  session_not_on_or_after: 'End of the IdP session',
  attribute_duplicate: 'Repeated attributes',
  attribute_missing: 'E-mail, first and last name',
  email: 'E-mail',
}

/** The result of a check as a status. */
export function resultOf({ ok, isWarning }: { ok: boolean; isWarning?: true }) {
  if (!ok) return { tone: 'danger', word: 'Failed' } as const
  return isWarning
    ? ({ tone: 'warning', word: 'Warning' } as const)
    : ({ tone: 'good', word: 'Passed' } as const)
}

export function nameOfCheck(code: string): string {
  return CHECKS[code] ?? humanized(code)
}
