// The token and revocation endpoints without their HTTP (RFC 6749 §4.1.3, §5.2 and §6, RFC 7009).
import { encode } from 'jose/base64url'
import { readCredentials } from '../clients/authenticate.ts'
import type { Database } from '../platform/db/client.ts'
import type { Config } from '../env.ts'
import { createSecret, hashSecret } from '../platform/secret.ts'
import { idTokenClaims } from './claims.ts'
import type { ProtocolError } from './authorization-request.ts'
import { signerOf } from './signing-keys/signing-keys.ts'
import { exchange, revoke, type Presented, type Proof, type CodeVerdict } from './store/tokens.ts'

const ACCESS_SECONDS = 600
/** Prefixes for secret scanners of repositories and logs. */
const ACCESS_PREFIX = 'gpa_'
const REFRESH_PREFIX = 'gpr_'

/** A request to the token or revocation endpoint. */
export type TokenRequest = {
  db: Database
  config: Pick<Config, 'origin' | 'session' | 'keySecrets'>
  authorization: string | undefined
  form: URLSearchParams
  now: number
}

/** Exchanges a code or a refresh token. One round trip. */
export async function issueTokens(
  asked: TokenRequest,
): Promise<Record<string, unknown> | ProtocolError> {
  const { db, config, form, now } = asked
  const proof = await readProof(asked)
  if ('error' in proof) return proof
  const presented = await readPresented(form)
  if ('error' in presented) return presented
  const accessToken = `${ACCESS_PREFIX}${createSecret()}`
  const refreshToken = `${REFRESH_PREFIX}${createSecret()}`
  const { client, found, keys } = await exchange(db, {
    proof,
    presented,
    access: { hash: await hashSecret(accessToken), expiresAt: now + ACCESS_SECONDS * 1000 },
    refreshHash: await hashSecret(refreshToken),
    now,
    lifetime: config.session,
  })
  if (!client?.isProven) return unproven(proof, client)
  if (!found || found.verdict !== null)
    return { error: 'invalid_grant', description: WHY[found?.verdict ?? 'unknown'] }
  const signer = await signerOf(db, config.keySecrets, keys, now)
  const claims = idTokenClaims(found, {
    issuer: config.origin,
    // No nonce after a refresh (OpenID Connect Core 1.0 §12.2).
    nonce: presented.kind === 'code' ? found.nonce : null,
    accessTokenHash: await leftHalf(accessToken),
    now,
  })
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: ACCESS_SECONDS,
    refresh_token: refreshToken,
    id_token: await signer.sign(claims, { typ: 'JWT' }),
    scope: found.scope,
  }
}

/** RFC 7009. An unknown token counts as revoked. One round trip. */
export async function revokeToken(asked: TokenRequest): Promise<ProtocolError | null> {
  const proof = await readProof(asked)
  if ('error' in proof) return proof
  const token = asked.form.get('token')
  if (!token) return invalid('token is missing')
  const { client, found } = await revoke(asked.db, proof, await hashSecret(token), asked.now)
  if (!client?.isProven) return unproven(proof, client)
  return !found || found.clientSid === proof.credentials.clientSid
    ? null
    : { error: 'invalid_grant', description: 'the token belongs to another client' }
}

/** Error descriptions for the developer. Only the holder of the code or token can see them. */
const WHY: Readonly<Record<CodeVerdict | 'unknown', string>> = {
  unknown: 'there is no such code or refresh token, or it belongs to another client',
  spent: 'it was used before: the tokens issued from it have been revoked',
  ended: 'it has been revoked',
  expired: 'it has expired',
  redirect_uri: 'redirect_uri is not that of the authorization request',
  code_verifier: 'code_verifier does not match the code_challenge',
  session: 'the session has ended',
}

async function readPresented(form: URLSearchParams): Promise<Presented | ProtocolError> {
  const grantType = form.get('grant_type')
  if (!grantType) return invalid('grant_type is missing')
  if (grantType === 'refresh_token') {
    const token = form.get('refresh_token')
    return token
      ? { kind: 'refresh', hash: await hashSecret(token) }
      : invalid('refresh_token is missing')
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
  if (!verifier || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier))
    return invalid('code_verifier is missing or malformed')
  const [hash, codeChallenge] = await Promise.all([hashSecret(code), hashSecret(verifier)])
  return { kind: 'code', hash, redirectURI, codeChallenge }
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

/** Names the registered method: it is no secret, and a wrong one is the most frequent mistake. */
function unproven({ credentials }: Proof, client: { method: string } | undefined): ProtocolError {
  const isOtherMethod = client && client.method !== credentials.method
  return {
    error: 'invalid_client',
    description: isOtherMethod
      ? `the client is registered for ${client.method}`
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
