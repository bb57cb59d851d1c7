// The token and revocation endpoints without their HTTP (RFC 6749 §4.1.3, §5.2 and §6, RFC 7009).
import { encode } from 'jose/base64url'
import { readCredentials } from '../clients/authenticate.ts'
import type { Client } from '../clients/client.ts'
import { DAY } from '../durations.ts'
import type { Database } from '../platform/db/client.ts'
import type { Config, LoginSecrets } from '../env.ts'
import { hashSecret } from '../platform/secret.ts'
import { idTokenClaims, type ClaimFacts } from './claims.ts'
import type { ProtocolError } from './authorization-request.ts'
import { createToken, PREFIXES, readCode, readToken } from './grant-token.ts'
import { signerOf } from './signing-keys/signing-keys.ts'
import { exchange, isRotated, type Presented, type Verdict } from './store/exchange.ts'
import type { Proof } from './store/proof.ts'
import { findAccess, revoke } from './store/tokens.ts'

/** A request to the token or revocation endpoint. */
export type TokenRequest = {
  db: Database
  config: Pick<Config, 'origin' | 'session' | 'keySecrets' | 'loginSecrets'>
  authorization: string | undefined
  form: URLSearchParams
  now: number
}

type TokenExchange = TokenRequest & {
  /** Is called if neither PKCE nor a nonce protected the code, once a day for each client. */
  noteUnprotected: (clientSid: string) => void
}

/** Exchanges a code or a refresh token. One round trip. */
export async function issueTokens(
  asked: TokenExchange,
): Promise<Record<string, unknown> | ProtocolError> {
  const { db, config, form, now } = asked
  const proof = await readProof(asked)
  if ('error' in proof) return proof
  const brought = await readPresented(form, config.loginSecrets)
  if (brought && 'error' in brought) return brought
  const { client, found, keys } = await exchange(db, {
    proof,
    presented: brought?.presented,
    name: crypto.randomUUID(),
    now,
    lifetime: config.session,
  })
  if (!client?.isProven) return unproven(proof, client)
  if (!brought || !found || found.verdict !== null)
    return { error: 'invalid_grant', description: WHY[found?.verdict ?? 'unknown'] }
  const { presented, secret } = brought
  const accessToken = await createToken(config.loginSecrets, 'access', secret, now)
  const signer = signerOf(db, config.keySecrets, keys, now)
  const claims = idTokenClaims(found, {
    issuer: config.origin,
    // No nonce after a refresh (OpenID Connect Core 1.0 §12.2).
    nonce: presented.kind === 'code' ? found.nonce : null,
    accessTokenHash: await leftHalf(accessToken),
    now,
  })
  if (isUnprotected(found, presented) && (found.unprotectedCodeAt ?? 0) <= now - DAY)
    asked.noteUnprotected(found.clientSid)
  const number = nextNumber(presented, proof)
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    // No token outlives the session.
    expires_in: Math.min(found.accessSeconds, Math.floor((found.sessionExpiresAt - now) / 1000)),
    ...(found.isRefreshable && {
      refresh_token: await createToken(config.loginSecrets, 'refresh', secret, number),
    }),
    id_token: await signer.sign(claims, { typ: 'JWT', algorithm: found.algorithm }),
    scope: found.scope,
  }
}

/** Only `state`, which we cannot see used, then ties the code to the browser that asked for it. */
function isUnprotected(
  { codeChallenge, nonce }: { codeChallenge: string | null; nonce: string | null },
  { kind }: Presented,
): boolean {
  return kind === 'code' && codeChallenge === null && nonce === null
}

/** The number of the refresh token that the client gets: its own again, unless it is rotated. */
function nextNumber(presented: Presented, proof: Proof): number {
  if (presented.kind === 'code') return 0
  return isRotated(proof) ? presented.number + 1 : presented.number
}

/** The facts of an access token, while it is valid. One round trip, or none for other texts. */
export async function factsOf(
  db: Database,
  config: Pick<Config, 'session' | 'loginSecrets'>,
  accessToken: string,
  now: number,
): Promise<ClaimFacts | undefined> {
  const token = await readToken(config.loginSecrets, 'access', accessToken)
  return token && findAccess(db, token, now, config.session)
}

