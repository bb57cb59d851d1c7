// What may be done with a connection: who may, is the input good, change and audit in one batch.
import { mayTouch } from '../audit/actor.ts'
import { difference } from '../audit/store.ts'
import { isForeignKeyViolation } from '../db/client.ts'
import { done, problem, type Outcome, type Request } from '../outcome.ts'
import { checkKeyStrength, parseCertificates, type Certificate } from '../saml/certificate.ts'
import { METADATA_BYTES, parseIdpMetadata, type IdpMetadata } from '../saml/idp-metadata.ts'
import type { Refusal } from '../saml/refusal.ts'
import { createSid } from '../sid.ts'
import type { Connection } from './connection.ts'
import { checkReachable, fetchPublic, type PublicFetchOptions } from './fetch-public.ts'
import { checkFields, type ConnectionFields } from './fields.ts'
import { effectOfEdit, transition, type ConnectionState, type LifecycleEvent } from './lifecycle.ts'
import {
  findCertificates,
  findConnection,
  findConnections,
  insertConnection,
  updateConnection,
  type ConnectionChange,
  type ConnectionRow,
} from './store.ts'

/** A draft that nobody can log in through yet. Refuses `not_there`, and what `checkFields` refuses. */
export async function createConnection(
  request: Request,
  tenantSid: string,
  fields: Partial<ConnectionFields> & { name: string },
): Promise<Outcome<Connection>> {
  if (!mayTouch(request.actor, tenantSid)) return problem('not_there', 'a tenant', tenantSid)
  const checked = checkFields(fields, request.allowHttp)
  if (!checked.ok) return checked
  const sid = createSid('CN')
  try {
    await insertConnection(request, {
      entityID: '',
      ...fields,
      sid,
      tenantSid,
      state: 'draft',
      createdAt: request.now,
      updatedAt: request.now,
    })
  } catch (error) {
    if (isForeignKeyViolation(error)) return problem('not_there', 'a tenant', tenantSid)
    throw error
  }
  return getConnection(request, sid)
}

/** Refuses `not_there`, also for a connection of a tenant that the actor may not touch. */
export async function getConnection(request: Request, sid: string): Promise<Outcome<Connection>> {
  const connection = await findConnection(request.db, sid)
  return connection && mayTouch(request.actor, connection.tenantSid)
    ? done(connection)
    : problem('not_there', 'a connection', sid)
}

/** Refuses `not_there`. */
export async function listConnections(
  request: Request,
  tenantSid: string,
): Promise<Outcome<ConnectionRow[]>> {
  return mayTouch(request.actor, tenantSid)
    ? done(await findConnections(request.db, tenantSid))
    : problem('not_there', 'a tenant', tenantSid)
}

export type Edit = {
  fields?: Partial<ConnectionFields>
  addCertificates?: readonly Certificate[]
  removeCertificates?: readonly string[]
}

/** What an edit would do: the fields that change, the certificates that come and go, and whether the state falls back. */
export type Preview = {
  before: Record<string, unknown>
  after: Record<string, unknown>
  addedCertificates: string[]
  removedCertificates: string[]
  /** `testing` where a connection that was tested has to be tested again. */
  state: ConnectionState
}

type Plan = Preview & { change: ConnectionChange }

/**
 * Edits fields and certificates. With `preview` nothing is changed. Refuses `not_there`, what `checkFields` refuses, weak or
 * unknown certificates, and `revision_changed` where somebody else was faster.
 */
export async function editConnection(
  request: Request,
  sid: string,
  edit: Edit,
  options: { preview?: boolean; action?: string } = {},
): Promise<Outcome<Preview>> {
  const found = await getConnection(request, sid)
  if (!found.ok) return found
  const connection = found.value
  const plan = await planEdit(request, connection, edit, options.action ?? 'connection.edit')
  if (!plan.ok) return plan
  const { change, ...preview } = plan.value
  if (options.preview || isNothing(preview)) return done(preview)
  if (!(await updateConnection(request, connection, change)))
    return problem('revision_changed', `revision ${connection.revision}`, 'another')
  return done(preview)
}

/**
 * Fills identifier, SSO URLs and certificates from the IdP's metadata; certificates that it does not have stay. `entityID` chooses one
 * of several. Refuses the `metadata_*`, `certificate_*` and `xml_*` codes, and what `editConnection` refuses.
 */
export async function importMetadata(
  request: Request,
  sid: string,
  bytes: Uint8Array,
  options: { entityID?: string; preview?: boolean } = {},
): Promise<Outcome<Preview>> {
  const metadata = await parseIdpMetadata(bytes, {
    now: request.now,
    allowHttp: request.allowHttp,
    ...(options.entityID && { entityID: options.entityID }),
  })
  if (!metadata.ok) return fromRefusal(metadata.refusal, 'metadata')
  const edit = { fields: fieldsOf(metadata.value), addCertificates: metadata.value.certificates }
  return editConnection(request, sid, edit, {
    preview: options.preview === true,
    action: 'connection.import_metadata',
  })
}

/** The same from a URL, which has to be public. Refuses the `endpoint_*` codes too. */
export async function importMetadataFromURL(
  request: Request,
  sid: string,
  url: string,
  network: PublicFetchOptions,
  options: { entityID?: string; preview?: boolean } = {},
): Promise<Outcome<Preview>> {
  const fetched = await fetchPublic(url, { ...network, maximumBytes: METADATA_BYTES })
  if (!fetched.ok)
    return problem(fetched.code, 'metadata at a public https URL', fetched.reason, 'metadata')
  if (fetched.status !== 200)
    return problem('endpoint_unreachable', 'status 200', `${fetched.status}`, 'metadata')
  return importMetadata(request, sid, fetched.body, options)
}

