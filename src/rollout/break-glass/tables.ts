// Tables of break-glass owners and their recovery codes.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'

/**
 * Owners who keep their password whatever is enforced, for the day the IdP is down. Written by operators; read by enforcement
 * and by the sign-in decision. Kept after they end.
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
    /** A recovery code was spent: until then the password alone counts. */
    passwordUntil: integer('password_until'),
    /** SHA-256 of the code that goes on to the app in its place, base64url; null: none, or spent. */
    handoverHash: text('handover_hash'),
  },
  (table) => [primaryKey({ columns: [table.tenantSid, table.userSid] })],
)

/** One-time codes with which an owner gets in when nothing else does. Written when made; spent once. Kept, for the audit trail. */
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
  (table) => [index('recovery_codes_user').on(table.userSid)],
)
