// What a reading of an IdP's metadata means for the connection. A reading by itself trusts nothing
// and takes nothing away: new keys wait for a person, unless a pinned key has signed the document;
// whatever else differs is written down. Pure.
import { LIMITS } from '../../limits.ts'
import { storeKey } from '../../saml/signature/certificate.ts'
import { checkKeyStrength } from '../../saml/signature/public-key.ts'
import type { IdpMetadata } from '../../saml/metadata/idp-metadata.ts'
import type { Connection } from '../connection.ts'
import { fieldsOf, pinnedRow, someDifference } from '../edit.ts'
import type { ConnectionChange } from '../connection-change.ts'
import type { Keyring, MetadataSource } from './store.ts'
import type { QuarantinedRow } from '../certificates/store.ts'
import { DAY, HOUR, MINUTE } from '../../durations.ts'

/** Between two readings, where the document does not say. */
const INTERVAL = DAY
/** What a document may ask for. */
const SHORTEST_INTERVAL = HOUR
const LONGEST_INTERVAL = 7 * DAY
/** After a failure: the time for which it has failed already, so that the waits double. */
const SHORTEST_RETRY = 15 * MINUTE
const LONGEST_RETRY = DAY

/**
 * Keys that one connection may have waiting, and that one document may bring. Real ones have two or
 * three.
 */
export const MAXIMUM_NEW_KEYS = 20

/** A document that was read, and under the pinned certificate where there is one. */
export type Reading = {
  metadata: IdpMetadata
  etag: string | null
  lastModified: string | null
  /** SHA-256, base64url. */
  digest: string
}

/**
 * What a refresh is planned from. `random` is of [0, 1), so that not all connections are due at
 * once.
 */
export type RefreshFacts = {
  connection: Connection
  keyring: Pick<Keyring, 'pinned' | 'quarantined'>
  source: MetadataSource
  now: number
  random: number
}

type Refresh = ConnectionChange & { source: Partial<MetadataSource> & { refreshAt: number } }

/** When to read again. `cacheSeconds` is what the document asks for. */
export function nextReading(now: number, cacheSeconds: number | null, random: number): number {
  const asked = cacheSeconds === null ? INTERVAL : cacheSeconds * 1000
  return now + jitter(between(SHORTEST_INTERVAL, asked, LONGEST_INTERVAL), random)
}

/** Everything stays as it was. */
export function planFailure(
  { source, now, random }: RefreshFacts,
  { code, reason, given }: Omit<NonNullable<MetadataSource['failure']>, 'since'>,
): Refresh {
  const since = source.failure?.since ?? now
  const wait = between(SHORTEST_RETRY, now - since, LONGEST_RETRY)
  return {
    row: {},
    keepsVersion: true,
    source: {
      failure: { code, reason, since, ...(given && { given }) },
      refreshAt: now + jitter(wait, random),
    },
    events: source.failure
      ? []
      : [{ type: 'metadata_source.failed', after: { url: source.url, code, reason } }],
  }
}

/** The document is the one that was read before. */
export function planUnchanged({ source, now, random }: RefreshFacts): Refresh {
  return {
    row: {},
    keepsVersion: true,
    source: { fetchedAt: now, failure: null, refreshAt: nextReading(now, null, random) },
    events: recovery(source),
  }
}

/** The document was read. Keys count only where it is of the IdP that the connection trusts. */
export function planReading(facts: RefreshFacts, reading: Reading): Refresh {
  const { connection, source, now, random } = facts
  const { metadata, digest } = reading
  const difference = someDifference(connection, fieldsOf(metadata))
  const keys = metadata.entityID === connection.entityID ? planKeys(facts, metadata) : NO_KEYS
  // A 304 does not say that a document has expired, nor when it wants to be read again.
  const isTimeless = metadata.validUntil === null && metadata.cacheSeconds === null
  const isNew = difference && JSON.stringify(difference) !== JSON.stringify(source.difference)
  return {
    row: {},
    // Without a new pinned key nothing was edited.
    keepsVersion: keys.addCertificates.length === 0,
    addCertificates: keys.addCertificates,
    quarantine: keys.quarantine,
    release: keys.release,
    source: {
      etag: isTimeless ? reading.etag : null,
      lastModified: isTimeless ? reading.lastModified : null,
      digest,
      difference,
      missing: keys.missing ?? source.missing,
      leftOut: metadata.leftOut,
      fetchedAt: now,
      failure: null,
      refreshAt: nextReading(now, metadata.cacheSeconds, random),
    },
    events: [
      ...recovery(source),
      ...keys.events,
      ...(isNew
        ? [
            {
              type: 'metadata_source.changed' as const,
              before: difference.before,
              after: difference.after,
            },
          ]
        : []),
    ],
  }
}

