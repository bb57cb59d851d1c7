// Tables of the hash chain over the audit trail.
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { events } from '../tables.ts'

/**
 * The place of each event in the chain of its tenant. The job `chain_events` writes it soon after
 * the event. Triggers refuse each UPDATE, and each DELETE that no checkpoint covers.
 */
export const eventChain = sqliteTable(
  'event_chain',
  {
    eventSeq: integer('event_seq')
      .primaryKey()
      .references(() => events.seq),
    /** SID of the tenant. Empty: events of no tenant. */
    chain: text('chain').notNull(),
    /** Counts up by one in a chain, from 1. */
    number: integer('number').notNull(),
    /** Of the salt and the personal part. Empty: the details were deleted before. */
    digest: text('digest').notNull(),
    /** The hash of the number before. */
    previous: text('previous').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [uniqueIndex('event_chain_number').on(table.chain, table.number)],
)

/**
 * Signed marks, at most two a chain. `start`: retention has deleted all up to this number. `head`:
 * the newest number that was signed. A trigger refuses a mark that goes back.
 */
export const eventCheckpoints = sqliteTable(
  'event_checkpoints',
  {
    chain: text('chain').notNull(),
    kind: text('kind', { enum: ['start', 'head'] }).notNull(),
    number: integer('number').notNull(),
    eventSeq: integer('event_seq').notNull(),
    hash: text('hash').notNull(),
    /** Ed25519, base64url. */
    signature: text('signature').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.chain, table.kind] })],
)
