// Tables of the frozen lists of rollouts.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../../directory/tables.ts'
import { rollouts } from '../cohort/tables.ts'
import type { Finding } from './findings.ts'

/**
 * A frozen list, row by row. Written when a version is frozen, reviewed, and carried out; read by both sides. Never deleted:
 * it says who was meant.
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
    /** The login e-mail when the list was made, in lower case: lists are in its order. */
    emailKey: text('email_key').notNull().default(''),
    /** What a reviewer should know: codes like `alias`, `other_accounts`, `suspended`. */
    findings: text('findings', { mode: 'json' }).$type<Finding[]>().notNull(),
    included: integer('included', { mode: 'boolean' }).notNull(),
    /** Why it is in or out, where somebody has said. */
    reason: text('reason'),
    decidedBy: text('decided_by'),
    /** What the step in progress has done to it: for resuming, and for the report. */
    enabledAt: integer('enabled_at'),
    informedAt: integer('informed_at'),
    enforcedAt: integer('enforced_at'),
    /** Why a step has left it out. */
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
