// The table of address claims.
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { tenants } from '../tenants/tables.ts'
import { users } from '../tables.ts'

/**
 * A source names somebody by an address that a user has whom it knows by another external id: the
 * same person, or somebody who has the address now. Imports and SCIM write it instead of handing
 * the account over; a person decides, which deletes it. Bounded by the directory: one row for each
 * source and address.
 */
export const addressClaims = sqliteTable(
  'address_claims',
  {
    sid: text('sid').primaryKey(),
    tenantSid: text('tenant_sid')
      .notNull()
      .references(() => tenants.sid),
    /** `import`: the vendor's own system. Otherwise the connection whose IdP provisions. */
    source: text('source').notNull(),
    emailKey: text('email_key').notNull(),
    /** Who has the address. */
    userSid: text('user_sid')
      .notNull()
      .references(() => users.sid),
    /** What the source calls that user, and what it calls the person who claims the address. */
    heldExternalID: text('held_external_id').notNull(),
    externalID: text('external_id').notNull(),
    /** The name that came with the claim. */
    name: text('name'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('address_claims_source').on(table.tenantSid, table.source, table.emailKey),
    index('address_claims_user').on(table.userSid),
    index('address_claims_tenant').on(table.tenantSid, table.createdAt),
  ],
)