/** RFC 7009. An unknown token counts as revoked. One round trip. */
export async function revokeToken(asked: TokenRequest): Promise<ProtocolError | null> {
  const proof = await readProof(asked)
  if ('error' in proof) return proof
  const text = asked.form.get('token')
  if (!text) return invalid('token is missing')
  const kind = text.startsWith(PREFIXES.access) ? 'access' : 'refresh'
  const read = await readToken(asked.config.loginSecrets, kind, text)
  const { client, found } = await revoke(asked.db, proof, read && { kind, ...read }, asked.now)
  if (!client?.isProven) return unproven(proof, client)
  return !found || found.clientSid === proof.credentials.clientSid
    ? null
    : { error: 'invalid_grant', description: 'the token belongs to another client' }
}

/** Error descriptions for the developer. Only the holder of the code or token can see them. */
const WHY: Readonly<Record<Verdict | 'unknown', string>> = {
  unknown: 'there is no such code or refresh token, or it belongs to another client',
  spent: 'it was used before: the tokens issued from it have been revoked',
  ended: 'it has been revoked',
  expired: 'it has expired',
  redirect_uri: 'redirect_uri is not that of the authorization request',
  code_verifier:
    'code_verifier is missing, does not match the code_challenge, or belongs to a code without one',
  refresh_never: 'the client gets no refresh tokens, or none without offline_access',
  session: 'the session has ended',
}

/** What the client brought, and the secret that makes tokens of it. Undefined: it is not ours. */
type Brought = { presented: Presented; secret: string }

async function readPresented(
  form: URLSearchParams,
  secrets: LoginSecrets,
): Promise<Brought | undefined | ProtocolError> {
  const grantType = form.get('grant_type')
  if (!grantType) return invalid('grant_type is missing')
  if (grantType === 'refresh_token') {
    const text = form.get('refresh_token')
    if (!text) return invalid('refresh_token is missing')
    const read = await readToken(secrets, 'refresh', text)
    return read && { presented: { kind: 'refresh', ...read }, secret: read.secret }
  }
  if (grantType !== 'authorization_code')
    return {
      error: 'unsupported_grant_type',
      description: 'grant_type must be authorization_code or refresh_token',
    }
  const [code, redirectURI, verifier] = ['code', 'redirect_uri', 'code_verifier'].map((name) =>
    form.get(name),
  )
  if (!code) return invalid('code is missing')
  if (!redirectURI) return invalid('redirect_uri is missing')
  // RFC 7636 §4.1.
  if (verifier && !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier))
    return invalid('code_verifier is malformed')
  const [key, codeChallenge] = await Promise.all([
    readCode(code),
    verifier ? hashSecret(verifier) : null,
  ])
  return key && { presented: { kind: 'code', ...key, redirectURI, codeChallenge }, secret: code }
}

async function readProof({ authorization, form }: TokenRequest): Promise<Proof | ProtocolError> {
  const names = [...form.keys()]
  if (new Set(names).size < names.length) return invalid('a parameter comes more than once')
  const credentials = readCredentials(authorization, form)
  if (credentials === 'invalid_request')
    return invalid('the client uses more than one authentication method')
  if (credentials === 'invalid_client')
    return { error: 'invalid_client', description: 'the client sends no credentials' }
  const { secret } = credentials
  return { credentials, secretHash: secret === null ? null : await hashSecret(secret) }
}

/** Names the client's type: it is no secret, and a missing secret is the most frequent mistake. */
function unproven(
  { credentials }: Proof,
  client: Pick<Client, 'clientType'> | undefined,
): ProtocolError {
  const isPublic = credentials.secret === null
  const isOtherType = client && (client.clientType === 'public') !== isPublic
  return {
    error: 'invalid_client',
    description: isOtherType
      ? isPublic
        ? 'the client has a secret, and the request does not'
        : 'the client is public: it has no secret, and the request has one'
      : 'there is no such client, it is disabled, or the secret is wrong',
  }
}

/** The left half of the SHA-256, for `at_hash` (OpenID Connect Core 1.0 §3.1.3.6). */
async function leftHalf(token: string): Promise<string> {
  const hash = new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)),
  )
  return encode(hash.subarray(0, 16))
}

function invalid(description: string): ProtocolError {
  return { error: 'invalid_request', description }
}