type Keys = Required<
  Pick<ConnectionChange, 'addCertificates' | 'quarantine' | 'release' | 'events'>
> & { missing: string[] | undefined }

const NO_KEYS: Keys = {
  addCertificates: [],
  quarantine: [],
  release: [],
  events: [],
  missing: undefined,
}

function planKeys({ connection, keyring, source, now }: RefreshFacts, metadata: IdpMetadata): Keys {
  const { pinned, quarantined } = keyring
  const isSigned = source.signingCertificate !== null
  const has = (rows: readonly { fingerprint: string }[], wanted: string) =>
    rows.some(({ fingerprint }) => fingerprint === wanted)
  const refused = quarantined.filter(({ refusedAt }) => refusedAt !== null)
  const waiting = quarantined.filter(
    (row) => row.refusedAt === null && has(metadata.certificates, row.fingerprint),
  )
  const undecided = metadata.certificates.filter(
    ({ fingerprint, key }) =>
      !has(pinned, fingerprint) && !has(refused, fingerprint) && checkKeyStrength(key).ok,
  )
  const room = Math.max(0, LIMITS.certificates.most - pinned.length)
  const promoted = isSigned ? undecided.slice(0, Math.min(MAXIMUM_NEW_KEYS, room)) : []
  // Those of signed metadata for which there is no room wait too: somebody has to make room.
  const found = undecided
    .filter((one) => !promoted.includes(one) && !has(waiting, one.fingerprint))
    .slice(0, Math.max(0, MAXIMUM_NEW_KEYS - waiting.length))
  return {
    addCertificates: promoted.map((certificate) => pinnedRow(connection.sid, certificate, now)),
    quarantine: found.map((certificate): QuarantinedRow => ({
      connectionSid: connection.sid,
      certificate: certificate.base64,
      ...storeKey(certificate),
      refusedAt: null,
      lastSeenAt: null,
      createdAt: now,
    })),
    // Keys that left the metadata are not offered. Who serves old signed metadata again must not
    // bring back what was refused.
    release: quarantined
      .filter(
        ({ fingerprint, refusedAt }) =>
          !has(metadata.certificates, fingerprint) && !(isSigned && refusedAt !== null),
      )
      .map(({ fingerprint }) => fingerprint),
    missing: pinned
      .filter(({ fingerprint }) => !has(metadata.certificates, fingerprint))
      .map(({ fingerprint }) => fingerprint),
    events: [
      ...(promoted.length > 0 ? [trustEvent(promoted)] : []),
      ...(found.length > 0 ? [quarantineEvent(found)] : []),
    ],
  }
}

type Pinnable = readonly { fingerprint: string }[]

const trustEvent = (promoted: Pinnable) =>
  ({
    type: 'certificate.trusted',
    after: { addedCertificates: fingerprints(promoted) },
  }) as const

const quarantineEvent = (found: Pinnable) =>
  ({ type: 'certificate.quarantined', after: { certificates: fingerprints(found) } }) as const

function fingerprints(certificates: Pinnable): string[] {
  return certificates.map(({ fingerprint }) => fingerprint)
}

function recovery({ failure, url }: MetadataSource): ConnectionChange['events'] {
  return failure ? [{ type: 'metadata_source.recovered', before: failure, after: { url } }] : []
}

function jitter(duration: number, random: number): number {
  return Math.round(duration * (0.9 + 0.2 * random))
}

function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
