// Tables of the signing certificates of IdPs.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../tables.ts'

/**
 * The pinned signing certificates of the IdP. Connection operations write them; every ACS request
 * reads all of a connection. Deleted when somebody removes the certificate.
 */
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
    /** The certificate's subject in words. */
    subject: text('subject').notNull(),
    /** Its key, so that no login parses the certificate: `RSA 2048 65537`, `EC P-256`. */
    algorithm: text('algorithm').notNull(),
    /** SubjectPublicKeyInfo: DER in base64. */
    spki: text('spki').notNull(),
    /** Null until the daily check has read it. */
    notAfter: integer('not_after'),
    /** The last sign-in or test that its key signed. */
    lastUsedAt: integer('last_used_at'),
    /** The last warning before it expires: 60, 30, 14, 7 or 1 days. */
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
 * Signing certificates that a metadata refresh found and nobody trusts yet. No login trusts them:
 * a table of their own keeps every query from taking one for a pinned certificate. The refresh
 * writes them; pages read them, and so does a login whose signature no pinned key verifies.
 * Deleted when somebody trusts or refuses the certificate and the metadata no longer has it.
 */
export const quarantinedCertificates = sqliteTable(
  'quarantined_certificates',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    fingerprint: text('fingerprint').notNull(),
    certificate: text('certificate').notNull(),
    subject: text('subject').notNull(),
    algorithm: text('algorithm').notNull(),
    spki: text('spki').notNull(),
    /** When somebody refused it: it is not offered again while the metadata has it. */
    refusedAt: integer('refused_at'),
    /** The last login that its key signed. */
    lastSeenAt: integer('last_seen_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionSid, table.fingerprint] })],
)
