// Tables of the frozen lists of rollouts.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Blocker } from '../../directory/switch-on.ts'
import { users } from '../../directory/tables.ts'
import { rollouts } from '../cohort/tables.ts'
import type { SavedList } from '../reconcile/tables.ts'
import type { Finding } from './findings.ts'

/** `upload`: with `alias`, which of the IdP's lists does not have the person. */
export type BlockedBy = { blocker: Blocker; at: number; upload: SavedList | null }

/**
 * A frozen list, one row a user. Written when a version is frozen, reviewed and carried out; both
 * sides read it. Kept for ever: it shows who was selected.
 */
export const rolloutMembers = sqliteTable(
  'rollout_members',
  {
    rolloutSid: text('rollout_sid')
      .notNull()
      .references(() => rollouts.sid),
    version: integer('version').notNull(),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** The login e-mail when the list was made, in lower case. Lists are sorted by it. */
    emailKey: text('email_key').notNull().default(''),
    /** Codes for the reviewer, like `alias`, `other_accounts`, `suspended`. */
    findings: text('findings', { mode: 'json' }).$type<Finding[]>().notNull(),
    included: integer('included', { mode: 'boolean' }).notNull(),
    /** Why the row went out by itself; it comes back when that is over. Null: it did not. */
    blockedBy: text('blocked_by', { mode: 'json' }).$type<BlockedBy>(),
    /** The reviewer's reason. */
    reason: text('reason'),
    decidedBy: text('decided_by'),
    /** When each step was done for this user: for resuming and for the report. */
    enabledAt: integer('enabled_at'),
    informedAt: integer('informed_at'),
    enforcedAt: integer('enforced_at'),
    /** Of a person who was moved: the sign-in method at the connection before. */
    earlierMethod: text('earlier_method', { enum: ['sso_enabled', 'sso_enforced'] }),
    /** Why a step skipped this user. */
    skipped: text('skipped'),
  },
  (table) => [
    primaryKey({ columns: [table.rolloutSid, table.version, table.userSid] }),
    index('rollout_members_user').on(table.userSid),
    index('rollout_members_email').on(
      table.rolloutSid,
      table.version,
      table.emailKey,
      table.userSid,
    ),
  ],
)
