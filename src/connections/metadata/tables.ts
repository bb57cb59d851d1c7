// Tables of metadata URLs.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../tables.ts'
import type { ErrorCode } from '../../errors.ts'
import type { GivenThing } from '../../given-instead.ts'
import type { LeftOut } from '../../saml/metadata/idp-metadata.ts'

/**
 * Where the IdP of a connection publishes its metadata. Administrators and the refresh write and
 * read it. Deleted when somebody removes the URL.
 */
export const metadataSources = sqliteTable(
  'metadata_sources',
  {
    connectionSid: text('connection_sid')
      .primaryKey()
      .references(() => connections.sid),
    url: text('url').notNull(),
    /** The pinned certificate that signs this metadata; only with it a refresh trusts new keys. */
    signingCertificate: text('signing_certificate'),
    /** For conditional requests (RFC 9110 §13.1). */
    etag: text('etag'),
    lastModified: text('last_modified'),
    /** SHA-256 of the last document, base64url. */
    digest: text('digest'),
    /** Where it differs from the connection, keys aside: waits for a decision. */
    difference: text('difference', { mode: 'json' }).$type<{
      before: Record<string, unknown>
      after: Record<string, unknown>
    }>(),
    /** Fingerprints of pinned certificates that it no longer has. */
    missing: text('missing', { mode: 'json' }).$type<string[]>(),
    /** Keys and endpoints that cannot be used, beside others that can. */
    leftOut: text('left_out', { mode: 'json' }).$type<LeftOut[]>(),
    /** The last time that it was read and valid. */
    fetchedAt: integer('fetched_at'),
    /** Why refreshes fail, and since when; null: the last one worked. The old values stay valid. */
    failure: text('failure', { mode: 'json' }).$type<{
      code: ErrorCode
      reason: string
      since: number
      given?: GivenThing
    }>(),
    /** When the next refresh is due. */
    refreshAt: integer('refresh_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('metadata_sources_due').on(table.refreshAt)],
)
