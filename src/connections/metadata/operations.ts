// The operations on the URL of an IdP's metadata: set it, read it again, remove it.
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import { may } from '../../events/actor.ts'
import { parseCertificate } from '../../saml/signature/certificate.ts'
import { visible } from '../../visible.ts'
import { isEndpoint, writtenURL } from '../../endpoint.ts'
import type { Connection } from '../connection.ts'
import { ENDPOINT } from '../field.ts'
import { fromRefusal } from '../edit.ts'
import { planFailure, planReading, planUnchanged, type RefreshFacts } from './metadata-refresh.ts'
import { getConnection, getConnectionTo } from '../operations.ts'
import { readCertificates } from '../certificates/read-certificates.ts'
import { readMetadata } from './read-metadata.ts'
import { findKeyring, findMetadataSource, type MetadataSource } from './store.ts'
import { mustWait } from '../pending/store.ts'
import { updateConnection } from '../store.ts'

export type { MetadataSource } from './store.ts'

/** Null where the connection has none. Refuses `not_there`. */
export async function getMetadataSource(
  context: OperationContext,
  connectionSid: string,
): Promise<Result<MetadataSource | null, Problem>> {
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  return ok((await findMetadataSource(context.db, connectionSid)) ?? null)
}

/**
 * Reads the metadata at once, and from then on regularly. Its signing certificate is PEM or base64;
 * null: it need not be signed, undefined: as before. If it is pinned, the holder of that key
 * decides which keys logins trust. Refuses `not_there`, `forbidden`, `lifecycle` while suspended,
 * `revision_changed`, and for what is read now, of which nothing is kept then, the `endpoint_*`,
 * `metadata_*`, `xml_*`, `certificate_*` and `signature_*` codes.
 */
export async function setMetadataSource(
  context: OperationContext,
  connectionSid: string,
  input: { url: string; signingCertificate?: string | null | undefined },
): Promise<Result<MetadataSource, Problem>> {
  const found = await getActive(context, connectionSid)
  if (!found.ok) return found
  const connection = found.value
  const url = writtenURL(input.url)
  if (!isEndpoint(url, context.network.allowLocal))
    return problem('endpoint_url', ENDPOINT.expected, visible(cut(url)), 'url')
  const keyring = await findKeyring(context.db, connectionSid)
  const before = keyring.source
  const pinned = await readSigningCertificate(input.signingCertificate, before)
  if (!pinned.ok) return pinned
  // The holder of that key decides which keys logins trust.
  const isNewKey = pinned.value !== null && pinned.value !== (before?.signingCertificate ?? null)
  const resource = { tenantSid: connection.tenantSid, connectionSid }
  const isOperator = may(context.actor, 'operate', resource)
  if (isNewKey && !isOperator && (await mustWait(context.db, connectionSid)))
    return problem('waits_for_operator', 'an operator', context.actor.kind, 'signingCertificate')
  const source: MetadataSource = {
    connectionSid,
    url,
    signingCertificate: pinned.value,
    etag: null,
    lastModified: null,
    digest: null,
    difference: null,
    missing: null,
    leftOut: null,
    fetchedAt: null,
    failure: null,
    refreshAt: context.now,
    createdAt: before?.createdAt ?? context.now,
  }
  const read = await readMetadata(context, connection, source)
  if (!read.ok) return fromRefusal(read, 'url', 'metadata')
  if (!read.reading) throw new TypeError('nothing was said of what is known already')
  const { source: state, ...change } = planReading(
    factsOf(context, connection, keyring, source),
    read.reading,
  )
  const settled = { ...source, ...state }
  const changed = await updateConnection(context, connection, {
    ...change,
    keepsVersion: false,
    setSource: settled,
    events: [
      {
        type: 'metadata_source.saved',
        ...(before && { before: await shown(before) }),
        after: await shown(settled),
      },
      ...change.events,
    ],
  })
  return changed ? ok(settled) : tooLate(connection)
}