export type Reachability = { field: string; url: string } & Awaited<
  ReturnType<typeof checkReachable>
>

/** Whether the URLs of a connection are reached from the Internet. Refuses `not_there`. */
export async function checkConnection(
  request: Request,
  sid: string,
  network: PublicFetchOptions,
): Promise<Outcome<Reachability[]>> {
  const found = await getConnection(request, sid)
  if (!found.ok) return found
  const urls = (['ssoRedirectURL', 'ssoPostURL', 'logoutRedirectURL'] as const).flatMap((field) => {
    const url = found.value[field]
    return url === null ? [] : [{ field, url }]
  })
  return done(
    await Promise.all(
      urls.map(async (one) => ({ ...one, ...(await checkReachable(one.url, network)) })),
    ),
  )
}

/** Reads certificates as pasted or uploaded, for an edit. Refuses the `certificate_*` and `signature_key_*` codes. */
export async function readCertificates(text: string): Promise<Outcome<Certificate[]>> {
  const certificates = await parseCertificates(text)
  return certificates.ok
    ? done(certificates.value)
    : fromRefusal(certificates.refusal, 'certificate')
}

/** Moves the connection through its life. Refuses `not_there`, `lifecycle` and `revision_changed`. */
export async function changeState(
  request: Request,
  sid: string,
  event: LifecycleEvent,
): Promise<Outcome<Connection>> {
  const found = await getConnection(request, sid)
  if (!found.ok) return found
  const connection = found.value
  const result = transition(connection.state, event, {
    ...connection,
    changedSinceSuspended: connection.suspendedRevision !== connection.revision,
  })
  if (!result.ok) return problem(result.code, result.expected, result.received)
  const { state, suspendedFrom } = result
  const suspendedRevision = suspendedFrom === null ? null : connection.revision
  const changed = await updateConnection(request, connection, {
    row: { state, suspendedFrom, suspendedRevision },
    addCertificates: [],
    removeCertificates: [],
    event: {
      action: `connection.${event}`,
      before: { state: connection.state },
      after: { state },
    },
  })
  return changed
    ? getConnection(request, sid)
    : problem('revision_changed', `revision ${connection.revision}`, 'another')
}

async function planEdit(
  request: Request,
  connection: Connection,
  { fields = {}, addCertificates = [], removeCertificates = [] }: Edit,
  action: string,
): Promise<Outcome<Plan>> {
  const checked = checkFields(fields, request.allowHttp)
  if (!checked.ok) return checked
  const present = await findCertificates(request.db, connection.sid)
  const removed = present.filter(({ fingerprint }) => removeCertificates.includes(fingerprint))
  if (removed.length !== removeCertificates.length)
    return problem(
      'certificate_unknown',
      'fingerprints of this connection',
      removeCertificates.join(', '),
    )
  for (const { key } of addCertificates) {
    const strength = checkKeyStrength(key)
    if (!strength.ok) return fromRefusal(strength.refusal, 'certificate')
  }
  const added = addCertificates.filter(
    ({ fingerprint }) => !present.some((one) => one.fingerprint === fingerprint),
  )

  // One certificate more trusts no less than before: logins on their way and attestations stay good.
  const remaining = present.filter((certificate) => !removed.includes(certificate))
  const effect = effectOfEdit(
    { ...connection, certificates: present.map(({ fingerprint }) => fingerprint) },
    { ...connection, ...fields, certificates: remaining.map(({ fingerprint }) => fingerprint) },
  )
  const wasTested = connection.state === 'validated' || connection.state === 'live'
  const state = effect.breaksTrust && wasTested ? 'testing' : connection.state
  const preview: Preview = {
    ...difference(connection, fields),
    addedCertificates: added.map(({ fingerprint }) => fingerprint),
    removedCertificates: [...removeCertificates],
    state,
  }
  const { before, after, addedCertificates, removedCertificates } = preview
  return done({
    ...preview,
    change: {
      row: { ...fields, state, revision: connection.revision + (effect.raisesRevision ? 1 : 0) },
      addCertificates: added.map(({ fingerprint, base64 }) => ({
        connectionSid: connection.sid,
        fingerprint,
        certificate: base64,
        createdAt: request.now,
      })),
      removeCertificates: removedCertificates,
      event: { action, before, after: { ...after, addedCertificates, removedCertificates } },
    },
  })
}

/** What metadata says about the fields. A binding that it does not have is taken away. */
function fieldsOf({ entityID, ssoEndpoints, wantAuthnRequestsSigned }: IdpMetadata) {
  const location = (wanted: string) =>
    ssoEndpoints.find(({ binding }) => binding === wanted)?.location ?? null
  return {
    entityID,
    ssoRedirectURL: location('HTTP-Redirect'),
    ssoPostURL: location('HTTP-POST'),
    ...(wantAuthnRequestsSigned && { signRequests: true }),
  }
}

function isNothing({ after, addedCertificates, removedCertificates }: Preview): boolean {
  return Object.keys(after).length + addedCertificates.length + removedCertificates.length === 0
}

function fromRefusal({ code, expected, received }: Refusal, field: string) {
  return problem(code, expected, received, field)
}
