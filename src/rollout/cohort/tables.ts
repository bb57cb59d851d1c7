// Tables of rollouts and of the users selected individually.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'

export type Selectors = {
  /** Everybody of the tenant; of a move everybody who signs in by SSO. */
  everybody: boolean
  /** Everybody who signs in through the connection that people are moved from. */
  fromConnection: boolean
  domains: string[]
  accounts: string[]
}

/** A step that goes through a rollout's list in chunks. */
export type RolloutStep =
  'freeze' | 'refresh' | 'enable' | 'inform' | 'enforce' | 'roll_back' | 'give_back'

/** Where such a step continues, and how much it has done. */
export type RolloutCursor = {
  version: number
  /** The last key done: a user's SID, or a selector's position. Empty: none yet. */
  after: string
  /** Rows done, and all rows. */
  seen: number
  total: number
  /** `freeze`: the source being read. `roll_back`, `give_back`: what users return to. */
  part?: string
  /** `roll_back`, `give_back`: people without a password in the app keep SSO. */
  keepsSSO?: true
}

/**
 * One cohort's way from selection to enforcement. Rollout operations write it; both sides read it.
 * Kept for ever. Each step names the version of the list that it was made for: a newer version
 * makes the step stale.
 */
export const rollouts = sqliteTable(
  'rollouts',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    connectionSid: text('connection_sid')
      .notNull()
      .references(() => connections.sid),
    /** The connection that people are moved from; null: the rollout moves nobody. */
    fromConnectionSid: text('from_connection_sid').references(() => connections.sid),
    name: text('name').notNull(),
    /** The union of these and of the users in `rollout_selections`. */
    selectors: text('selectors', { mode: 'json' }).$type<Selectors>().notNull(),
    /** The newest list; 0: none yet. */
    version: integer('version').notNull().default(0),
    /** False while a version is being filled in chunks. */
    frozen: integer('frozen', { mode: 'boolean' }).notNull().default(false),
    /** When the newest list was started: users created later are not in it. */
    versionAt: integer('version_at'),
    /** Members of the selected accounts who belong to another tenant. They are left out. */
    foreignUsers: integer('foreign_users').notNull().default(0),
    /** The progress of each step that takes the list in chunks. No entry: it is not running. */
    cursors: text('cursors', { mode: 'json' })
      .$type<Partial<Record<RolloutStep, RolloutCursor>>>()
      .notNull()
      .default(sql`'{}'`),
    reviewedVersion: integer('reviewed_version'),
    reviewedBy: text('reviewed_by'),
    enabledVersion: integer('enabled_version'),
    informedVersion: integer('informed_version'),
    /** Why it was approved before everybody was informed. */
    uninformedReason: text('uninformed_reason'),
    approvedVersion: integer('approved_version'),
    approvedBy: text('approved_by'),
    /** Enforce only users who have logged in by SSO, or all users. */
    scope: text('scope', { enum: ['proved', 'all'] })
      .notNull()
      .default('proved'),
    /** With a date and scope `all`: how many people it may lock out when the date comes. */
    lockedOut: integer('locked_out').notNull().default(0),
    /** When enforcement starts; null: somebody starts it. */
    enforceAt: integer('enforce_at'),
    enforcedVersion: integer('enforced_version'),
    rolledBackAt: integer('rolled_back_at'),
    notice: text('notice', { mode: 'json' }).$type<{
      subject: string
      text: string
      link: string | null
      date: string | null
      /** When it was changed: users informed before are informed again. */
      changedAt: number
    }>(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    index('rollouts_connection').on(table.connectionSid, table.createdAt),
    index('rollouts_tenant').on(table.tenantSid, table.createdAt),
    index('rollouts_due').on(table.enforceAt),
  ],
)

/**
 * Users whom a rollout selects individually. Its selectors write them; freezing a version reads
 * them. Deleted when somebody removes the user from the selection.
 */
export const rolloutSelections = sqliteTable(
  'rollout_selections',
  {
    rolloutSid: text('rollout_sid')
      .notNull()
      .references(() => rollouts.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
  },
  (table) => [primaryKey({ columns: [table.rolloutSid, table.userSid] })],
)
