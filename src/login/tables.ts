// Tables of logins: login codes, spent IDs, NameIDs and proofs.
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { connections, neverOfProbe } from '../connections/tables.ts'
import { users } from '../directory/tables.ts'
import type { Principal } from '../saml/response/verify-response.ts'

/**
 * An accepted response on its way to the browser that began the login. The ACS writes it;
 * /login/finish reads and spends it. Bounded by time: deleted an hour after the login began.
 */
export const loginCodes = sqliteTable(
  'login_codes',
  {
    /** The name of the login. It begins with the time. */
    name: text('name').primaryKey(),
    /** SHA-256 of the whole code, base64url: a code with the name of another login is another. */
    codeHash: text('code_hash').notNull(),
    attemptSid: text('attempt_sid').notNull(),
    connectionSid: text('connection_sid').notNull(),
    /** The connection's revision that checked the response. */
    revision: integer('revision').notNull(),
    userSid: text('user_sid').notNull(),
    principal: text('principal', { mode: 'json' }).notNull().$type<Principal>(),
    /** As in `sessions`. */
    certificate: text('certificate').notNull().default(''),
    expiresAt: integer('expires_at').notNull(),
    /** The session that a finish has made for it, opened or not. Null: the code is not spent. */
    spentBy: text('spent_by'),
  },
  (table) => [neverOfProbe('login_codes', table)],
)

/**
 * The ledger of IDs that may be used once. Written by plain INSERTs in the batch of the login: a
 * second one violates the primary key and rolls the whole batch back. Bounded by time: deleted when
 * `expiresAt` has passed. That depends on the message alone, so that it can begin the key: a copy
 * of the message has the same, and a sweep is a range.
 */
export const spent = sqliteTable(
  'spent',
  {
    connectionSid: text('connection_sid').notNull(),
    kind: text('kind', { enum: ['request', 'assertion', 'revocation'] }).notNull(),
    id: text('id').notNull(),
    /** The login that spent it; of a revocation the person whom it signed out. */
    attemptSid: text('attempt_sid').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.expiresAt, table.connectionSid, table.kind, table.id] }),
  ],
)

/**
 * Which NameID stands for a user, for each IdP that a connection has had. The first login writes
 * it; later logins read it and are refused when it does not fit. Another entityID starts afresh,
 * and the old rows stay for the way back. Deleted when somebody releases it. WITHOUT ROWID: a login
 * finds it by one read.
 */
export const nameIDs = sqliteTable(
  'name_ids',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** The IdP that sent it. */
    entityID: text('entity_id').notNull(),
    /** `email`: the e-mail of the same assertion, whatever the address becomes. */
    kind: text('kind', { enum: ['email', 'value'] }).notNull(),
    /** `unspecified` where the NameID had none (SAML Core §2.2.2). Never `transient`. */
    format: text('format').notNull(),
    /** Null: of the kind `email`. */
    nameID: text('name_id'),
    firstSeenAt: integer('first_seen_at').notNull(),
    /** To the day, so that few logins write the row. */
    lastSeenAt: integer('last_seen_at').notNull(),
    /**
     * The last value in the bound format that came instead and was refused: keyed hash. And when
     * any other NameID was refused, to the hour.
     */
    refusedHash: text('refused_hash'),
    refusedAt: integer('refused_at'),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.userSid, table.entityID] }),
    uniqueIndex('name_ids_value').on(table.connectionSid, table.entityID, table.nameID),
    neverOfProbe('name_ids', table),
  ],
)

/**
 * Which user has logged in through which connection: this makes a user safe to enforce. Written in
 * the batch of an accepted login; rollouts read it. Kept for ever.
 */
export const proofs = sqliteTable(
  'proofs',
  {
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** The IdP that vouched for the user. It proves nothing for another IdP. */
    entityID: text('entity_id').notNull().default(''),
    /** The first login. */
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.connectionSid, table.userSid] }),
    neverOfProbe('proofs', table),
  ],
)
