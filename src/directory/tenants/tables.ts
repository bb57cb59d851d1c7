// Tables of tenants.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * A customer organisation. Operators write it; every login reads it. Kept
 * until it is erased.
 */
export const tenants = sqliteTable(
  'tenants',
  {
    sid: text('sid').primaryKey(),
    name: text('name').notNull(),
    plan: text('plan', { enum: ['enterprise', 'standard'] }).notNull(),
    /** Shown on error pages: where users of this tenant ask for help. */
    supportContact: text('support_contact'),
    /** Whether what customers change about trust in a connection in use waits for an operator. */
    customerChanges: text('customer_changes', { enum: ['wait', 'apply'] })
      .notNull()
      .default('wait'),
    /** Where the browser goes after a sign-out: the customer's page, or back to the app. */
    afterSignOut: text('after_sign_out', { enum: ['customer_page', 'app'] })
      .notNull()
      .default('customer_page'),
    /** More users than these, deactivated by one connection's IdP in an hour, are no leavers. */
    massDeactivation: integer('mass_deactivation').notNull().default(10),
    /** Of the product that its users know; null: the deployment's. */
    productName: text('product_name'),
    /** Of buttons and links, `#rrggbb`; null: the deployment's. */
    accentColor: text('accent_color'),
    /** A page with help for its users; null: the deployment's. */
    helpURL: text('help_url'),
    /** Of mails to its users. */
    language: text('language', {
      enum: ['en', 'de', 'fr', 'es', 'it', 'pt-BR', 'nl', 'pl', 'ja', 'zh-Hans', 'ko'],
    })
      .notNull()
      .default('en'),
    suspendedAt: integer('suspended_at'),
    /** Since when it is being erased: it is there for nobody any more. */
    erasedAt: integer('erased_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('tenants_created').on(table.createdAt)],
)
