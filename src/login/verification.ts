// The expected values for verifying a response, all from the row of one connection. Pure.
import { ourSide, type Connection } from '../connections/connection.ts'
import type { Verification } from '../saml/response/verify-response.ts'

/**
 * The AuthnRequest that the response must answer. `createdAt` in milliseconds since 1970.
 * `forceAuthn`: the authentication must be a new one.
 */
type AnsweredRequest = { requestID: string; createdAt: number; forceAuthn: boolean }

/**
 * `request` is null for an unsolicited response. With `unknown`, InResponseTo is not compared: the
 * request of a recorded response is no longer stored.
 */
export function verificationOf(
  origin: string,
  connection: Connection,
  request: AnsweredRequest | null | 'unknown',
  now: number,
): Omit<Verification, 'decryptionKeys'> {
  const { entityID, acsURL } = ourSide(origin, connection.sid)
  const answered = request === 'unknown' ? null : request
  return {
    idpEntityID: connection.entityID,
    spEntityID: entityID,
    acsURL,
    certificates: connection.certificates,
    allow: new Set(connection.allow),
    now,
    clockSkewSeconds: connection.clockSkewSeconds,
    inResponseTo: answered?.requestID ?? null,
    nameIDFormat: answered ? connection.nameIDFormat : null,
    attributeMapping: connection.attributeMapping ?? {},
    optionalNames: connection.optionalNames,
    ...authnLimitsOf(connection),
    // IdPs say whole seconds, as our IssueInstant does.
    authnNotBefore: answered?.forceAuthn ? Math.floor(answered.createdAt / 1000) * 1000 : null,
    ignore: new Set(request === 'unknown' ? ['inResponseTo'] : []),
  }
}

/** What the connection demands of the authentication at the IdP. */
export function authnLimitsOf({
  maximumAuthnAgeMinutes,
  requireAuthnContext,
  requestedAuthnContext,
}: Pick<
  Connection,
  'maximumAuthnAgeMinutes' | 'requireAuthnContext' | 'requestedAuthnContext'
>): Pick<Verification, 'maximumAuthnAgeSeconds' | 'authnContexts'> {
  return {
    maximumAuthnAgeSeconds: maximumAuthnAgeMinutes === null ? null : maximumAuthnAgeMinutes * 60,
    authnContexts: requireAuthnContext ? requestedAuthnContext : null,
  }
}
