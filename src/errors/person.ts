// The codes that a person who signs in can meet. Each has words in every language; a person who
// meets any other reads that the sign-in was not accepted. A test compares this list with the code.
import type { LOGIN_ERRORS } from './logins.ts'
import type { REQUEST_ERRORS } from './requests.ts'
import type { ROLLOUT_ERRORS } from './rollouts.ts'
import type { SERVICE_ERRORS } from './service.ts'

type Known =
  | keyof typeof REQUEST_ERRORS
  | keyof typeof SERVICE_ERRORS
  | keyof typeof LOGIN_ERRORS
  | keyof typeof ROLLOUT_ERRORS

export const PERSON_CODES = [
  'not_found',
  'method_not_allowed',
  'content_type',
  'body_too_large',
  'body_incomplete',
  'response_field',
  'response_not_base64',
  'response_too_large',
  'response_not_utf8',
  'return_to',
  'single_logout_unsupported',
  'not_same_site',
  'too_many_requests',
  'not_configured',
  'storage_unavailable',
  'storage_full',
  'storage_schema',
  'history_unavailable',
  'internal',
  'connection_unknown',
  'connection_suspended',
  'connection_not_ready',
  'probe_only',
  'start_at_idp',
  'connection_changed',
  'plan_required',
  'relay_state_unknown',
  'relay_state_expired',
  'idp_initiated_refused',
  'restart_loop',
  'user_unknown',
  'newcomer_limit',
  'user_suspended',
  'user_not_enabled',
  'admin_unknown',
  'login_code_unknown',
  'login_code_spent',
  'browser_mismatch',
  'recovery_code',
  'client_unknown',
  'redirect_uri',
  'id_token_hint',
  'post_logout_redirect_uri',
  'break_glass_missing',
] as const satisfies readonly Known[]

export type PersonCode = (typeof PERSON_CODES)[number]

const CODES: ReadonlySet<string> = new Set(PERSON_CODES)

export const isPersonCode = (code: string): code is PersonCode => CODES.has(code)
