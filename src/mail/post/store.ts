// The SQL of the mail log and of letters. A mail is planned once for each cause, template and
// receiver; it is claimed before it is sent, so that two runs never send the same.
import { and, asc, eq, gt, inArray, lt, ne, notInArray, or, sql, type SQL } from 'drizzle-orm'
import { tenants } from '../../directory/tenants/tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { batch } from '../../platform/db/batch.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { newestSidFirst, type PageRequest } from '../../platform/db/page.ts'
import { listed } from '../../platform/db/sql.ts'
import type { Expiry } from '../../platform/db/sweep.ts'
import type { MailMessage } from '../../platform/mail/message.ts'
import { TEMPLATE_NAMES, TEMPLATES } from '../templates/templates.ts'
import { A_DAY, isUrgent, LETTERS_KEPT, LOG_KEPT, SAME_AGAIN, type MailCode } from './rules.ts'
import { mailLetters, mails } from './tables.ts'

export type MailRow = typeof mails.$inferSelect
export type LetterRow = typeof mailLetters.$inferSelect
type MailOutcome = MailRow['outcome']

export type PlannedMail = Pick<
  MailRow,
  'sid' | 'cause' | 'template' | 'about' | 'tenantSid' | 'address' | 'receiverHash'
> & {
  /** Null: the letter holds a secret and is not stored. */
  letter: MailMessage | null
}

const URGENT = TEMPLATE_NAMES.filter((name) => isUrgent(TEMPLATES[name].kind))

/**
 * Plans mails: a second plan of the same changes nothing. `hasSender`: else they are there to copy.
 */
export async function planMails(
  db: Database,
  planned: readonly PlannedMail[],
  { now, hasSender }: { now: number; hasSender: boolean },
): Promise<void> {
  const statements = planned.flatMap(({ letter, ...mail }) => [
    db
      .insert(mails)
      .values({
        ...mail,
        outcome: outcomeOf(mail, now, hasSender),
        code: codeOf(mail, now, hasSender),
        createdAt: now,
        changedAt: now,
      })
      .onConflictDoNothing(),
    ...(letter ? [insertLetter(db, mail.sid, letter, now)] : []),
  ])
  await batch(db, { statements }, { isRepeatable: true })
}

function insertLetter(db: Database, mailSid: string, letter: MailMessage, now: number) {
  const { to, subject, text, html = '', headers = {} } = letter
  const row = { mailSid, to, subject, text, html, headers: JSON.stringify(headers), createdAt: now }
  return insertFromSelect(db, mailLetters, { ...row, headers: sql`${row.headers}` }, (select) =>
    select
      .from(mails)
      .where(and(eq(mails.sid, mailSid), inArray(mails.outcome, ['waiting', 'copy']))),
  ).onConflictDoNothing()
}

type JudgedMail = Pick<PlannedMail, 'template' | 'about' | 'receiverHash' | 'tenantSid'>

function outcomeOf(mail: JudgedMail, now: number, hasSender: boolean): SQL<MailOutcome> {
  const otherwise = hasSender ? 'waiting' : 'copy'
  return sql<MailOutcome>`CASE WHEN ${isSameAgain(mail, now)} OR ${isOverLimit(mail, now)}
    THEN 'held' ELSE ${otherwise} END`
}

function codeOf(mail: JudgedMail, now: number, hasSender: boolean): SQL<MailCode | null> {
  const otherwise = hasSender ? null : 'no_sender'
  return sql<MailCode | null>`CASE WHEN ${isSameAgain(mail, now)} THEN 'same_again'
    WHEN ${isOverLimit(mail, now)} THEN 'day_limit' ELSE ${otherwise} END`
}

function isSameAgain({ template, about, receiverHash }: JudgedMail, now: number): SQL {
  // A mail that somebody sent by hand, such as a second invitation, is meant.
  if (TEMPLATES[template].kind === 'personal') return sql`0`
  return sql`EXISTS (SELECT 1 FROM ${mails} WHERE ${and(
    eq(mails.receiverHash, receiverHash),
    eq(mails.template, template),
    eq(mails.about, about),
    gt(mails.createdAt, now - SAME_AGAIN),
    notInArray(mails.outcome, ['held', 'failed']),
  )})`
}

function isOverLimit({ template, tenantSid }: JudgedMail, now: number): SQL {
  const isSince = gt(mails.createdAt, now - A_DAY.period)
  const isLike = URGENT.includes(template)
    ? inArray(mails.template, listed(URGENT))
    : notInArray(mails.template, listed(URGENT))
  const ofTenant =
    tenantSid === null ? sql`${mails.tenantSid} IS NULL` : eq(mails.tenantSid, tenantSid)
  const isCounted = and(isSince, isLike, ne(mails.outcome, 'held'))
  const count = (where: SQL | undefined) =>
    sql`(SELECT count(*) FROM ${mails} WHERE ${and(where, isCounted)})`
  return sql`(${count(ofTenant)} >= ${A_DAY.tenant} OR ${count(undefined)} >= ${A_DAY.all})`
}

