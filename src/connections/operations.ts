// What may be done with a connection: who may, is the input good, change and audit in one batch.
import { may, maySee, type Resource } from '../audit/actor.ts'
import { difference } from '../audit/store.ts'
import { toPage, type Page, type PageRequest } from '../db/page.ts'
import type { Reachability } from '../db/schema.ts'
import { done, problem, type Outcome, type Request } from '../outcome.ts'
import { checkKeyStrength, parseCertificates, type Certificate } from '../saml/certificate.ts'
import { METADATA_BYTES, parseIdpMetadata, type IdpMetadata } from '../saml/idp-metadata.ts'
import type { Refusal } from '../saml/refusal.ts'
import { createSid } from '../sid.ts'
import type { Connection } from './connection.ts'
import { checkReachable, fetchPublic } from './fetch-public.ts'
import { checkFields, type ConnectionFields } from './fields.ts'
import { effectOfEdit, transition, type ConnectionState, type LifecycleEvent } from './lifecycle.ts'
import {
  findCertificates,
  findConnection,
  findConnections,
  findTenantPlan,
  insertConnection,
  updateConnection,
  type ConnectionChange,
  type ConnectionListing,
} from './store.ts'

export type { ConnectionListing } from './store.ts'

/**
 * A draft that nobody can log in through yet. Refuses `not_there`, `forbidden`, `plan_required`, and what `checkFields`
 * refuses.
 */
export async function createConnection(
  request: Request,
  tenantSid: string,
  fields: Partial<ConnectionFields> & { name: string },
): Promise<Outcome<Connection>> {
  const resource = { tenantSid, connectionSid: null }
  const plan = maySee(request.actor, resource)
    ? await findTenantPlan(request.db, tenantSid)
    : undefined
  if (plan === undefined) return problem('not_there', 'a tenant', tenantSid)
  if (!may(request.actor, 'configure', resource)) return notAllowed(request)
  if (plan !== 'enterprise') return problem('plan_required', 'plan enterprise', plan)
  const checked = checkEdit(request, fields)
  if (!checked.ok) return checked
  const sid = createSid('CN')
  await insertConnection(request, {
    entityID: '',
    ...fields,
    sid,
    tenantSid,
    state: 'draft',
    createdAt: request.now,
    updatedAt: request.now,
  })
  return getConnection(request, sid)
}

/** Refuses `not_there`, also for a connection of a tenant that the actor may not touch. */
export async function getConnection(request: Request, sid: string): Promise<Outcome<Connection>> {
  const connection = await findConnection(request.db, sid)
  return connection && maySee(request.actor, resourceOf(connection))
    ? done(connection)
    : problem('not_there', 'a connection', sid)
}

/** Newest first: of a tenant, or (operators) of all. Refuses `not_there`. */
export async function listConnections(
  request: Request,
  tenantSid: string | undefined,
  page: PageRequest,
): Promise<Outcome<Page<ConnectionListing>>> {
  const resource = { tenantSid: tenantSid ?? null, connectionSid: null }
  if (!maySee(request.actor, resource)) return problem('not_there', 'a tenant', tenantSid ?? 'none')
  return done(toPage(await findConnections(request.db, tenantSid, page), page))
}

export type Edit = {
  fields?: Partial<ConnectionFields>
  addCertificates?: readonly Certificate[]
  removeCertificates?: readonly string[]
}

export type EditOptions = {
  preview?: boolean
  /** The version of the row that was seen, as in `updatedAt`; with another one the edit is refused. */
  ifVersion?: number | undefined
}

/** What an edit would do: the fields that change, the certificates that come and go, and whether the state falls back. */
export type Preview = {
  before: Record<string, unknown>
  after: Record<string, unknown>
  addedCertificates: string[]
  /** The same in full, DER in base64: whoever confirms them sees what they are. */
  newCertificates: string[]
  removedCertificates: string[]
  /** `testing` where a connection that was tested has to be tested again. */
  state: ConnectionState
}

type Plan = Preview & { change: ConnectionChange }

/**
 * Edits fields and certificates. With `preview` nothing is changed. Refuses `not_there`, what `checkFields` refuses, weak or
 * unknown certificates, `forbidden`, and `revision_changed` where somebody else was faster.
 */
