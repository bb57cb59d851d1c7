// Tables of our own key pairs for SAML.
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/**
 * Our key pairs in D1. `prepare`, `rotate` and `retire` write them. Every login reads all of them,
 * at most three rows. Deleted when retired.
 */
export const keyPairs = sqliteTable(
  'key_pairs',
  {
    /** SHA-256 of the certificate, lower-case hexadecimal. */
    fingerprint: text('fingerprint').primaryKey(),
    stage: text('stage', { enum: ['current', 'next', 'previous'] }).notNull(),
    /** X.509, DER in base64. */
    certificate: text('certificate').notNull(),
    /** PKCS#8, encrypted under the key-encryption key: AES-256-GCM, IV first, base64. */
    encryptedPrivateKey: text('encrypted_private_key').notNull(),
    notAfter: integer('not_after').notNull(),
    warnedDays: integer('warned_days'),
    /** When our metadata first contained it. */
    createdAt: integer('created_at').notNull(),
    /** When it began to sign. */
    activatedAt: integer('activated_at'),
  },
  (table) => [uniqueIndex('key_pairs_stage').on(table.stage)],
)
