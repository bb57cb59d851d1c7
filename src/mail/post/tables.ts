// Tables of mail: what was sent, and letters that still have to be sent or copied.
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { tenants } from '../../directory/tenants/tables.ts'
import type { TemplateName } from '../templates/templates.ts'

/**
 * The mail log: one row for each mail and receiver, without its words and with the address masked.
 * Written before the mail is sent. Deleted after 90 days.
 */
export const mails = sqliteTable(
  'mails',
  {
    /** Timed, so that the oldest rows are together. */
    sid: text('sid').primaryKey(),
    /** What caused it: an event, or what else is mailed once. */
    cause: text('cause').notNull(),
    template: text('template').$type<TemplateName>().notNull(),
    /** What it is about, such as a connection: the same is not mailed twice. */
    about: text('about').notNull(),
    tenantSid: text('tenant_sid').references(() => tenants.sid),
    /** As shown: `a…@example.com`. */
    address: text('shown_address').notNull(),
    /** SHA-256 of the address, base64url: to recognise the receiver. */
    receiverHash: text('receiver_hash').notNull(),
    /**
     * `waiting`: to be sent. `sending`: a sender has it. `sent`: it was accepted. `copy`: there is
     * no sender, so a person sends it. `held`: not sent, for `code`. `failed`: it was refused.
     * `unclear`: the run ended before the answer, so it may have been sent.
     */
    outcome: text('outcome', {
      enum: ['waiting', 'sending', 'sent', 'copy', 'held', 'failed', 'unclear'],
    }).notNull(),
    code: text('code'),
    attempts: integer('attempts').notNull().default(0),
    createdAt: integer('created_at').notNull(),
    /** When the outcome changed last. */
    changedAt: integer('changed_at').notNull(),
  },
  (table) => [
    uniqueIndex('mails_once').on(table.cause, table.template, table.receiverHash),
    index('mails_receiver').on(table.receiverHash, table.template, table.about, table.createdAt),
    index('mails_tenant').on(table.tenantSid, table.createdAt),
    index('mails_created').on(table.createdAt),
    index('mails_open')
      .on(table.changedAt)
      .where(sql`outcome IN ('waiting', 'sending', 'unclear', 'failed')`),
  ],
)

/**
 * The words of mails that were not sent yet, or are there to copy. Never those with the secret of a
 * setup link. Deleted once the mail is sent, or after 14 days.
 */
export const mailLetters = sqliteTable(
  'mail_letters',
  {
    mailSid: text('mail_sid')
      .primaryKey()
      .references(() => mails.sid),
    to: text('to').notNull(),
    subject: text('subject').notNull(),
    text: text('text').notNull(),
    html: text('html').notNull(),
    headers: text('headers', { mode: 'json' }).$type<Record<string, string>>().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('mail_letters_created').on(table.createdAt)],
)
