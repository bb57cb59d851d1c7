// The authorization endpoint without its HTTP: from a request and a session to a code, an error for
// the client, a login, or our own page where nobody can be answered (RFC 6749 §4.1, OpenID Connect
// Core 1.0 §3.1.2).
import type { Database } from '../platform/db/client.ts'
import { readDomain } from '../directory/domains/domain-name.ts'
import { emailKey } from '../directory/email-key.ts'
import type { Config } from '../env.ts'
import { AUTHENTICATED_AFTER, AUTHORIZATION_PATH } from '../login/pending-request.ts'
import { createSecret, hashSecret } from '../platform/secret.ts'
import { createSid } from '../ids.ts'
import {
  demandOf,
  readResponseTarget,
  readAuthorizationRequest,
  type ResponseTarget,
  type AuthorizationRequest,
  type ProtocolError,
} from './authorization-request.ts'
import { verifyOwnToken } from './signing-keys/signing-keys.ts'
import { findConnectionOfDomain, openGrant, type GrantRequest } from './store/grants.ts'

/** How long a code waits for the client that fetches its tokens. */
const CODE_SECONDS = 60

export type AuthorizationAnswer =
  /** Nobody can be answered: the request may be anybody's. */
  | { kind: 'refused'; code: 'client_unknown' | 'redirect_uri' }
  | { kind: 'answered'; responseTarget: ResponseTarget; fields: Record<string, string> }
  /**
   * Somebody must sign in: through the connection, as the person with the e-mail, or as anybody.
   */
  | { kind: 'login'; returnTo: string; connectionSid?: string; email?: string; isHinted: boolean }

/** One round trip where a session serves; `cookieHash` is that of its cookie. */
export async function answerAuthorizationRequest(
  db: Database,
  config: Pick<Config, 'origin' | 'session'>,
  parameters: URLSearchParams,
  cookieHash: string | undefined,
  now: number,
): Promise<AuthorizationAnswer> {
  const responseTarget = readResponseTarget(parameters)
  if (typeof responseTarget === 'string') return { kind: 'refused', code: responseTarget }
  const request = readAuthorizationRequest(parameters, now)
  const hint = 'error' in request ? null : await readTokenHint(db, config, request)
  const code = createSecret()
  const asked = await openGrant(db, {
    responseTarget,
    tokenHash: cookieHash ?? '',
    grant:
      'error' in request || hint === undefined
        ? null
        : await toGrant(request, code, hint?.sub, now),
    now,
    lifetime: config.session,
  })
  const { client, session, isGranted } = asked
  if (!client || client.disabledAt !== null) return { kind: 'refused', code: 'client_unknown' }
  if (!client.redirectURIs.includes(responseTarget.redirectURI))
    return { kind: 'refused', code: 'redirect_uri' }

  const answer = (fields: Record<string, string>): AuthorizationAnswer => ({
    kind: 'answered',
    responseTarget,
    fields: {
      ...fields,
      ...(responseTarget.state !== null && { state: responseTarget.state }),
      // RFC 9207.
      iss: config.origin,
    },
  })
  const fail = ({ error, description }: ProtocolError) =>
    answer({ error, error_description: description })
  if ('error' in request) return fail(request)
  if (hint === undefined)
    return fail({ error: 'invalid_request', description: 'id_token_hint is no ID token of ours' })
  if (isGranted) return answer({ code })
  if (request.prompts.has('none'))
    return fail({ error: 'login_required', description: 'no session serves this request' })
  if (request.returnedFrom !== undefined)
    return fail({ error: 'login_required', description: 'nor does the session after the login' })

  const way = await findWay(db, request, session)
  return { kind: 'login', ...way, returnTo: returnToOf(parameters, now) }
}

/** The request as it was, to be judged again after the login. */
function returnToOf(parameters: URLSearchParams, now: number): string {
  const query = new URLSearchParams(parameters)
  query.set(AUTHENTICATED_AFTER, String(now))
  return `${AUTHORIZATION_PATH}?${query}`
}

/** Null: none was given. Undefined: it is none of ours. */
async function readTokenHint(
  db: Database,
  { origin }: Pick<Config, 'origin'>,
  { idTokenHint }: AuthorizationRequest,
): Promise<{ sub: string } | null | undefined> {
  if (idTokenHint === undefined) return null
  const claims = await verifyOwnToken(db, origin, idTokenHint)
  return claims?.sub === undefined ? undefined : { sub: claims.sub }
}

/** Null: no session can serve it. */
async function toGrant(
  request: AuthorizationRequest,
  code: string,
  userSid: string | undefined,
  now: number,
): Promise<GrantRequest | null> {
  const demand = demandOf(request, now)
  if (!demand) return null
  const { email, ...rest } = demand
  return {
    sid: createSid('GR'),
    codeHash: await hashSecret(code),
    codeExpiresAt: now + CODE_SECONDS * 1000,
    scope: request.scope,
    nonce: request.nonce,
    codeChallenge: request.codeChallenge,
    demand: {
      ...rest,
      userSid,
      // What is no e-mail is nobody's.
      emailKey: email === undefined ? undefined : (emailKey(email) ?? ''),
    },
  }
}

/** Hints first. Otherwise, a person whose session does not serve goes to that session's IdP. */
async function findWay(
  db: Database,
  { prompts, loginHint, domainHint }: AuthorizationRequest,
  session: { email: string } | undefined,
) {
  const email = loginHint && emailKey(loginHint) !== undefined ? loginHint : undefined
  if (prompts.has('select_account')) return { isHinted: true }
  if (email !== undefined) return { email, isHinted: true }
  const domain = domainHint === undefined ? undefined : readDomain(domainHint)
  const connectionSid = domain?.ok ? await findConnectionOfDomain(db, domain.value) : undefined
  if (connectionSid !== undefined) return { connectionSid, isHinted: true }
  return session ? { email: session.email, isHinted: false } : { isHinted: false }
}
