// Tables of rollouts and of the users selected individually.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'

/** What goes through a rollout's list in chunks. */
export type RolloutStep = 'freeze' | 'refresh' | 'enable' | 'inform' | 'enforce' | 'roll_back'

/** Where such a step has to go on, and how much it has done. */
export type RolloutCursor = {
  version: number
  /** The last key that is done: a user's SID, or where a selector stands. Empty: none yet. */
  after: string
  /** Rows gone through, and of how many. */
  seen: number
  total: number
  /** `freeze`: which source is being read. `roll_back`: what users go back to. */
  part?: string
}

/**
 * One cohort's way from selection to enforcement. Written by rollout operations; read by both sides. Never deleted. Each step
 * names the version of the list it was made for: a newer version makes it stale.
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
    name: text('name').notNull(),
    /** Who is meant: the union of these, and of the users of `rollout_selections`. */
    selectors: text('selectors', { mode: 'json' })
      .$type<{ domains: string[]; accounts: string[] }>()
      .notNull(),
    /** The newest list; 0: none yet. */
    version: integer('version').notNull().default(0),
    /** False while a version is being filled in chunks. */
    frozen: integer('frozen', { mode: 'boolean' }).notNull().default(false),
    /** When the newest list was begun: users created later are not in it. */
    versionAt: integer('version_at'),
    /** Members of the selected accounts who belong to another tenant: they were left out. */
    foreignUsers: integer('foreign_users').notNull().default(0),
    /** How far each step has come that goes through the list in chunks. No entry: it is not under way. */
    cursors: text('cursors', { mode: 'json' })
      .$type<Partial<Record<RolloutStep, RolloutCursor>>>()
      .notNull()
      .default(sql`'{}'`),
    reviewedVersion: integer('reviewed_version'),
    reviewedBy: text('reviewed_by'),
    enabledVersion: integer('enabled_version'),
    informedVersion: integer('informed_version'),
    /** Why the go-ahead was given though not everybody had been informed. */
    uninformedReason: text('uninformed_reason'),
    approvedVersion: integer('approved_version'),
    approvedBy: text('approved_by'),
    /** Whom enforcement takes: those who have proved that they can, or everybody. */
    scope: text('scope', { enum: ['proved', 'all'] })
      .notNull()
      .default('proved'),
    /** When enforcement begins by itself; null: by hand. */
    enforceAt: integer('enforce_at'),
    enforcedVersion: integer('enforced_version'),
    rolledBackAt: integer('rolled_back_at'),
    notice: text('notice', { mode: 'json' }).$type<{
      subject: string
      text: string
      link: string | null
      date: string | null
      /** When it was written: who was informed before is informed again. */
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
 * Users whom a rollout names one by one. Written by its selectors; read when a version is frozen. Deleted when taken out of
 * the selection.
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
