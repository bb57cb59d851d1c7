// Tables of metadata URLs.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../tables.ts'
import type { ErrorCode } from '../../errors.ts'

/**
 * Where a connection's IdP publishes its metadata. Written by administrators and by the refresh; read by both. Deleted when
 * the URL is taken away.
 */
export const metadataSources = sqliteTable(
  'metadata_sources',
  {
    connectionSid: text('connection_sid')
      .primaryKey()
      .references(() => connections.sid),
    url: text('url').notNull(),
    /** The certificate (DER in base64) that signs this metadata, pinned: only then a refresh may trust new keys by itself. */
    signingCertificate: text('signing_certificate'),
    /** For conditional requests (RFC 9110 §13.1). */
    etag: text('etag'),
    lastModified: text('last_modified'),
    /** SHA-256 of the document read last, base64url. */
    digest: text('digest'),
    /** What it says otherwise than the connection, keys aside: waits for a person. */
    difference: text('difference', { mode: 'json' }).$type<{
      before: Record<string, unknown>
      after: Record<string, unknown>
    }>(),
    /** Fingerprints of pinned certificates that it has no more. */
    missing: text('missing', { mode: 'json' }).$type<string[]>(),
    /** When it was read whole and understood last. */
    fetchedAt: integer('fetched_at'),
    /** Why the last refresh failed, and since when they fail; null: it did not. What was read before stays in force. */
    failure: text('failure', { mode: 'json' }).$type<{
      code: ErrorCode
      reason: string
      since: number
    }>(),
    /** When the next refresh is due. */
    refreshAt: integer('refresh_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('metadata_sources_due').on(table.refreshAt)],
)
