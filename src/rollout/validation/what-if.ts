// What if: a response, stored or pasted, judged as the connection is and as it would be after an
// edit. Nothing is kept.
import type { Connection } from '../../connections/connection.ts'
import { planEdit, type Edit, type Preview } from '../../connections/edit.ts'
import { CONNECTION_FIELD_LIST, CONNECTION_FIELDS } from '../../connections/fields.ts'
import { getConnectionTo } from '../../connections/operations.ts'
import { findKeyring, type Keyring } from '../../connections/metadata/store.ts'
import type { ErrorCode } from '../../errors.ts'
import type { KeyRing } from '../../keys/key-ring.ts'
import { getAttempt, type AttemptRow } from '../../login/operations.ts'
import { authnLimitsOf, verificationOf } from '../../login/verification.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { encodeBase64 } from '../../base64.ts'
import { otherThanResponse } from '../../given-instead.ts'
import type { CheckRow } from '../../saml/response/checks.ts'
import { judgeAgain } from '../../saml/response/judge-again.ts'
import { parseCertificate, storeKey, type StoredKey } from '../../saml/signature/certificate.ts'
import { LIMITS } from '../../saml/xml/strict-xml.ts'
import { decodeResponse, parseResponse } from '../../saml/response/response.ts'
import { verifyResponse } from '../../saml/response/verify-response.ts'

/** What is judged: an attempt of the connection, or a response as captured (base64, or XML). */
export type WhatIfSource =
  | { attemptSid: string }
  | {
      response: string
      /** Ours: the addresses that the response has to name, and the keys that open it. */
      origin: string
      keys: Pick<KeyRing, 'decryptionKeys'>
      /** As which moment it is judged, milliseconds since 1970. Default: when the IdP made it. */
      at?: number | undefined
    }

export type WhatIfRow = CheckRow & {
  /**
   * `judged`: under that configuration. `same`: the edit does not touch what it depends on.
   * `not_judged_again`: it is as it was, and might be otherwise: what it depends on is not kept.
   */
  basis: 'judged' | 'same' | 'not_judged_again'
}

export type WhatIfVerdict = {
  /** `unknown`: no row fails, and not every row could be judged. */
  verdict: 'accepted' | 'refused' | 'unknown'
  /** The first failing code. */
  code: ErrorCode | null
  checks: WhatIfRow[]
}

export type WhatIf = {
  /** The moment as which it was judged. */
  at: number
  before: WhatIfVerdict
  after: WhatIfVerdict
  /** What a what-if does not judge, in words for people. */
  leftOut: string[]
  /** What the edit would change. */
  preview: Preview
}

/**
 * Refuses what `editConnection` refuses of the edit (`forbidden` without the right to save it),
 * `not_there` for an attempt of another connection, `checks_not_kept`, `history_unavailable`,
 * `response_not_base64` for what is known to be something else, and `response_too_large`.
 */
export async function whatIf(
  context: OperationContext,
  connectionSid: string,
  edit: Edit,
  source: WhatIfSource,
): Promise<Result<WhatIf, Problem>> {
  const found = await getConnectionTo('configure', context, connectionSid)
  if (!found.ok) return found
  const connection = found.value
  const keyring = await findKeyring(context.db, connectionSid)
  const plan = planEdit(context, connection, keyring, edit, 'connection.updated')
  if (!plan.ok) return plan
  const { preview } = plan.value
  const draft = await draftOf(connection, keyring, edit, preview)
  if ('attemptSid' in source) {
    const attempt = await getAttempt(context, source.attemptSid)
    if (!attempt.ok) return attempt
    if (attempt.value.connectionSid !== connectionSid)
      return problem('not_there', 'an attempt of this connection', source.attemptSid)
    if (!attempt.value.hasDetail)
      return problem('checks_not_kept', 'an attempt with its checks', source.attemptSid)
    return ok({ ...judgeStored(attempt.value, draft, preview), preview })
  }
  const given = otherThanResponse(source.response)
  if (given)
    return problem('response_not_base64', 'a SAML response', given, 'response', {
      context: 'response',
      given,
    })
  const field = readPasted(source.response)
  // As at the ACS, before anything is decoded: what is longer is no response.
  if (field === undefined)
    return problem('response_too_large', `at most ${LIMITS.bytes} bytes`, 'more', 'response', {
      context: 'response',
    })
  const judged = await judgePasted(context, connection, draft, { ...source, field })
  return ok({ ...judged, preview })
}

async function draftOf(
  connection: Connection,
  { pinned }: Keyring,
  { fields = {}, removeCertificates = [] }: Edit,
  { newCertificates }: Preview,
): Promise<Connection> {
  const kept = pinned.filter(({ fingerprint }) => !removeCertificates.includes(fingerprint))
  const added: StoredKey[] = []
  for (const base64 of newCertificates) {
    const certificate = await parseCertificate(base64)
    if (certificate.ok) added.push(storeKey(certificate.value))
  }
  return {
    ...connection,
    ...fields,
    certificates: [...kept, ...added],
  }
}

