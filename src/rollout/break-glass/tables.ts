// Tables of break-glass owners and their recovery codes.
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'

/**
 * Owners who keep their password even when SSO is enforced, for the day the IdP is down. Operators
 * write them; enforcement and the sign-in decision read them. Kept after they end.
 */
export const breakGlass = sqliteTable(
  'break_glass',
  {
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    reason: text('reason').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
    /** How long the way in stays after the IdP has deactivated this owner alone. */
    graceHours: integer('grace_hours').notNull().default(72),
    /**
     * Until when the way in stays although the IdP has deactivated the owner; null: it does not.
     * Any other suspension takes it away: the trigger `users_suspend`.
     */
    keptUntil: integer('kept_until'),
    /** Why it stays: this owner alone was deactivated, or many were at once. */
    keptBecause: text('kept_because', { enum: ['deactivated', 'mass_deactivation'] }),
    /** The `keptUntil` that the customer's owners and support were told of. */
    toldOfKept: integer('told_of_kept'),
    /** How often the owner tries a code out, in days; 0: never. */
    drillDays: integer('drill_days').notNull().default(90),
    /** From when on a code that is used counts as the drill. Null: no drill is planned. */
    drillAt: integer('drill_at'),
    drilledAt: integer('drilled_at'),
    /** Until when a spent recovery code allows the password alone. */
    passwordUntil: integer('password_until'),
    /** SHA-256 of the code that the app gets instead, base64url; null: none, or spent. */
    handoverHash: text('handover_hash'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantSid, table.userSid] }),
    index('break_glass_kept')
      .on(table.keptUntil)
      .where(sql`kept_until IS NOT NULL`),
    index('break_glass_drill')
      .on(table.drillAt)
      .where(sql`drill_at IS NOT NULL`),
  ],
)

/**
 * One-time codes with which an owner gets in when nothing else works. Written when a set is made,
 * spent once. Deleted 90 days after they were spent.
 */
export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    /** SHA-256 of the code, base64url. */
    codeHash: text('code_hash').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    createdAt: integer('created_at').notNull(),
    spentAt: integer('spent_at'),
  },
  (table) => [
    index('recovery_codes_user').on(table.userSid),
    index('recovery_codes_spent')
      .on(table.spentAt)
      .where(sql`spent_at IS NOT NULL`),
  ],
)
