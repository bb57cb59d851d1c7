// Tables of the signing certificates of IdPs.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../tables.ts'

/** The IdP's signing certificates, pinned. Written by connection operations; read whole at every ACS request. Deleted when removed. */
export const certificates = sqliteTable(
  'certificates',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    /** SHA-256 of the DER, lower-case hexadecimal. */
    fingerprint: text('fingerprint').notNull(),
    /** X.509, DER in base64. */
    certificate: text('certificate').notNull(),
    /** The certificate's subject in words, so that a login need not read it. */
    subject: text('subject').notNull(),
    /** Null until the daily check has read it: rows from before it was kept. */
    notAfter: integer('not_after'),
    /** When somebody signed in last with what its key had signed, or tested it. */
    lastUsedAt: integer('last_used_at'),
    /** The last warning given before it expires: 60, 30, 14, 7 or 1 days. */
    warnedDays: integer('warned_days'),
    /** First seen. */
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.fingerprint] }),
    index('certificates_not_after').on(table.notAfter),
  ],
)

/**
 * Signing certificates that a metadata refresh has found and nobody has vouched for. No login trusts them: they have a
 * table of their own, so that no query can take one for a pinned one. Written by the refresh; read by pages, and by a
 * login whose signature no pinned key verifies. Deleted when trusted or refused.
 */
export const quarantinedCertificates = sqliteTable(
  'quarantined_certificates',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    fingerprint: text('fingerprint').notNull(),
    certificate: text('certificate').notNull(),
    /** When somebody said no: it is not offered again while the metadata has it. */
    refusedAt: integer('refused_at'),
    /** When a login came that its key had signed. */
    lastSeenAt: integer('last_seen_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.fingerprint] })],
)