/**
 * What it brought stays, but for keys that wait. Refuses `not_there`, `forbidden` and
 * `revision_changed`.
 */
export async function removeMetadataSource(
  context: OperationContext,
  connectionSid: string,
): Promise<Result<null, Problem>> {
  const found = await getConnectionTo('configure', context, connectionSid)
  if (!found.ok) return found
  const { source, quarantined } = await findKeyring(context.db, connectionSid)
  if (!source) return ok(null)
  const changed = await updateConnection(context, found.value, {
    row: {},
    setSource: null,
    release: quarantined.map(({ fingerprint }) => fingerprint),
    events: [{ type: 'metadata_source.removed', before: { url: source.url } }],
  })
  return changed ? ok(null) : tooLate(found.value)
}

/**
 * Reads it now. Whether that failed is in `failure`. Refuses `not_there`, `forbidden`, and
 * `lifecycle` while suspended.
 */
export async function refreshMetadata(
  context: OperationContext,
  connectionSid: string,
): Promise<Result<MetadataSource, Problem>> {
  const found = await getActive(context, connectionSid)
  if (!found.ok) return found
  await refresh(context, found.value)
  const source = await findMetadataSource(context.db, connectionSid)
  return source ? ok(source) : problem('not_there', 'a metadata URL', connectionSid)
}

/**
 * Reads the metadata of a connection that has a source, and writes down what follows. Where an
 * administrator or another refresh was faster nothing is written: what they did stands.
 */
export async function refresh(context: OperationContext, connection: Connection): Promise<void> {
  const keyring = await findKeyring(context.db, connection.sid)
  const { source } = keyring
  if (!source) return
  const facts = factsOf(context, connection, keyring, source)
  const read = await readMetadata(context, connection, source)
  const change = !read.ok
    ? planFailure(facts, { ...read, reason: reasonOf(read) })
    : read.reading
      ? planReading(facts, read.reading)
      : planUnchanged(facts)
  await updateConnection(context, connection, { ...change, sourceDue: source.refreshAt })
}

function factsOf(
  { now }: OperationContext,
  connection: Connection,
  keyring: RefreshFacts['keyring'],
  source: MetadataSource,
): RefreshFacts {
  return { connection, keyring, source, now, random: Math.random() }
}

/** A suspended connection reads no metadata. */
async function getActive(
  context: OperationContext,
  sid: string,
): Promise<Result<Connection, Problem>> {
  const found = await getConnectionTo('configure', context, sid)
  return found.ok && found.value.state === 'suspended'
    ? problem('lifecycle', 'a connection that is not suspended', 'suspended')
    : found
}

async function readSigningCertificate(
  input: string | null | undefined,
  before: MetadataSource | undefined,
): Promise<Result<string | null, Problem>> {
  if (input === undefined) return ok(before?.signingCertificate ?? null)
  if (input === null) return ok(null)
  const read = await readCertificates(input)
  if (!read.ok) return { ok: false, error: { ...read.error, field: 'signingCertificate' } }
  const [certificate, ...others] = read.value
  return certificate && others.length === 0
    ? ok(certificate.base64)
    : problem('input', 'one certificate', `${read.value.length}`, 'signingCertificate')
}

/** What the audit trail keeps of a source: the certificate as its fingerprint. */
async function shown({ url, signingCertificate }: MetadataSource) {
  const pinned = signingCertificate === null ? null : await parseCertificate(signingCertificate)
  return { url, signingCertificate: pinned?.ok ? pinned.value.fingerprint : null }
}

function reasonOf({
  code,
  expected,
  received,
}: {
  code: string
  expected: string
  received: string
}) {
  return cut(code.startsWith('endpoint_') ? received : `expected ${expected}, received ${received}`)
}

function tooLate({ revision }: Connection) {
  return problem('revision_changed', `revision ${revision}`, 'another')
}
