// What a run of the synthetic login asks for: a key, what came of a response, and the key's end.
import { ourSide } from '../connections/connection.ts'
import { fromRefusal } from '../connections/edit.ts'
import { may } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { findAttempt } from '../login/history/store/attempts.ts'
import { askHistory } from '../platform/db/history.ts'
import { problem, type Problem } from '../problem.ts'
import { PROBE_CONNECTION } from '../probe-sids.ts'
import { ok, type Result } from '../result.ts'
import { parseCertificate } from '../saml/signature/certificate.ts'
import { checkKeyStrength } from '../saml/signature/public-key.ts'
import { deleteProbeKey, insertProbeKey, KEY_MILLISECONDS, PROBE_IDP } from './store.ts'

export type ProbeRun = {
  fingerprint: string
  /** Until the key is taken away where nobody does it before. */
  expiresAt: number
  /** Where the login begins. */
  loginURL: string
  idpEntityID: string
  spEntityID: string
  acsURL: string
}

export type ProbeResult = {
  /** Everything was good but the person: the connection has nobody. */
  passed: boolean
  code: string | null
  /** The first check that failed. */
  failed: string | null
}

/**
 * Trusts a key for one run. Refuses `forbidden`, `certificate_malformed`,
 * `certificate_private_key`, `signature_key_weak`, `signature_key_unsupported` and
 * `probes_at_once`.
 */
export async function startProbe(
  context: OperationContext,
  origin: string,
  text: string,
): Promise<Result<ProbeRun, Problem>> {
  const { db, now } = context
  const refusal = mayProbe(context, 'keys')
  if (refusal) return refusal
  const certificate = await parseCertificate(text)
  if (!certificate.ok) return fromRefusal(certificate.error, 'certificate', 'certificate')
  const strength = checkKeyStrength(certificate.value.key)
  if (!strength.ok) return fromRefusal(strength.error, 'certificate', 'certificate')
  if (!(await insertProbeKey(db, certificate.value, now)))
    return problem('probes_at_once', 'at most 20 runs at once', 'another one', 'certificate')
  const { entityID, acsURL } = ourSide(origin, PROBE_CONNECTION)
  return ok({
    fingerprint: certificate.value.fingerprint,
    expiresAt: now + KEY_MILLISECONDS,
    loginURL: `${origin}/sso/${PROBE_CONNECTION}?test`,
    idpEntityID: PROBE_IDP.entityID,
    spEntityID: entityID,
    acsURL,
  })
}

/** Takes the key of a run away. It is no fault if somebody has done so. Refuses `forbidden`. */
export async function endProbe(
  context: OperationContext,
  fingerprint: string,
): Promise<Result<null, Problem>> {
  const refusal = mayProbe(context, 'keys')
  if (refusal) return refusal
  await deleteProbeKey(context.db, fingerprint)
  return ok(null)
}

/** What came of a response. Refuses `forbidden`, `not_there` and `history_unavailable`. */
export async function getProbeResult(
  context: OperationContext,
  attemptSid: string,
): Promise<Result<ProbeResult, Problem>> {
  const refusal = mayProbe(context, 'view')
  if (refusal) return refusal
  const found = await askHistory(context.history, 'get_probe_result', (db) =>
    findAttempt(db, attemptSid),
  )
  if (!found.ok) return problem('history_unavailable', 'HISTORY answers', found.error)
  const attempt = found.value
  if (attempt?.connectionSid !== PROBE_CONNECTION)
    return problem('not_there', 'an attempt of the synthetic login', attemptSid)
  const { code, checks } = attempt
  // Nobody is the person of the probe: what is said of them is no fault.
  const failed = checks.find((row) => !row.ok && row.code !== 'user_unknown')?.code ?? null
  return ok({ passed: code === 'user_unknown' && failed === null, code, failed })
}

function mayProbe({ actor }: OperationContext, how: 'view' | 'keys') {
  if (may(actor, how, { tenantSid: null, connectionSid: null })) return undefined
  return problem('forbidden', 'an operator', actor.kind)
}
