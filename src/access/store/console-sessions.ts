// The SQL of the console: sign-in links and sessions.
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { consoleSessions, signInLinks } from '../tables.ts'
import { recordEvent } from '../../events/store.ts'
import { guardedBatch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import type { OperationContext } from '../../events/operation-context.ts'

export async function insertSignInLink(
  context: OperationContext,
  row: typeof signInLinks.$inferInsert,
): Promise<void> {
  const { db, actor, now } = context
  await db.batch([
    db.insert(signInLinks).values(row),
    recordEvent(db, {
      actor,
      now,
      tenantSid: null,
      action: 'sign_in_link.create',
      subjectSid: row.name,
      after: { expiresAt: row.expiresAt },
    }),
  ])
}

/** The operator of a link, if the link still works. */
export async function findSignInLink(
  db: Database,
  secretHash: string,
  now: number,
): Promise<{ name: string } | undefined> {
  const [row] = await db
    .select({ name: signInLinks.name })
    .from(signInLinks)
    .where(
      and(
        eq(signInLinks.secretHash, secretHash),
        isNull(signInLinks.spentAt),
        gt(signInLinks.expiresAt, now),
      ),
    )
  return row
}

/** Spends a link and opens a session, both or neither. False if the link was spent before. */
export async function spendSignInLink(
  db: Database,
  linkHash: string,
  session: typeof consoleSessions.$inferInsert,
  now: number,
): Promise<boolean> {
  const actor = { kind: 'operator', name: session.name } as const
  const { spentAt, expiresAt } = signInLinks
  // If the link no longer works, this is NULL: the NOT NULL column then rolls the batch back.
  const good = sql<number>`CASE WHEN ${spentAt} IS NULL AND ${expiresAt} > ${now}
    THEN ${expiresAt} END`
  const spent = await guardedBatch(db, {
    link: db
      .update(signInLinks)
      .set({ spentAt: now, expiresAt: good })
      .where(eq(signInLinks.secretHash, linkHash)),
    session: db.insert(consoleSessions).values(session),
    event: recordEvent(db, {
      actor,
      now,
      tenantSid: null,
      action: 'operator.sign_in',
      subjectSid: session.name,
    }),
  })
  return spent !== undefined
}

export async function findConsoleSession(
  db: Database,
  secretHash: string,
  now: number,
): Promise<{ name: string } | undefined> {
  const [row] = await db
    .select({ name: consoleSessions.name })
    .from(consoleSessions)
    .where(and(eq(consoleSessions.secretHash, secretHash), gt(consoleSessions.expiresAt, now)))
  return row
}

export async function endConsoleSession(db: Database, secretHash: string): Promise<void> {
  await db.delete(consoleSessions).where(eq(consoleSessions.secretHash, secretHash))
}
