// Words of the console and the setup portal: states, steps, checks.
import type { LifecycleEvent } from '../../connections/lifecycle.ts'
import type { ErrorCode } from '../../errors.ts'
import type { Reader } from '../../errors/entry.ts'
import { isErrorCode, titleOf, wordsFor } from '../../error-words.ts'
import type { Problem } from '../../problem.ts'
import { humanized } from './humanized.ts'

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
  rollBack: {
    label: 'Give passwords back',
    hint:
      'Let people of a rollout sign in by password again, at any time. Owners and support are ' +
      'told.',
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
export function messageOf(problem: Problem, reader: Reader): string {
  const { code, expected, received } = problem
  if (code === 'input') {
    const verb = problem.field && CHOSEN_FIELDS.has(problem.field) ? 'Choose' : 'Enter'
    return `${verb} ${expected}.`
  }
  const { title, remedy } = wordsFor(problem, reader, 'page')
  if (code === 'limit_reached') return `${title}: ${expected}. ${remedy}`
  const evidence =
    problem.given || SELF_EXPLAINING.has(code)
      ? ''
      : ` Expected: ${expected}. Received: ${received.replace('{}', '') || 'nothing'}.`
  return `${title}. ${remedy}${evidence}`
}

/** Controls that are not typed into. */
const CHOSEN_FIELDS: ReadonlySet<string> = new Set([
  'file',
  'selectors',
  'types',
  'users',
  'verdict',
  'expiresInDays',
  'expiresInMinutes',
])

/** Codes whose title and remedy need no evidence. */
const SELF_EXPLAINING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'edit_cuts_off',
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
  'metadata_several_entities',
])

/** The outcome of a login. Codes come from the database: an unknown one is shown as it is. */
export function outcomeOf(code: string | null): string {
  if (code === null) return 'Signed in'
  return isErrorCode(code) ? titleOf(code, 'sign_in') : humanized(code)
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
  email_ambiguous: 'One e-mail',
  attribute_missing: 'E-mail, first and last name',
  email: 'E-mail',
  user_unknown: 'User of the e-mail',
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
