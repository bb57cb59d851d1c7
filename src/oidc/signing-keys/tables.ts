// The table of the keys that sign ID and logout tokens.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * Keys that sign ID and logout tokens. Maintenance and operators write them; signing and the JWKS
 * read all of them, three rows at most for each algorithm. A key is published for a day before it
 * signs, and for a day after the next key of its algorithm signs.
 */
export const signingKeys = sqliteTable('signing_keys', {
  /** RFC 7638 thumbprint. */
  kid: text('kid').primaryKey(),
  algorithm: text('algorithm', { enum: ['RS256', 'ES256'] }).notNull(),
  /** JWK. */
  publicKey: text('public_key', { mode: 'json' }).$type<JsonWebKey>().notNull(),
  /** PKCS#8, encrypted under the key-encryption key as `key_pairs` are. */
  encryptedPrivateKey: text('encrypted_private_key').notNull(),
  /** When it starts to sign. By then all clients have read it. */
  signsAt: integer('signs_at').notNull(),
  createdAt: integer('created_at').notNull(),
})
