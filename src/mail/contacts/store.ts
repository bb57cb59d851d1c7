// The SQL of contacts. A change is one batch with its event.
import { asc, eq, isNull } from 'drizzle-orm'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordCreation, recordEvent } from '../../events/store.ts'
import { LIMITS } from '../../limits.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertWithin } from '../../platform/db/within-limit.ts'
import { contacts } from './tables.ts'

export type ContactRow = typeof contacts.$inferSelect
/** As pages and API have it: without the key of its links. */
export type Contact = Omit<ContactRow, 'unsubscribeKey' | 'emailKey'>

const ofTenant = (tenantSid: string | null) =>
  tenantSid === null ? isNull(contacts.tenantSid) : eq(contacts.tenantSid, tenantSid)

const personOf = ({ role, name, email }: Pick<ContactRow, 'role' | 'name' | 'email'>) => ({
  role,
  name,
  email,
})

/** Events of operators' own addresses belong to no tenant. */
const nounOf = ({ tenantSid }: Pick<ContactRow, 'tenantSid'>) =>
  tenantSid === null ? 'operator_contact' : 'contact'

/** In the order in which they were added; null: operators. */
export function findContacts(db: Database, tenantSid: string | null): Promise<ContactRow[]> {
  return db
    .select()
    .from(contacts)
    .where(ofTenant(tenantSid))
    .orderBy(asc(contacts.createdAt), asc(contacts.sid))
}

export async function findContact(db: Database, sid: string): Promise<ContactRow | undefined> {
  const [row] = await db.select().from(contacts).where(eq(contacts.sid, sid))
  return row
}

export async function findByUnsubscribeKey(
  db: Database,
  key: string,
): Promise<ContactRow | undefined> {
  const [row] = await db.select().from(contacts).where(eq(contacts.unsubscribeKey, key))
  return row
}

/**
 * False, and nothing done, where there are as many as there may be. Throws the UNIQUE violation
 * where the address has the role already.
 */
export async function insertContact(context: OperationContext, row: ContactRow): Promise<boolean> {
  const { tenantSid, sid } = row
  const limit = { most: LIMITS.contacts.most, where: ofTenant(tenantSid) }
  const type = `${nounOf(row)}.created` as const
  const event = { tenantSid, type, subjectSid: sid, after: personOf(row) }
  return insertWithin(context.db, contacts, row, limit, {
    creation: recordCreation(context, event),
  })
}

/** Throws the UNIQUE violation where another contact has the address in the role. */
export async function updateContact(
  { db, actor, now }: OperationContext,
  before: ContactRow,
  change: Partial<Pick<ContactRow, 'role' | 'name' | 'email' | 'muted'>>,
): Promise<void> {
  const { sid, tenantSid } = before
  const after = { ...before, ...change }
  await db.batch([
    db
      .update(contacts)
      .set({ ...change, emailKey: after.email.toLowerCase(), updatedAt: now })
      .where(eq(contacts.sid, sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      type: `${nounOf(before)}.updated`,
      subjectSid: sid,
      before: { ...personOf(before), muted: before.muted },
      after: { ...personOf(after), muted: after.muted },
    }),
  ])
}

export async function deleteContact(
  { db, actor, now }: OperationContext,
  row: ContactRow,
): Promise<void> {
  const { sid, tenantSid } = row
  await db.batch([
    db.delete(contacts).where(eq(contacts.sid, sid)),
    recordEvent(db, {
      actor,
      now,
      tenantSid,
      type: `${nounOf(row)}.removed`,
      subjectSid: sid,
      before: personOf(row),
    }),
  ])
}
