// The SQL of texts that people wrote, or that name who did something: a person is taken out of
// them, and the rest stays.
import { and, eq, getTableName, isNotNull, or, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { apiKeys, setupLinks } from '../../access/tables.ts'
import { pendingChanges } from '../../connections/pending/tables.ts'
import { connections } from '../../connections/tables.ts'
import { domains } from '../../directory/domains/tables.ts'
import { exceptions } from '../../directory/exceptions/tables.ts'
import { imports } from '../../directory/import/tables.ts'
import { accounts } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import { webhookEndpoints } from '../../events/webhooks/tables.ts'
import { mailLetters, mails } from '../../mail/post/tables.ts'
import { batch, changedBy } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { breakGlass } from '../../rollout/break-glass/tables.ts'
import { rollouts } from '../../rollout/cohort/tables.ts'
import { rolloutMembers } from '../../rollout/list/tables.ts'
import { aliases, idpUsers } from '../../rollout/reconcile/tables.ts'
import { signOffs, testers } from '../../rollout/validation/tables.ts'
import { scimTokens } from '../../scim/tables.ts'
import type { Removed } from '../erasure.ts'
import { mentions, withoutWords, type SoughtWord } from '../sought.ts'
import { hasWord } from './events.ts'
import { connectionsOf, rolloutsOf } from './rows.ts'

type Text = {
  table: SQLiteTable
  column: SQLiteColumn
  of: (tenantSid: string) => SQL
  form: 'text' | 'json'
}

function texts(
  table: SQLiteTable,
  of: Text['of'],
  columns: readonly SQLiteColumn[],
  form: Text['form'] = 'text',
): Text[] {
  return columns.map((column) => ({ table, column, of, form }))
}

const byTenant = (table: { tenantSid: SQLiteColumn }) => (sid: string) => eq(table.tenantSid, sid)
const byConnection = (table: { connectionSid: SQLiteColumn }) => (sid: string) =>
  sql`${table.connectionSid} IN (${connectionsOf(sid)})`
const byRollout = (table: { rolloutSid: SQLiteColumn }) => (sid: string) =>
  sql`${table.rolloutSid} IN (${rolloutsOf(sid)})`

/** Every column with words of people. test/privacy finds one that is missing. */
export const TEXTS: readonly Text[] = [
  ...texts(tenants, (sid) => eq(tenants.sid, sid), [
    tenants.name,
    tenants.productName,
    tenants.supportContact,
  ]),
  ...texts(accounts, byTenant(accounts), [accounts.name]),
  ...texts(connections, byTenant(connections), [connections.name]),
  ...texts(apiKeys, byTenant(apiKeys), [apiKeys.name, apiKeys.createdBy]),
  ...texts(setupLinks, byTenant(setupLinks), [
    setupLinks.name,
    setupLinks.createdBy,
    setupLinks.invitedBy,
  ]),
  ...texts(scimTokens, byTenant(scimTokens), [scimTokens.name, scimTokens.createdBy]),
  ...texts(webhookEndpoints, byTenant(webhookEndpoints), [
    webhookEndpoints.name,
    webhookEndpoints.createdBy,
  ]),
  ...texts(domains, byTenant(domains), [domains.createdBy, domains.reason]),
  ...texts(exceptions, byTenant(exceptions), [exceptions.reason, exceptions.createdBy]),
  ...texts(imports, byTenant(imports), [imports.name, imports.createdBy]),
  ...texts(breakGlass, byTenant(breakGlass), [breakGlass.reason, breakGlass.createdBy]),
  ...texts(aliases, byConnection(aliases), [aliases.createdBy]),
  ...texts(testers, byConnection(testers), [testers.createdBy]),
  ...texts(signOffs, byConnection(signOffs), [signOffs.name, signOffs.note]),
  ...texts(pendingChanges, byConnection(pendingChanges), [pendingChanges.proposedBy]),
  ...texts(idpUsers, byConnection(idpUsers), [idpUsers.saved], 'json'),
  ...texts(rollouts, byTenant(rollouts), [
    rollouts.name,
    rollouts.reviewedBy,
    rollouts.approvedBy,
    rollouts.uninformedReason,
  ]),
  ...texts(rollouts, byTenant(rollouts), [rollouts.notice], 'json'),
  ...texts(rolloutMembers, byRollout(rolloutMembers), [
    rolloutMembers.reason,
    rolloutMembers.decidedBy,
  ]),
  ...texts(rolloutMembers, byRollout(rolloutMembers), [rolloutMembers.blockedBy], 'json'),
]

/** Different texts of one column that one run changes. */
const MOST_TEXTS = 1000

/** As SQLite has it: JSON stays text. */
const raw = (column: SQLiteColumn) => sql<string>`${column}`

/** Takes the person out of one column. Two statements, or one where nothing names them. */
export async function redactText(
  db: Database,
  { table, column, of, form }: Text,
  tenantSid: string,
  words: Readonly<Record<Text['form'], readonly SoughtWord[]>>,
): Promise<Removed> {
  const wanted = words[form]
  const isHere = and(of(tenantSid), isNotNull(column), hasWord(raw(column), wanted))
  const found = await db
    .selectDistinct({ text: raw(column).as('text') })
    .from(table)
    .where(isHere)
    .limit(MOST_TEXTS)
  const changes = found
    .map(({ text }) => ({ before: text, after: withoutWords(text, wanted) }))
    .filter(({ before, after }) => before !== after)
  if (changes.length === 0) return {}
  const pairs = sql`json_each(${JSON.stringify(changes)}) AS pairs`
  const before = sql`pairs.value ->> '$.before'`
  const after = sql`(SELECT pairs.value ->> '$.after' FROM ${pairs} WHERE ${before} = ${column})`
  const { changed } = await batch(
    db,
    {
      changed: db
        .update(table)
        .set(Object.fromEntries([[keyOf(table, column), after]]))
        .where(and(of(tenantSid), sql`${column} IN (SELECT ${before} FROM ${pairs})`)),
    },
    { isRepeatable: true },
  )
  return { [getTableName(table)]: changedBy(changed) }
}

/** Its property in the table. */
function keyOf(table: SQLiteTable, column: SQLiteColumn): string {
  const found = Object.entries(table).find(([, one]) => one === column)
  if (!found) throw new TypeError(`${column.name} is no column of ${getTableName(table)}`)
  return found[0]
}

/**
 * Deletes letters to others that name the person, and holds those that were not sent. The log keeps
 * their rows.
 */
export async function deleteLetters(
  db: Database,
  tenantSid: string,
  words: readonly SoughtWord[],
  now: number,
): Promise<Removed> {
  const { to, subject, text, html, mailSid } = mailLetters
  const found = await db
    .select({ sid: mails.sid, to, subject, text, html })
    .from(mailLetters)
    .innerJoin(mails, eq(mails.sid, mailSid))
    .where(
      and(
        eq(mails.tenantSid, tenantSid),
        or(...[to, subject, text, html].map((column) => hasWord(raw(column), words))),
      ),
    )
    .limit(MOST_TEXTS)
  const sids = found
    .filter((letter) => [letter.to, letter.subject, letter.text, letter.html].some(isNaming(words)))
    .map(({ sid }) => sid)
  if (sids.length === 0) return {}
  const isOne = sql`IN (SELECT value FROM json_each(${JSON.stringify(sids)}))`
  const { letters } = await batch(
    db,
    {
      mails: db
        .update(mails)
        .set({ outcome: 'held', code: 'erased', changedAt: now })
        .where(and(sql`${mails.sid} ${isOne}`, sql`${mails.outcome} IN ('waiting', 'copy')`)),
      letters: db.delete(mailLetters).where(sql`${mailSid} ${isOne}`),
    },
    { isRepeatable: true },
  )
  return { mail_letters: changedBy(letters) }
}

const isNaming = (words: readonly SoughtWord[]) => (text: string) => mentions(text, words)
