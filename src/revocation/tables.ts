// The table of what Global Token Revocation knows of each connection.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { JWK } from 'jose'
import { connections } from '../connections/tables.ts'

/**
 * The IdP's public keys for revocations, and when it last came. Requests of the IdP write it, at
 * most once a minute where they are refused. One row a connection, kept for ever.
 */
export const revocationSources = sqliteTable('revocation_sources', {
  connectionSid: text('connection_sid')
    .primaryKey()
    .references(() => connections.sid),
  /** The URL that the keys are from. With another one in the connection they do not count. */
  keysURL: text('keys_url'),
  keySet: text('key_set', { mode: 'json' }).$type<JWK[]>(),
  /** When the keys were read. */
  fetchedAt: integer('fetched_at'),
  /** When they were last asked for: at most once a minute. */
  askedAt: integer('asked_at'),
  /** Why they could not be read the last time; null: they could. */
  failure: text('failure'),
  /** The last request that was accepted. */
  acceptedAt: integer('accepted_at'),
  /** The last request that was refused, to the minute, and why. */
  refusedAt: integer('refused_at'),
  refusedBecause: text('refused_because'),
})
