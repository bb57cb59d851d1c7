// Who asks for a revocation: the bearer JWT of the IdP, as Okta's Universal Logout signs it.
import { errors, jwtVerify, type JWTPayload } from 'jose'
import type { PublicFetchOptions } from '../platform/network/fetch-public.ts'
import type { Database } from '../platform/db/client.ts'
import { findKey, type KeyFailure } from './key-set.ts'
import type { RevocationSource } from './store.ts'

const TYPE = 'global-token-revocation+jwt'
const MAX_TOKEN = 8192
const MAX_JTI = 256
const LIFE_SECONDS = 300
/** Between the IdP's clock and ours. */
const SKEW_SECONDS = 60

/** Why a token is refused: for administrators and the log, never for the caller. */
export type TokenFailure =
  | KeyFailure
  | 'not_set_up'
  | 'no_token'
  | 'malformed'
  | 'algorithm'
  | 'signature'
  | 'type'
  | 'issuer'
  | 'audience'
  | 'jti'
  | 'expired'
  | 'not_yet_valid'
  | 'lives_too_long'

/** `until`: how long the token could be accepted, in milliseconds since 1970. */
export type Caller = { jti: string; until: number }

type RevocationToken = { db: Database; now: number; network: PublicFetchOptions; url: string }

export async function verifyCaller(
  asked: RevocationToken,
  source: RevocationSource,
  authorization: string | undefined,
): Promise<Caller | TokenFailure> {
  const { now, url } = asked
  const token = /^bearer ([\w.-]+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined || token.length > MAX_TOKEN) return 'no_token'
  let keyFailure: KeyFailure | undefined
  try {
    const { payload } = await jwtVerify(
      token,
      async (header) => {
        const key = await findKey(asked, source, header)
        if (typeof key !== 'string') return key
        keyFailure = key
        throw new errors.JWKSNoMatchingKey()
      },
      {
        algorithms: ['RS256'],
        typ: TYPE,
        issuer: source.revocationIssuer,
        requiredClaims: ['aud', 'exp', 'jti'],
        clockTolerance: SKEW_SECONDS,
        currentDate: new Date(now),
      },
    )
    return readClaims(payload, url, now)
  } catch (error) {
    return keyFailure ?? failureOf(error)
  }
}

function readClaims({ aud, exp, jti }: JWTPayload, url: string, now: number) {
  // One audience: a token for two could be used by the other one.
  const [audience, ...others] = [aud].flat()
  if (audience !== url || others.length > 0) return 'audience'
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI) return 'jti'
  if (exp! > now / 1000 + LIFE_SECONDS + SKEW_SECONDS) return 'lives_too_long'
  return { jti, until: Math.floor(exp! * 1000) + SKEW_SECONDS * 1000 }
}

const CLAIMS: Readonly<Record<string, TokenFailure>> = {
  typ: 'type',
  iss: 'issuer',
  aud: 'audience',
  jti: 'jti',
  nbf: 'not_yet_valid',
}

function failureOf(error: unknown): TokenFailure {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIMS[error.claim] ?? 'malformed'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JOSEError || error instanceof TypeError) return 'malformed'
  throw error
}
