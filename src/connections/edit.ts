// The effect of an edit of a connection: what changes, its effect on trust, and whether it is
// allowed. Pure.
import type { RecordedType } from '../events/catalogue.ts'
import { difference } from '../events/store.ts'
import type { Reachability } from './reachability.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { LIMITS, limitReached } from '../limits.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { storeKey, type Certificate } from '../saml/signature/certificate.ts'
import { checkKeyStrength } from '../saml/signature/public-key.ts'
import type { ErrorCode } from '../errors.ts'
import type { IdpMetadata, LeftOut } from '../saml/metadata/idp-metadata.ts'
import { summarize, type CertificateSummary } from './certificates/certificate-view.ts'
import type { Connection } from './connection.ts'
import { checkFields } from './check-fields.ts'
import type { ConnectionFields } from './field.ts'
import { CONNECTION_FIELD_LIST } from './fields.ts'
import type { ConnectionState } from './lifecycle.ts'
import { refuseForOperators } from './of-operators.ts'
import { closedReason } from './standing.ts'
import { effectOfEdit, saysTrust, stateAfter } from './trust.ts'
import { missingFrom } from './usable.ts'
import type { ConnectionChange } from './connection-change.ts'
import type { Keyring, MetadataSource } from './metadata/store.ts'

export type Edit = {
  fields?: Partial<ConnectionFields>
  addCertificates?: readonly Certificate[]
  removeCertificates?: readonly string[]
  /** The removed keys are in other hands: the sessions that they have opened end. */
  compromised?: boolean | undefined
}

/**
 * What an edit would do: the fields that change, the certificates that come and go, and whether the
 * state falls back.
 */
export type Preview = {
  before: Record<string, unknown>
  after: Record<string, unknown>
  addedCertificates: string[]
  /** The same in full, DER in base64: the person who confirms them sees what they are. */
  newCertificates: string[]
  /** The same as administrators read them. */
  certificates: CertificateSummary[]
  removedCertificates: string[]
  /**
   * `testing` where a connection that was tested has to be tested again, `draft` where logins
   * cannot use it any more.
   */
  state: ConnectionState
  /** How many open sessions the removed keys have opened, and whether these end. */
  openSessions: number
  endsSessions: boolean
  /** How many people may sign in by SSO only and could be cut off by it. */
  cutsOff: number
  /** True: proposed, not made. An operator decides. */
  waits: boolean
  /** Of the URLs that change, whether they answer. */
  reachability: Reachability[]
  warnings: PreviewWarning[]
  /** Keys and endpoints of the metadata that cannot be used, beside others that can. */
  leftOut: LeftOut[]
}

export type PreviewWarning =
  'nothing_changes' | 'certificate_expired' | 'certificate_not_yet_valid' | 'url_not_reachable'

export type EditPlan = {
  preview: Preview
  /** True: logins that work now may not work after it. */
  mayCutOff: boolean
  /** True: it says what logins trust, or where people are sent. Taking a key away does not. */
  bringsTrust: boolean
  /** Undefined where the edit changes nothing. */
  change: ConnectionChange | undefined
}

/** Refuses a field that operators alone may set, `operators_tenant`, and as `checkFields`. */
export function checkEdit(
  context: OperationContext,
  tenantSid: string,
  fields: Partial<ConnectionFields>,
): Result<Partial<ConnectionFields>, Problem> {
  const { kind } = context.actor
  const reserved = CONNECTION_FIELD_LIST.find(
    ([name, { mayEdit }]) => mayEdit === 'operators' && name in fields,
  )
  if (reserved && kind === 'customer admin')
    return problem('forbidden', 'an operator', kind, reserved[0])
  return refuseForOperators(tenantSid, fields) ?? checkFields(fields, context.network.allowLocal)
}

/**
 * Refuses what `checkEdit` refuses, keys that are too weak, and certificates that are not there.
 */
export function planEdit(
  context: OperationContext,
  connection: Connection,
  keyring: Keyring,
  edit: Edit,
  type: RecordedType,
): Result<EditPlan, Problem> {
  const { fields: given = {}, addCertificates = [], removeCertificates = [] } = edit
  const compromised = edit.compromised === true && removeCertificates.length > 0
  const checked = checkEdit(context, connection.tenantSid, given)
  if (!checked.ok) return checked
  const fields = checked.value
  const { pinned, source } = keyring
  const keys = planKeys(pinned, addCertificates, removeCertificates)
  if (!keys.ok) return keys
  const { added, removed } = keys.value

  // One certificate more trusts no less than before: logins on their way and signOffs stay good.
  const remaining = pinned.filter((certificate) => !removed.includes(certificate))
  const effect = effectOfEdit(
    { ...connection, certificates: pinned.map(({ fingerprint }) => fingerprint) },
    { ...connection, ...fields, certificates: remaining.map(({ fingerprint }) => fingerprint) },
  )
  const after = { ...connection, ...fields, certificates: [...remaining, ...added] }
  const state = stateAfter(connection.state, effect.breaksTrust, missingFrom(after).length === 0)
  const mayCutOff =
    closedReason(connection) === null &&
    (effect.breaksTrust || state === 'draft' || (removed.length > 0 && !hasUsed(remaining)))
  const changed = difference(connection, fields)
  const certificates = added.map((certificate) => summarize(certificate, context.now))
  const isNothing = Object.keys(changed.after).length + added.length + removed.length === 0
  const preview: Preview = {
    ...changed,
    addedCertificates: added.map(({ fingerprint }) => fingerprint),
    newCertificates: added.map(({ base64 }) => base64),
    certificates,
    removedCertificates: [...removeCertificates],
    state,
    openSessions: 0,
    endsSessions:
      removed.length > 0 && (compromised || after.endSessionsOn.includes('certificate')),
    cutsOff: 0,
    waits: false,
    reachability: [],
    leftOut: [],
    warnings: [...(isNothing ? (['nothing_changes'] as const) : []), ...warningsOf(certificates)],
  }
  const bringsTrust = added.length > 0 || saysTrust(changed.after)
  if (isNothing) return ok({ preview, mayCutOff, bringsTrust, change: undefined })
  const stateChange = difference(connection, { state })
  const { addedCertificates, removedCertificates } = preview
  const change: ConnectionChange = {
    row: { ...fields, state, revision: connection.revision + (effect.raisesRevision ? 1 : 0) },
    addCertificates: added.map((certificate) =>
      pinnedRow(connection.sid, certificate, context.now),
    ),
    removeCertificates: removedCertificates,
    compromised,
    events: [
      {
        type,
        before: { ...changed.before, ...stateChange.before },
        after: {
          ...changed.after,
          addedCertificates,
          removedCertificates,
          ...(compromised && { compromised }),
          ...stateChange.after,
        },
      },
    ],
    ...(source &&
      (effect.raisesRevision || added.length > 0) &&
      changeOfSource(context, source, { ...connection, ...fields }, removed)),
  }
  return ok({ preview, mayCutOff, bringsTrust, change })
}

