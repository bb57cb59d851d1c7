// The discovery document (OpenID Connect Discovery 1.0 §3, RFC 8414 §2). Pure.
import { ID_TOKEN_ALGORITHMS } from '../clients/client.ts'
import { AUTHORIZATION_PATH } from '../login/pending-request.ts'
import { CLAIMS } from './claims.ts'
import { PROMPTS, RESPONSE_MODES, SCOPES } from './authorization-request.ts'

/** A confidential client may send its secret in either way. */
const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none']

export const PATHS = {
  authorization: AUTHORIZATION_PATH,
  token: '/oauth2/token',
  userinfo: '/oauth2/userinfo',
  revocation: '/oauth2/revoke',
  endSession: '/oauth2/logout',
  jwks: '/oauth2/jwks',
} as const

/** One document for both URLs. A `false` stands where an omitted value would mean true. */
export function describeProvider(issuer: string) {
  const at = (path: string) => `${issuer}${path}`
  return {
    issuer,
    authorization_endpoint: at(PATHS.authorization),
    token_endpoint: at(PATHS.token),
    userinfo_endpoint: at(PATHS.userinfo),
    jwks_uri: at(PATHS.jwks),
    revocation_endpoint: at(PATHS.revocation),
    end_session_endpoint: at(PATHS.endSession),
    scopes_supported: SCOPES,
    claims_supported: CLAIMS,
    response_types_supported: ['code'],
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: ['authorization_code', 'refresh_token'],
    prompt_values_supported: PROMPTS,
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ID_TOKEN_ALGORITHMS,
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  }
}
