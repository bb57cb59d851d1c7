// Accepts or refuses a posted response at the ACS: the result is a one-time login code, or a
// refusal and its attempt.
import type { Connection } from '../connections/connection.ts'
import type { Database } from '../platform/db/client.ts'
import { emailKey } from '../directory/email-key.ts'
import type { Config } from '../env.ts'
import type { ErrorCode } from '../errors.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { redactResponse } from '../saml/response/redact.ts'
import {
  verifyResponse,
  type Judgement,
  type Principal,
  type VerifiedLogin,
} from '../saml/response/verify-response.ts'
import { hashSecret } from '../platform/secret.ts'
import { createTimedSid } from '../ids.ts'
import { findWaitingSigner } from './quarantine.ts'
import { closedFor, opensConsole, purposeFor } from './admin-login.ts'
import { admitAdmin } from './admit-admin.ts'
import { HANDLE_SECONDS, isAtRevision, nameUnsolicited, type LoginRequest } from './handle.ts'
import { createLoginCode } from './login-code.ts'
import { openLoginKeys, type LoginKeyRing } from './login-keys.ts'
import { choosePrincipal } from './name-ids/choose-principal.ts'
import { readNameID, type ReceivedNameID } from './name-ids/judge.ts'
import { refuseNameID } from './name-ids/refuse.ts'
import { createNewcomer } from './store/create-newcomer.ts'
import { spendResponse } from './store/spend-response.ts'
import type { Outcome } from './store/outcome.ts'
import type { Attempt, AttemptRecord } from './history/attempt.ts'
import type { TestValues } from './history/tables.ts'
import { noteQuarantined } from './store/quarantine.ts'
import { verificationOf } from './verification.ts'

const LOGIN_CODE_SECONDS = 120

/** A message that is good and has been answered before: the login it was for, and its person. */
export type RepeatedMessage = { name: string; principal: Principal }

type RefusedResponse = {
  ok: false
  code: ErrorCode
  attempt: AttemptRecord
  /** With the code `replayed`. */
  repeated?: RepeatedMessage
}

export type ResponseVerdict =
  /** The code of a test sign-in is null: there is nothing to finish. */
  { ok: true; loginCode: string | null; attempt: AttemptRecord } | RefusedResponse

/** What a posted response belongs to: a login that we began, or none. */
export type IncomingResponse =
  | { kind: 'answer'; request: LoginRequest }
  | { kind: 'unsolicited' }
  /**
   * Refused already. The response is verified all the same, so that its attempt shows all checks.
   */
  | { kind: 'refused'; code: ErrorCode; idpInitiated: boolean }

/** True if the response answers a test sign-in. */
export function isTest(incoming: IncomingResponse): boolean {
  return incoming.kind === 'answer' && incoming.request.purpose === 'test'
}

export async function acceptResponse(
  db: Database,
  config: Config,
  connection: Connection,
  keys: Pick<KeyRing, 'decryptionKeys'>,
  field: string,
  incoming: IncomingResponse,
  now: number,
): Promise<ResponseVerdict> {
  const refusedBefore = earlyRefusal(connection, incoming)
  const decryptionKeys = await keys.decryptionKeys()
  const start = performance.now()
  const request = incoming.kind === 'answer' ? incoming.request : null
  const expected = verificationOf(config.origin, connection, request, now)
  const verification = { ...expected, decryptionKeys }
  // Testers see all failing checks at once.
  const everyRow = isTest(incoming)
  const judgement = await verifyResponse(field, verification, { everyRow })
  // Workers stop their clock while they compute: 0 there, real under `wrangler dev`.
  const verifyMicros = Math.round((performance.now() - start) * 1000)
  const attempt: Attempt = { ...attemptOf(connection, judgement, incoming, now), verifyMicros }
  const isProven = judgement.proven
  const refused = (code: ErrorCode, userSid: string | null = null): RefusedResponse => ({
    ok: false,
    code,
    attempt: { ...attempt, code, userSid, isProven },
  })

  if (refusedBefore) return refused(refusedBefore)
  if (judgement.refusal) {
    const signer = await findWaitingSigner(db, connection.sid, field, judgement, verification)
    if (signer === undefined) return refused(judgement.refusal.code)
    attempt.certificateFingerprint = signer
    await noteQuarantined(db, connection, signer, now)
    return refused('signature_key_quarantined')
  }
  const ring = await openLoginKeys(config.loginSecrets)
  const { login } = judgement
  if (!login) throw new TypeError('a response that is not refused is a verified login')
  const principal = await choosePrincipal(db, connection, login.principals)
  if (principal === undefined) {
    const emails = login.principals.map(({ email }) => email)
    if (attempt.isTest) attempt.testValues = { emails }
    attempt.checks = attempt.checks.map((row) =>
      row.code === 'email_ambiguous' ? { ...row, ok: false } : row,
    )
    return refused('email_ambiguous')
  }
  const proof = { login, principal }
  if (incoming.kind === 'answer' && opensConsole(connection)) {
    const { request: asked } = incoming
    const admission = await admitAdmin(db, connection, attempt, proof, asked)
    if (admission.code !== null) return refused(admission.code)
    const { loginCode } = admission
    return { ok: true, loginCode, attempt: { ...attempt, code: null, userSid: null, isProven } }
  }
  const accepted = await spendVerified(db, connection, ring, attempt, proof, incoming, now)
  if (accepted.outcome === 'replayed') return { ...refused('replayed'), repeated: accepted.message }
  const { code, userSid } = accepted.outcome
  if (code === null)
    return {
      ok: true,
      loginCode: accepted.loginCode,
      attempt: { ...attempt, code, userSid, isProven },
    }
  if (attempt.isTest && code !== 'name_id') attempt.testValues = valuesOfTest(principal)
  if (code === 'user_unknown') {
    const { rowOfUnknown } = await import('./unknown-email.ts')
    const row = await rowOfUnknown(db, connection.tenantSid, emailKey(principal.email)!)
    attempt.checks = [...attempt.checks, row]
  }
  if (code !== 'name_id') return refused(code, userSid)
  const { sid: connectionSid, entityID } = connection
  const at = { connectionSid, entityID, now }
  const { nameID, outcome } = accepted
  const unfit = await refuseNameID(db, config.loginSecrets, at, nameID, outcome)
  attempt.checks = [...attempt.checks, unfit.row]
  if (attempt.isTest) attempt.testValues = { nameID: nameID.value }
  return refused(unfit.code, userSid)
}

