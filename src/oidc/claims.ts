// The claims of ID token and userinfo. Never a role or a group: the app decides what a user may do,
// not the IdP. Pure.
import type { Principal } from '../saml/response/verify-response.ts'

/** What the claims derive from. Times in milliseconds since 1970. */
export type ClaimFacts = {
  clientSid: string
  sessionSid: string
  userSid: string
  connectionSid: string
  tenantSid: string
  /** The login e-mail in the directory. */
  email: string
  principal: Principal
  /** When the session was opened. */
  openedAt: number
  scope: string
}

const ID_TOKEN_SECONDS = 600

export const CLAIMS = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'acr',
  'amr',
  'sid',
  'at_hash',
  'email',
  'email_verified',
  'given_name',
  'family_name',
  'name',
  'tenant_sid',
  'connection_sid',
]

/** All claims, for any scope: some apps never call userinfo. */
export function idTokenClaims(
  facts: ClaimFacts,
  token: { issuer: string; nonce: string | null; accessTokenHash: string; now: number },
) {
  const { authnContextClassRef, authnInstant } = facts.principal
  const amr = METHODS.get(authnContextClassRef ?? '')
  return {
    iss: token.issuer,
    aud: facts.clientSid,
    exp: seconds(token.now) + ID_TOKEN_SECONDS,
    iat: seconds(token.now),
    // The IdP's clock may be fast.
    auth_time: seconds(Math.min(authnInstant, facts.openedAt)),
    sid: facts.sessionSid,
    at_hash: token.accessTokenHash,
    ...(token.nonce !== null && { nonce: token.nonce }),
    ...(authnContextClassRef !== null && { acr: authnContextClassRef }),
    ...(amr && { amr }),
    ...whose(facts),
    ...emailOf(facts),
    ...namesOf(facts),
  }
}

/** By scope (OpenID Connect Core 1.0 §5.4). */
export function userinfoClaims(facts: ClaimFacts) {
  const scopes = facts.scope.split(' ')
  return {
    ...whose(facts),
    ...(scopes.includes('email') && emailOf(facts)),
    ...(scopes.includes('profile') && namesOf(facts)),
  }
}

function whose({ userSid, tenantSid, connectionSid }: ClaimFacts) {
  return { sub: userSid, tenant_sid: tenantSid, connection_sid: connectionSid }
}

function emailOf({ email }: ClaimFacts) {
  return { email, email_verified: true }
}

function namesOf({ principal: { firstName, lastName } }: ClaimFacts) {
  return {
    ...(firstName !== '' && { given_name: firstName }),
    ...(lastName !== '' && { family_name: lastName }),
    ...(firstName + lastName !== '' && { name: `${firstName} ${lastName}`.trim() }),
  }
}

const CLASS = 'urn:oasis:names:tc:SAML:2.0:ac:classes:'

/**
 * `amr` values (RFC 8176) of AuthnContext classes, by SAML Authentication Context §3.4 or by the
 * IdP's documentation of its own class.
 */
const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  [`${CLASS}Password`, ['pwd']],
  [`${CLASS}PasswordProtectedTransport`, ['pwd']],
  [`${CLASS}TimeSyncToken`, ['otp']],
  [`${CLASS}X509`, ['pop']],
  [`${CLASS}TLSClient`, ['pop']],
  [`${CLASS}SoftwarePKI`, ['swk']],
  [`${CLASS}Smartcard`, ['sc']],
  [`${CLASS}SmartcardPKI`, ['sc', 'pin', 'mfa']],
  [`${CLASS}MobileTwoFactorContract`, ['mfa']],
  [`${CLASS}MobileTwoFactorUnregistered`, ['mfa']],
  ['https://refeds.org/profile/mfa', ['mfa']],
  ['http://schemas.microsoft.com/claims/multipleauthn', ['mfa']],
  ['urn:federation:authentication:windows', ['wia']],
])

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}
