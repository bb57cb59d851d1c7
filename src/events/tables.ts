// Tables of the audit trail, of the outbox and of Idempotency-Key.
import { sql } from 'drizzle-orm'
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  sqliteView,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import type { ActorKind } from './actor.ts'
import type { EventType } from './catalogue.ts'

type EventValues = Record<string, unknown>

/**
 * What operators, customer admins and Gatepost itself have done. Written in the batch of the
 * change, through the view `recorded_events`. Triggers refuse each UPDATE and DELETE.
 */
export const events = sqliteTable(
  'events',
  {
    /** The order of commit. The newest row is never deleted, so that no number comes twice. */
    seq: integer('seq').primaryKey(),
    sid: text('sid').notNull(),
    /** Null: it concerns no single tenant. No foreign key: the event outlives an erased tenant. */
    tenantSid: text('tenant_sid'),
    /** Null: it concerns no single connection. */
    connectionSid: text('connection_sid'),
    type: text('type').$type<EventType>().notNull(),
    actorKind: text('actor_kind').notNull(),
    /** SID of an API key, a setup link, a token, a user; an operator's identity. Null: a job. */
    actorId: text('actor_id'),
    /** SID of the thing that it is about. */
    subjectSid: text('subject_sid').notNull(),
    /** Whether it causes a mail. */
    mails: integer('mails', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('events_sid').on(table.sid),
    // SQLite adds the key to each: they are in the order of commit.
    index('events_tenant').on(table.tenantSid),
    index('events_subject').on(table.subjectSid),
  ],
)

/** The part of an event that may be personal. It can be deleted; the event stays. */
export const eventDetails = sqliteTable('event_details', {
  eventSeq: integer('event_seq')
    .primaryKey()
    .references(() => events.seq),
  /** Random, so that a digest of the row tells nothing about its content. */
  salt: text('salt').notNull(),
  /** JSON: `name` of the actor as shown, `before` and `after`. It never contains a secret. */
  personal: text('personal').notNull(),
})

/** Events with their details. An INSERT goes to both tables, by a trigger. */
export const recordedEventColumns = () => ({
  /** An INSERT ignores it, like `actor`, `isErased` and `isUnreadable`. */
  seq: integer('seq').notNull().default(0),
  sid: text('sid').notNull(),
  tenantSid: text('tenant_sid'),
  /** By default the subject, where it is a connection. */
  connectionSid: text('connection_sid'),
  type: text('type').$type<EventType>().notNull(),
  actorKind: text('actor_kind').$type<ActorKind>().notNull(),
  actorId: text('actor_id'),
  /** Null: a job, or the details were deleted. */
  actorName: text('actor_name'),
  /** Kind and name as shown; the id, where the name was deleted. */
  actor: text('actor').notNull().default(''),
  subjectSid: text('subject_sid').notNull(),
  mails: integer('mails', { mode: 'boolean' }).notNull(),
  /** The changed fields, before and after. */
  before: text('before', { mode: 'json' }).$type<EventValues>(),
  after: text('after', { mode: 'json' }).$type<EventValues>(),
  /** 1: the details were deleted. */
  isErased: integer('is_erased', { mode: 'boolean' }).notNull().default(false),
  /** 1: somebody has broken the details by hand. They are read as none. */
  isUnreadable: integer('is_unreadable', { mode: 'boolean' }).notNull().default(false),
  createdAt: integer('created_at').notNull(),
})

/** The same as a view, for the check of the schema. */
export const recordedEventsView = sqliteView('recorded_events', recordedEventColumns()).existing()

/**
 * What is to be delivered: one row for each event and destination. A trigger writes the rows of an
 * event in its transaction; those of logins are written after the response. Deleted some time after
 * the delivery or the last attempt.
 */
export const outbox = sqliteTable(
  'outbox',
  {
    sid: text('sid').primaryKey(),
    /** `EV…`, or `AT…` for a login. */
    eventSid: text('event_sid').notNull(),
    channel: text('channel', { enum: ['webhook', 'mail'] }).notNull(),
    /** SID of the endpoint. Empty for mail. */
    target: text('target').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAt: integer('next_at').notNull(),
    /** Nobody else sends it before. */
    leasedUntil: integer('leased_until').notNull().default(0),
    /** The event itself, where it is of a login or a session. Null: it is in `events`. */
    event: text('event', { mode: 'json' }).$type<EventValues>(),
    /** Null: it is still to be delivered. */
    outcome: text('outcome', { enum: ['delivered', 'dead'] }),
    /** A code. */
    lastError: text('last_error'),
    createdAt: integer('created_at').notNull(),
    /** When the sweep deletes it. Null while it is open, unless its tenant is suspended. */
    expiresAt: integer('expires_at'),
  },
  (table) => [
    uniqueIndex('outbox_event').on(table.eventSid, table.channel, table.target),
    index('outbox_due')
      .on(table.target, table.nextAt)
      .where(sql`outcome IS NULL`),
    index('outbox_target').on(table.target, table.createdAt),
    index('outbox_dead')
      .on(table.createdAt)
      .where(sql`outcome = 'dead'`),
    index('outbox_expires')
      .on(table.expiresAt)
      .where(sql`expires_at IS NOT NULL`),
    index('outbox_target_dead')
      .on(table.target, table.createdAt)
      .where(sql`outcome = 'dead'`),
  ],
)

/**
 * What goes on until it is over: a URL without an answer, a table that is not swept. Written with
 * the event that tells of it, so that it is told once. One row for each condition and subject.
 */
export const conditions = sqliteTable(
  'conditions',
  {
    name: text('name').notNull(),
    /** SID, or SID and field, or the name of a table. */
    subject: text('subject').notNull(),
    since: integer('since').notNull(),
    /** How often, where it is counted. */
    times: integer('times').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.name, table.subject] })],
)

/**
 * The thing that a request with an Idempotency-Key created. Written in the batch of the creation,
 * so that concurrent requests create one thing. Read when the same request comes again. Deleted
 * after a day.
 */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    /** SHA-256 over the caller, the route and the key, base64url. */
    keyHash: text('key_hash').primaryKey(),
    /** SHA-256 of the request body, base64url. */
    requestHash: text('request_hash').notNull(),
    subjectSid: text('subject_sid').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('idempotency_keys_created').on(table.createdAt)],
)