/** The mails of a cause that are not done, with their letters, oldest first. */
export function findOpen(db: Database, cause: string) {
  return db
    .select({ mail: mails, letter: mailLetters })
    .from(mails)
    .leftJoin(mailLetters, eq(mailLetters.mailSid, mails.sid))
    .where(and(eq(mails.cause, cause), inArray(mails.outcome, ['waiting', 'sending'])))
    .orderBy(asc(mails.sid))
}

/** The mails of a cause, whatever their outcome. */
export function findMailsOf(db: Database, cause: string): Promise<MailRow[]> {
  return db.select().from(mails).where(eq(mails.cause, cause)).orderBy(asc(mails.sid))
}

/**
 * Takes a mail to send it; false: another run has it. `staleBefore`: a run that began earlier was
 * killed, and the sender recognises its mail.
 */
export async function claimMail(
  db: Database,
  sid: string,
  { now, staleBefore }: { now: number; staleBefore: number | null },
): Promise<boolean> {
  const isStale =
    staleBefore === null
      ? undefined
      : and(eq(mails.outcome, 'sending'), lt(mails.changedAt, staleBefore))
  const claimed = await db
    .update(mails)
    .set({ outcome: 'sending', attempts: sql`${mails.attempts} + 1`, changedAt: now })
    .where(and(eq(mails.sid, sid), or(eq(mails.outcome, 'waiting'), isStale)))
    .returning({ sid: mails.sid })
  return claimed.length > 0
}

/** Mails of killed runs may have been sent: a person decides. */
export async function giveUpUnclear(
  db: Database,
  cause: string,
  { now, staleBefore }: { now: number; staleBefore: number },
): Promise<void> {
  await db
    .update(mails)
    .set({ outcome: 'unclear', code: 'run_ended', changedAt: now })
    .where(
      and(eq(mails.cause, cause), eq(mails.outcome, 'sending'), lt(mails.changedAt, staleBefore)),
    )
}

/** Writes the result of a try. The words of a mail that was sent are deleted with it. */
export async function settleMail(
  db: Database,
  sid: string,
  { outcome, code, now }: { outcome: MailOutcome; code: MailCode | null; now: number },
): Promise<void> {
  await batch(
    db,
    {
      row: db
        .update(mails)
        .set({ outcome, code, changedAt: now })
        .where(and(eq(mails.sid, sid), eq(mails.outcome, 'sending'))),
      letter:
        outcome === 'sent' ? db.delete(mailLetters).where(eq(mailLetters.mailSid, sid)) : undefined,
    },
    { isRepeatable: true },
  )
}

/** Back to `waiting`, for one that was not sent. False: it has no letter any more. */
export async function reopenMail(db: Database, sid: string, now: number): Promise<boolean> {
  const reopened = await db
    .update(mails)
    .set({ outcome: 'waiting', code: null, changedAt: now })
    .where(
      and(
        eq(mails.sid, sid),
        inArray(mails.outcome, ['failed', 'unclear', 'waiting', 'copy', 'held']),
        sql`EXISTS (SELECT 1 FROM ${mailLetters} WHERE ${eq(mailLetters.mailSid, mails.sid)})`,
      ),
    )
    .returning({ sid: mails.sid })
  return reopened.length > 0
}

/** Newest first; one row more than the page holds. */
export function findMails(
  db: Database,
  of: { tenantSid?: string | undefined },
  page: PageRequest,
): Promise<MailRow[]> {
  const { tenantSid } = of
  return db
    .select()
    .from(mails)
    .where(
      and(
        tenantSid === undefined ? undefined : eq(mails.tenantSid, tenantSid),
        newestSidFirst.after(mails, page),
      ),
    )
    .orderBy(...newestSidFirst.order(mails))
    .limit(page.limit + 1)
}

export async function findMail(
  db: Database,
  sid: string,
): Promise<{ mail: MailRow; letter: LetterRow | null; tenantName: string | null } | undefined> {
  const [row] = await db
    .select({ mail: mails, letter: mailLetters, tenantName: tenants.name })
    .from(mails)
    .leftJoin(mailLetters, eq(mailLetters.mailSid, mails.sid))
    .leftJoin(tenants, eq(tenants.sid, mails.tenantSid))
    .where(eq(mails.sid, sid))
  return row
}

/** Letters go first: they refer to the log. */
export const mailExpiries: readonly Expiry[] = [
  { table: mailLetters, isDead: (now) => lt(mailLetters.createdAt, now - LETTERS_KEPT) },
  { table: mails, isDead: (now) => lt(mails.createdAt, now - LOG_KEPT), after: mailLetters },
]
