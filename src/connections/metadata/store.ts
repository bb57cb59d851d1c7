// The SQL of metadata sources, and of the keys that they bring.
import { eq, inArray, lte, sql } from 'drizzle-orm'
import { certificates, quarantinedCertificates } from '../certificates/tables.ts'
import { metadataSources } from './tables.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import type { CertificateRow, QuarantinedRow } from '../certificates/store.ts'

export type MetadataSource = typeof metadataSources.$inferSelect

/** The keys of an IdP: trusted, waiting or refused, and where its metadata says which they are. */
export type Keyring = {
  pinned: CertificateRow[]
  /** Those that wait, and those that were refused. */
  quarantined: QuarantinedRow[]
  source: MetadataSource | undefined
}

export async function findKeyring(db: Database, connectionSid: string): Promise<Keyring> {
  const { sources, ...keys } = await batch(db, {
    pinned: db
      .select()
      .from(certificates)
      .where(eq(certificates.connectionSid, connectionSid))
      .orderBy(certificates.createdAt),
    quarantined: db
      .select()
      .from(quarantinedCertificates)
      .where(eq(quarantinedCertificates.connectionSid, connectionSid))
      .orderBy(quarantinedCertificates.createdAt),
    sources: db
      .select()
      .from(metadataSources)
      .where(eq(metadataSources.connectionSid, connectionSid)),
  })
  return { ...keys, source: sources[0] }
}

export async function findMetadataSource(
  db: Database,
  connectionSid: string,
): Promise<MetadataSource | undefined> {
  const [source] = await db
    .select()
    .from(metadataSources)
    .where(eq(metadataSources.connectionSid, connectionSid))
  return source
}

/**
 * Takes the sources that are due, the longest due first, by making them due again at `lease`: a run
 * beside this one takes others, and a source at which a run dies does not stop the next run.
 */
export async function leaseDueSources(
  db: Database,
  now: number,
  lease: number,
  limit: number,
): Promise<{ sid: string }[]> {
  const { connectionSid, refreshAt } = metadataSources
  return db
    .update(metadataSources)
    .set({ refreshAt: lease })
    .where(
      inArray(
        connectionSid,
        db
          .select({ connectionSid })
          .from(metadataSources)
          .where(lte(refreshAt, now))
          .orderBy(refreshAt)
          .limit(limit),
      ),
    )
    .returning({ sid: connectionSid })
}

export function updateSource(
  db: Database,
  connectionSid: string,
  source: Partial<MetadataSource>,
  due: number | undefined,
) {
  const { refreshAt } = metadataSources
  return db
    .update(metadataSources)
    .set({
      ...source,
      ...(due !== undefined && {
        refreshAt: sql<number>`CASE WHEN ${refreshAt} = ${due} THEN ${source.refreshAt ?? due} END`,
      }),
    })
    .where(eq(metadataSources.connectionSid, connectionSid))
}

export function putSource(db: Database, source: MetadataSource) {
  return db
    .insert(metadataSources)
    .values(source)
    .onConflictDoUpdate({ target: metadataSources.connectionSid, set: source })
}

export function deleteSource(db: Database, connectionSid: string) {
  return db.delete(metadataSources).where(eq(metadataSources.connectionSid, connectionSid))
}
