// What may be done with the URL at which a connection's IdP publishes its metadata: set it, read it again, take it away.
import { done, problem, type Outcome, type Request } from '../../result.ts'
import { parseCertificate } from '../../saml/signature/certificate.ts'
import { isEndpoint } from '../../saml/metadata/endpoint.ts'
import { cut } from '../../saml/refusal.ts'
import type { Connection } from '../connection.ts'
import { fromRefusal } from '../edit.ts'
import { planFailure, planReading, planUnchanged, type RefreshFacts } from './metadata-refresh.ts'
import { getConnection, getConnectionTo } from '../operations.ts'
import { readCertificates } from '../certificates/read-certificates.ts'
import { readMetadata } from './read-metadata.ts'
import { findKeyring, findMetadataSource, updateConnection, type MetadataSource } from '../store.ts'

export type { MetadataSource } from '../store.ts'

/** Null where the connection has none. Refuses `not_there`. */
export async function getMetadataSource(
  request: Request,
  connectionSid: string,
): Promise<Outcome<MetadataSource | null>> {
  const found = await getConnection(request, connectionSid)
  if (!found.ok) return found
  return done((await findMetadataSource(request.db, connectionSid)) ?? null)
}

/**
 * Reads the metadata at once, and from then on regularly. Its signing certificate is PEM or base64; null: it need not be signed,
 * undefined: as before. Where it is pinned, whoever has that key decides which keys logins trust. Refuses `not_there`,
 * `forbidden`, `lifecycle` while suspended, `revision_changed`, and for what is read now, of which nothing is kept then, the
 * `endpoint_*`, `metadata_*`, `xml_*`, `certificate_*` and `signature_*` codes.
 */
export async function setMetadataSource(
  request: Request,
  connectionSid: string,
  input: { url: string; signingCertificate?: string | null | undefined },
): Promise<Outcome<MetadataSource>> {
  const found = await getActive(request, connectionSid)
  if (!found.ok) return found
  const connection = found.value
  const { url } = input
  if (!isEndpoint(url, request.network.allowLocal))
    return problem('endpoint_url', 'an https URL without user name and password', cut(url), 'url')
  const keyring = await findKeyring(request.db, connectionSid)
  const before = keyring.source
  const pinned = await readSigningCertificate(input.signingCertificate, before)
  if (!pinned.ok) return pinned
  const source: MetadataSource = {
    connectionSid,
    url,
    signingCertificate: pinned.value,
    etag: null,
    lastModified: null,
    digest: null,
    difference: null,
    missing: null,
    fetchedAt: null,
    failure: null,
    refreshAt: request.now,
    createdAt: before?.createdAt ?? request.now,
  }
  const read = await readMetadata(request, connection, source)
  if (!read.ok) return fromRefusal(read, 'url')
  if (!read.reading) throw new TypeError('nothing was said of what is known already')
  const { source: state, ...change } = planReading(
    factsOf(request, connection, keyring, source),
    read.reading,
  )
  const settled = { ...source, ...state }
  const changed = await updateConnection(request, connection, {
    ...change,
    keepsVersion: false,
    setSource: settled,
    events: [
      {
        action: 'metadata_source.set',
        ...(before && { before: await shown(before) }),
        after: await shown(settled),
      },
      ...change.events,
    ],
  })
  return changed ? done(settled) : tooLate(connection)
}

/** What it brought stays, but for keys that wait. Refuses `not_there`, `forbidden` and `revision_changed`. */
export async function removeMetadataSource(
  request: Request,
  connectionSid: string,
): Promise<Outcome<null>> {
  const found = await getConnectionTo('configure', request, connectionSid)
  if (!found.ok) return found
  const { source, quarantined } = await findKeyring(request.db, connectionSid)
  if (!source) return done(null)
  const changed = await updateConnection(request, found.value, {
    row: {},
    setSource: null,
    release: quarantined.map(({ fingerprint }) => fingerprint),
    events: [{ action: 'metadata_source.remove', before: { url: source.url } }],
  })
  return changed ? done(null) : tooLate(found.value)
}

/** Reads it now. Whether that failed is in `failure`. Refuses `not_there`, `forbidden`, and `lifecycle` while suspended. */
export async function refreshMetadata(
  request: Request,
  connectionSid: string,
): Promise<Outcome<MetadataSource>> {
  const found = await getActive(request, connectionSid)
  if (!found.ok) return found
  await refresh(request, found.value)
  const source = await findMetadataSource(request.db, connectionSid)
  return source ? done(source) : problem('not_there', 'a metadata URL', connectionSid)
}

/**
 * Reads the metadata of a connection that has a source, and writes down what follows. Where an administrator or another refresh was
 * faster nothing is written: what they did stands.
 */
export async function refresh(request: Request, connection: Connection): Promise<void> {
  const keyring = await findKeyring(request.db, connection.sid)
  const { source } = keyring
  if (!source) return
  const facts = factsOf(request, connection, keyring, source)
  const read = await readMetadata(request, connection, source)
  const change = !read.ok
    ? planFailure(facts, read.code, reasonOf(read))
    : read.reading
      ? planReading(facts, read.reading)
      : planUnchanged(facts)
  await updateConnection(request, connection, { ...change, sourceDue: source.refreshAt })
}

function factsOf(
  { now }: Request,
  connection: Connection,
  keyring: RefreshFacts['keyring'],
  source: MetadataSource,
): RefreshFacts {
  return { connection, keyring, source, now, random: Math.random() }
}

/** A connection that nobody may log in through learns nothing new. */
async function getActive(request: Request, sid: string): Promise<Outcome<Connection>> {
  const found = await getConnectionTo('configure', request, sid)
  return found.ok && found.value.state === 'suspended'
    ? problem('lifecycle', 'a connection that is not suspended', 'suspended')
    : found
}

async function readSigningCertificate(
  input: string | null | undefined,
  before: MetadataSource | undefined,
): Promise<Outcome<string | null>> {
  if (input === undefined) return done(before?.signingCertificate ?? null)
  if (input === null) return done(null)
  const read = await readCertificates(input)
  if (!read.ok) return { ok: false, problem: { ...read.problem, field: 'signingCertificate' } }
  const [certificate, ...others] = read.value
  return certificate && others.length === 0
    ? done(certificate.base64)
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
