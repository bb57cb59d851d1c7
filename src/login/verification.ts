// The expected values for verifying a response, all from the row of one connection. Pure.
import { ourSide, type Connection } from '../connections/connection.ts'
import { MAXIMUM_AUTHN_AGE_SECONDS, type Verification } from '../saml/response/verify-response.ts'

/** The AuthnRequest that the response must answer. `createdAt` in milliseconds since 1970. */
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
    attributeMapping: connection.attributeMapping ?? {},
    maximumAuthnAgeSeconds: MAXIMUM_AUTHN_AGE_SECONDS,
    authnNotBefore: answered?.forceAuthn ? answered.createdAt : undefined,
    ignore: new Set(request === 'unknown' ? ['inResponseTo'] : []),
  }
}