function attemptOf(
  { sid: connectionSid, revision }: Connection,
  judgement: Judgement,
  incoming: IncomingResponse,
  now: number,
): Omit<Attempt, 'verifyMicros'> {
  return {
    sid: createTimedSid('AT', now),
    connectionSid,
    checks: judgement.checks,
    message: judgement.response && redactResponse(judgement.response.element),
    idpInitiated:
      incoming.kind === 'refused' ? incoming.idpInitiated : incoming.kind === 'unsolicited',
    certificateFingerprint: judgement.certificateFingerprint,
    isTest: isTest(incoming),
    clockOffset: clockOffsetOf(judgement, now),
    revision,
    createdAt: now,
  }
}

/** What the IdP said about the tester, who reads it on the page of the test. */
function valuesOfTest({ nameID, email, firstName, lastName }: Principal): TestValues {
  return { nameID, emails: [email], firstName, lastName }
}

/** A hint only: IssueInstant is unsigned if only the assertion is signed. */
function clockOffsetOf({ response }: Judgement, now: number): number | null {
  return response?.issueInstant === undefined ? null : response.issueInstant - now
}

/** The state of the connection counts as it is now, not as it was when the login began. */
function earlyRefusal(connection: Connection, incoming: IncomingResponse): ErrorCode | undefined {
  if (incoming.kind === 'refused') return incoming.code
  const asked = incoming.kind === 'answer' ? incoming.request.purpose : 'login'
  const closed = closedFor(connection, purposeFor(connection, asked))
  if (closed) return closed
  if (incoming.kind === 'unsolicited')
    return opensConsole(connection) ? 'idp_initiated_refused' : undefined
  return isAtRevision(incoming.request, connection.revision) ? undefined : 'connection_changed'
}

/** The batch asks again, and all that it depends on. */
function createsNewcomers({ newcomers, newcomersPerHour }: Connection): boolean {
  return newcomers !== 'password' && newcomersPerHour !== null
}

async function spendVerified(
  db: Database,
  connection: Connection,
  ring: LoginKeyRing,
  attempt: Attempt,
  { login, principal }: { login: VerifiedLogin; principal: Principal },
  incoming: IncomingResponse,
  now: number,
): Promise<{
  outcome: 'replayed' | Outcome
  loginCode: string | null
  message: RepeatedMessage
  nameID: ReceivedNameID
}> {
  const key = emailKey(principal.email)
  if (key === undefined || incoming.kind === 'refused')
    throw new TypeError('only a verified login with a principal can be accepted')
  const request = incoming.kind === 'answer' ? incoming.request : null
  const name =
    request?.name ?? (await nameUnsolicited(ring, connection.sid, login.assertion.ID, now))
  const loginCode = isTest(incoming) ? null : createLoginCode(name)
  const nameID = readNameID(principal)
  const response = {
    attempt,
    tenantSid: connection.tenantSid,
    entityID: connection.entityID,
    request: request && {
      id: request.requestID,
      // Long after its handle has expired.
      until: request.createdAt + 2 * HANDLE_SECONDS * 1000,
    },
    assertion: { id: login.assertion.ID, until: login.replayableUntil },
    principal,
    emailKey: key,
    nameID,
    loginCode: loginCode !== null && {
      name,
      codeHash: await hashSecret(loginCode),
      expiresAt: now + LOGIN_CODE_SECONDS * 1000,
    },
  }
  const spent = await spendResponse(db, response)
  const isNewcomer =
    spent !== 'replayed' &&
    spent.code === 'user_unknown' &&
    loginCode !== null &&
    createsNewcomers(connection)
  const outcome = isNewcomer ? await createNewcomer(db, connection.name, response) : spent
  return { outcome, loginCode, nameID, message: { name, principal } }
}