// Which request it answers is gone with its RelayState.
const LEFT_OUT_OF_PASTED = [
  'InResponseTo: it was not compared with our requests.',
  'Replay: whether the response was used before.',
  'The user: who it is, and whether SSO is enabled for that person.',
]

async function judgePasted(
  context: OperationContext,
  connection: Connection,
  draft: Connection,
  source: Extract<WhatIfSource, { response: string }> & { field: string },
): Promise<Omit<WhatIf, 'preview'>> {
  const { field, origin, keys, at = madeAt(field) ?? context.now } = source
  const decryptionKeys = await keys.decryptionKeys()
  const judge = async (as: Connection): Promise<WhatIfVerdict> => {
    const verification = { ...verificationOf(origin, as, 'unknown', at), decryptionKeys }
    const { checks, refusal } = await verifyResponse(field, verification, { everyRow: true })
    return {
      verdict: refusal ? 'refused' : 'accepted',
      code: refusal?.code ?? null,
      checks: checks.map((row) => ({ ...row, basis: 'judged' })),
    }
  }
  const [before, after] = await Promise.all([judge(connection), judge(draft)])
  return { at, before, after, leftOut: LEFT_OUT_OF_PASTED }
}

/**
 * When the IdP says that it made the response: a capture is older than it may be when it is
 * pasted.
 */
function madeAt(field: string): number | undefined {
  const text = decodeResponse(field)
  const response = text.ok ? parseResponse(text.value) : text
  return response.ok ? response.value.issueInstant : undefined
}

/**
 * A response as people copy it: base64, the form field as browsers show it, or XML. Undefined
 * where it is too large.
 */
function readPasted(text: string): string | undefined {
  if (text.length > 2 * LIMITS.bytes) return undefined
  const trimmed = text.trim()
  if (trimmed.startsWith('<')) return encodeBase64(new TextEncoder().encode(trimmed))
  const field = /^(?:SAMLResponse=)?([^&]*)/.exec(trimmed)![1]!
  try {
    return field.includes('%') ? decodeURIComponent(field) : field
  } catch {
    return field
  }
}

/** The rows that depend on the pinned certificates. */
const OF_CERTIFICATES = CONNECTION_FIELDS.allow.checks

/** Whether the edit touches a field that the row depends on. */
function isTouched(code: string, { after, addedCertificates, removedCertificates }: Preview) {
  const hasOtherCertificates = addedCertificates.length + removedCertificates.length > 0
  return (
    (hasOtherCertificates && OF_CERTIFICATES.test(code)) ||
    CONNECTION_FIELD_LIST.some(([name, { checks }]) => name in after && checks?.test(code))
  )
}

const LEFT_OUT_OF_STORED = [
  'Signature and attribute values: an attempt does not store them. Paste the response to ' +
    'check them.',
  'The user: who it is, and whether SSO is enabled for that person.',
]

/**
 * From the rows as they were judged then: the message was kept without its signature and its
 * values.
 */
function judgeStored(
  attempt: AttemptRow,
  draft: Connection,
  preview: Preview,
): Omit<WhatIf, 'preview'> {
  const again = (row: CheckRow): WhatIfRow => {
    if (!isTouched(row.code, preview)) return { ...row, basis: 'same' }
    // With ForceAuthn the moment of the request counts, and it is not kept.
    const isLost = row.code === 'authn_not_forced' && 'forceAuthn' in preview.after
    const judged = isLost
      ? undefined
      : judgeAgain(row, {
          idpEntityID: draft.entityID,
          now: attempt.createdAt,
          clockSkewSeconds: draft.clockSkewSeconds,
          ...authnLimitsOf(draft),
        })
    return judged ? { ...judged, basis: 'judged' } : { ...row, basis: 'not_judged_again' }
  }
  const before: WhatIfRow[] = attempt.checks.map((row) => ({ ...row, basis: 'same' }))
  const after = attempt.checks.map(again)
  const code = attempt.code as ErrorCode | null
  return {
    at: attempt.createdAt,
    before: { verdict: code === null ? 'accepted' : 'refused', code, checks: before },
    after: verdictOf(attempt, after),
    leftOut: LEFT_OUT_OF_STORED,
  }
}

function verdictOf({ code, checks }: AttemptRow, after: WhatIfRow[]): WhatIfVerdict {
  const failed = after.find(({ ok, basis }) => !ok && basis !== 'not_judged_again')
  if (failed) return { verdict: 'refused', code: failed.code as ErrorCode, checks: after }
  const isOpen = after.some(({ basis }) => basis === 'not_judged_again')
  // A login stops at its first failure, and does not get as far as the rows behind it.
  const hasEnd = checks.at(-1)?.code === 'email'
  if (isOpen || !hasEnd) return { verdict: 'unknown', code: null, checks: after }
  // Refused for what no row is about: the user, the ledger, the browser. The edit changes nothing
  // of it.
  const isOfRow = checks.some((row) => !row.ok && row.code === code)
  return code === null || isOfRow
    ? { verdict: 'accepted', code: null, checks: after }
    : { verdict: 'refused', code: code as ErrorCode, checks: after }
}
