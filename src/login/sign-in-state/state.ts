// Why a person can sign in by SSO now, or cannot. Pure: it puts together what the decisions of
// logins say (decide-sign-in.ts, store/outcome.ts) and what the last login ended with.
import type { SignInAnswer } from '../../directory/sign-in/operations.ts'
import { NAME_ID_CODES } from '../name-ids/judge.ts'

/** The first that holds is told. */
export type SignInStateCode =
  /** Nobody has the e-mail; its domain is of a tenant, of none, or one whose newcomers come in. */
  | 'no_entry'
  | 'domain_not_verified'
  | 'newcomer'
  | 'tenant_suspended'
  | 'user_suspended'
  /** SSO is off for the user. */
  | 'password_only'
  | 'plan_required'
  | 'connection_suspended'
  | 'connection_not_ready'
  /** A recovery code or an owner’s way in counts for a while. */
  | 'password_for_now'
  /** The address leads to another user: an alias of the connection. */
  | 'address_of_other'
  /** The NameID is bound to another user, or is another one than is bound. */
  | 'name_id'
  /** The last login came through a connection that is not the user’s. */
  | 'enforced_elsewhere'
  | 'other_connection'
  | 'refused_lately'
  | 'well'

/** A login that is known to be the person's. */
export type LastLogin = { sid: string; connectionSid: string; code: string | null }

export type SignInStateFacts = {
  answer: SignInAnswer
  /** What a login through the user's connection would end with now, as the database has it. */
  outcome: { code: string | null; userSid: string | null } | null
  /** Null: none is kept. */
  last: LastLogin | null
  /** The tenant that has the e-mail's domain verified. */
  holder: string | null
}

export type SignInState = {
  code: SignInStateCode
  /** Of the last login that was refused for it. */
  attempt: LastLogin | null
  /** Of an e-mail that nobody has: the tenant of its domain. */
  tenantSid: string | null
}

const OF_NAME_IDS: ReadonlySet<string> = new Set(NAME_ID_CODES)

export function stateOf(facts: SignInStateFacts): SignInState {
  const code = codeOf(facts)
  const { last, holder } = facts
  return { code, attempt: BY_LOGIN.has(code) && last?.code ? last : null, tenantSid: holder }
}

const BY_LOGIN: ReadonlySet<SignInStateCode> = new Set<SignInStateCode>([
  'password_only',
  'name_id',
  'enforced_elsewhere',
  'other_connection',
  'refused_lately',
])

function codeOf({ answer, outcome, last, holder }: SignInStateFacts): SignInStateCode {
  const { userSid, connectionSid, secondConnectionSid, decision, reason } = answer
  if (userSid === null) {
    if (connectionSid !== null) return 'newcomer'
    return holder === null ? 'domain_not_verified' : 'no_entry'
  }
  if (reason === 'sso_off' || reason === 'user_unknown') return 'password_only'
  if (reason !== 'sso_enabled' && reason !== 'sso_enforced' && decision !== 'choice')
    return reason === 'recovery_code' || reason === 'break_glass' ? 'password_for_now' : reason
  if (outcome && outcome.userSid !== userSid) return 'address_of_other'
  if (outcome?.code === 'name_id') return 'name_id'
  if (!last?.code) return 'well'
  const isOwn = [connectionSid, secondConnectionSid].includes(last.connectionSid)
  // The state of today decides about these, whatever it was then.
  if (last.code === 'user_suspended') return 'well'
  if (last.code === 'user_not_enabled') {
    if (isOwn) return 'well'
    return decision === 'sso' ? 'enforced_elsewhere' : 'other_connection'
  }
  return OF_NAME_IDS.has(last.code) && isOwn ? 'name_id' : 'refused_lately'
}