/** The certificates that come and those that go. */
function planKeys(
  pinned: Keyring['pinned'],
  toAdd: readonly Certificate[],
  toRemove: readonly string[],
): Result<{ added: Certificate[]; removed: Keyring['pinned'] }, Problem> {
  const removed = pinned.filter(({ fingerprint }) => toRemove.includes(fingerprint))
  if (removed.length !== toRemove.length)
    return problem('certificate_unknown', 'fingerprints of this connection', toRemove.join(', '))
  for (const { key } of toAdd) {
    const strength = checkKeyStrength(key)
    if (!strength.ok) return fromRefusal(strength.error, 'certificate', 'certificate')
  }
  const added = toAdd.filter(
    ({ fingerprint }) => !pinned.some((one) => one.fingerprint === fingerprint),
  )
  if (added.length > 0 && pinned.length - removed.length + added.length > LIMITS.certificates.most)
    return limitReached('certificates', 'certificate')
  return ok({ added, removed })
}

/** What an edit means for the metadata that is read regularly. */
function changeOfSource(
  { now }: OperationContext,
  source: MetadataSource,
  edited: Record<string, unknown>,
  removed: Keyring['pinned'],
): Pick<ConnectionChange, 'source' | 'refuse'> {
  const { connectionSid, refreshAt } = source
  const fingerprints = removed.map(({ fingerprint }) => fingerprint)
  return {
    source: {
      ...afterEdit(source, edited, fingerprints),
      refreshAt: Math.min(refreshAt, now),
    },
    // What a person has taken away comes back only by a person: not with the next refresh.
    refuse: removed.map(({ fingerprint, certificate, subject, algorithm, spki }) => ({
      connectionSid,
      fingerprint,
      certificate,
      subject,
      algorithm,
      spki,
      refusedAt: now,
      createdAt: now,
    })),
  }
}

/** Whether a login has shown that the IdP signs with one of them. */
function hasUsed(certificates: Keyring['pinned']): boolean {
  return certificates.some(({ lastUsedAt }) => lastUsedAt !== null)
}

function warningsOf(certificates: readonly CertificateSummary[]): PreviewWarning[] {
  const has = (warning: CertificateSummary['warnings'][number]) =>
    certificates.some(({ warnings }) => warnings.includes(warning))
  return [
    ...(has('expired') ? (['certificate_expired'] as const) : []),
    ...(has('not_yet_valid') ? (['certificate_not_yet_valid'] as const) : []),
  ]
}

export function pinnedRow(
  connectionSid: string,
  certificate: Certificate,
  now: number,
): Required<ConnectionChange>['addCertificates'][number] {
  const { base64, notAfter } = certificate
  return {
    connectionSid,
    certificate: base64,
    ...storeKey(certificate),
    notAfter,
    createdAt: now,
  }
}

/**
 * How the metadata differs from the connection, as far as its last reading tells; the next
 * one is whole.
 */
function afterEdit(
  source: MetadataSource,
  connection: Record<string, unknown>,
  removed: readonly string[],
): Partial<MetadataSource> {
  return {
    etag: null,
    lastModified: null,
    difference: source.difference && someDifference(connection, source.difference.after),
    missing: source.missing && source.missing.filter((one) => !removed.includes(one)),
  }
}

/** Null where there is none. */
export function someDifference(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): MetadataSource['difference'] {
  const found = difference(before, after)
  return Object.keys(found.after).length > 0 ? found : null
}

/** What metadata says about the fields. A binding that it does not have is taken away. */
export function fieldsOf({ entityID, ssoEndpoints, wantAuthnRequestsSigned }: IdpMetadata) {
  const location = (wanted: string) =>
    ssoEndpoints.find(({ binding }) => binding === wanted)?.location ?? null
  return {
    entityID,
    ssoRedirectURL: location('HTTP-Redirect'),
    ssoPostURL: location('HTTP-POST'),
    ...(wantAuthnRequestsSigned && { signRequests: true }),
  }
}

/** What was refused, where in the input it stood, and what it is part of. */
export function fromRefusal<Code extends ErrorCode>(
  { code, expected, received, choices, given }: Omit<Problem<Code>, 'field' | 'context'>,
  field: string,
  context: NonNullable<Problem['context']>,
): { ok: false; error: Problem<Code> } {
  const error = { code, expected, received, field, context }
  return { ok: false, error: { ...error, ...(choices && { choices }), ...(given && { given }) } }
}