export async function editConnection(
  request: Request,
  sid: string,
  edit: Edit,
  options: EditOptions & { action?: string } = {},
): Promise<Outcome<Preview>> {
  const found = await getConnectionTo('configure', request, sid)
  if (!found.ok) return found
  const connection = found.value
  if (options.ifVersion !== undefined && options.ifVersion !== connection.updatedAt)
    return problem('revision_changed', `version ${options.ifVersion}`, `${connection.updatedAt}`)
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
  options: EditOptions & { entityID?: string | undefined } = {},
): Promise<Outcome<Preview>> {
  const found = await getConnectionTo('configure', request, sid)
  if (!found.ok) return found
  const metadata = await parseIdpMetadata(bytes, {
    now: request.now,
    allowHttp: request.network.allowLocal,
    ...(options.entityID && { entityID: options.entityID }),
  })
  if (!metadata.ok) return fromRefusal(metadata.refusal, 'metadata')
  const edit = { fields: fieldsOf(metadata.value), addCertificates: metadata.value.certificates }
  return editConnection(request, sid, edit, { ...options, action: 'connection.import_metadata' })
}

/** The same from a URL, which has to be public. Refuses the `endpoint_*` codes too. */
export async function importMetadataFromURL(
  request: Request,
  sid: string,
  url: string,
  options: EditOptions & { entityID?: string | undefined } = {},
): Promise<Outcome<Preview>> {
  const found = await getConnectionTo('configure', request, sid)
  if (!found.ok) return found
  const fetched = await fetchPublic(url, { ...request.network, maximumBytes: METADATA_BYTES })
  if (!fetched.ok)
    return problem(fetched.code, 'metadata at a public https URL', fetched.reason, 'metadata')
  if (fetched.status !== 200)
    return problem('endpoint_unreachable', 'status 200', `${fetched.status}`, 'metadata')
  return importMetadata(request, sid, fetched.body, options)
}

/** Whether the URLs of a connection are reached from the Internet. Refuses `not_there` and `forbidden`. */
export async function checkConnection(
  request: Request,
  sid: string,
): Promise<Outcome<Reachability[]>> {
  const found = await getConnectionTo('configure', request, sid)
  if (!found.ok) return found
  const urls = (['ssoRedirectURL', 'ssoPostURL', 'logoutRedirectURL'] as const).flatMap((field) => {
    const url = found.value[field]
    return url === null ? [] : [{ field, url }]
  })
  return done(
    await Promise.all(
      urls.map(async (one) => ({ ...one, ...(await checkReachable(one.url, request.network)) })),
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

/** Events that a customer's administrator may cause. The others are the operators'. */
const CUSTOMER_EVENTS: ReadonlySet<LifecycleEvent> = new Set(['begin_testing', 'withdraw'])

/**
 * Moves the connection through its life. Refuses `not_there`, `forbidden`, `plan_required`, `lifecycle` and
 * `revision_changed`.
 */
export async function changeState(
  request: Request,
  sid: string,
  event: LifecycleEvent,
): Promise<Outcome<Connection>> {
  const found = await getConnectionTo(CUSTOMER_EVENTS.has(event) ? 'test' : 'operate', request, sid)
  if (!found.ok) return found
  const connection = found.value
  const { plan } = connection.tenant
  if (plan !== 'enterprise' && ACTIVATING.has(event))
    return problem('plan_required', 'plan enterprise', plan)
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

/** Events after which people may log in. */
const ACTIVATING: ReadonlySet<LifecycleEvent> = new Set([
  'begin_testing',
  'validate',
  'go_live',
  'resume',
])

/** A connection that the actor may change in that way. Refuses `not_there` and `forbidden`. */
async function getConnectionTo(
  how: Parameters<typeof may>[1],
  request: Request,
  sid: string,
): Promise<Outcome<Connection>> {
  const found = await getConnection(request, sid)
  if (!found.ok || may(request.actor, how, resourceOf(found.value))) return found
  return notAllowed(request)
}

function resourceOf({ tenantSid, sid }: { tenantSid: string; sid: string }): Resource {
  return { tenantSid, connectionSid: sid }
}

function notAllowed({ actor }: Request) {
  return problem('forbidden', 'somebody who may do that', actor.kind)
}

/** Legacy switches weaken every login of the connection: they are not the customer's to set. */
function checkEdit(
  request: Request,
  fields: Partial<ConnectionFields>,
): Outcome<Partial<ConnectionFields>> {
  if ('allow' in fields && request.actor.kind === 'customer admin')
    return problem('forbidden', 'an operator', request.actor.kind, 'allow')
  return checkFields(fields, request.network.allowLocal)
}

async function planEdit(
  request: Request,
  connection: Connection,
  { fields = {}, addCertificates = [], removeCertificates = [] }: Edit,
  action: string,
): Promise<Outcome<Plan>> {
  const checked = checkEdit(request, fields)
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
    newCertificates: added.map(({ base64 }) => base64),
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
