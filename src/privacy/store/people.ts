// The SQL that reads what a person is recognised by, and erases their rows in one batch.
import { and, desc, eq, ne, sql } from 'drizzle-orm'
import { connections } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { eventDetails, events } from '../../events/tables.ts'
import type { AuditEvent } from '../../events/store.ts'
import { recordEvent } from '../../events/store.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { nameIDs } from '../../login/tables.ts'
import { batch, type Statement } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { listed } from '../../platform/db/sql.ts'
import { rolloutMembers } from '../../rollout/list/tables.ts'
import { aliases } from '../../rollout/reconcile/tables.ts'
import { scimUsers } from '../../scim/tables.ts'
import type { Erasure, Removed } from '../erasure.ts'
import type { Sought } from '../sought.ts'
import { insertErasure } from './erasures.ts'
import { countIn, deleteIn, removedBy } from './portions.ts'
import { listOf, rowsByAddress, rowsOfPeople, type OwnedRows } from './rows.ts'

/** Events of the person whose values are read for earlier addresses and names. */
const MOST_EVENTS = 500

export async function findConnectionSids(db: Database, tenantSid: string): Promise<string[]> {
  const rows = await db
    .select({ sid: connections.sid })
    .from(connections)
    .where(eq(connections.tenantSid, tenantSid))
  return rows.map(({ sid }) => sid)
}

/** What the tables know a person by, as it is there. */
export async function readTraces(db: Database, userSid: string, tenantSid: string) {
  const { eventSeq, personal } = eventDetails
  return batch(db, {
    connections: db
      .select({ sid: connections.sid })
      .from(connections)
      .where(eq(connections.tenantSid, tenantSid)),
    aliases: db
      .select({ email: aliases.emailKey })
      .from(aliases)
      .where(eq(aliases.userSid, userSid)),
    nameIDs: db
      .select({ nameID: nameIDs.nameID })
      .from(nameIDs)
      .where(
        and(
          sql`${nameIDs.connectionSid} IN (SELECT ${connections.sid} FROM ${connections}
            WHERE ${connections.tenantSid} = ${tenantSid})`,
          eq(nameIDs.userSid, userSid),
        ),
      ),
    provisioned: db
      .select({
        userName: scimUsers.userName,
        externalID: scimUsers.externalID,
        displayName: scimUsers.displayName,
      })
      .from(scimUsers)
      .where(eq(scimUsers.userSid, userSid)),
    provisioners: db
      .select({ sid: scimUsers.connectionSid })
      .from(scimUsers)
      .where(and(eq(scimUsers.userSid, userSid), ne(scimUsers.userName, ''))),
    listed: db
      .selectDistinct({ email: rolloutMembers.emailKey })
      .from(rolloutMembers)
      .where(eq(rolloutMembers.userSid, userSid)),
    told: db
      .select({ type: events.type, personal })
      .from(eventDetails)
      .innerJoin(events, eq(events.seq, eventSeq))
      .where(eq(events.subjectSid, userSid))
      .orderBy(desc(events.seq))
      .limit(MOST_EVENTS),
  })
}

/** Of the addresses those that another user has now, as login e-mail or alias. */
export async function findOthersAddresses(
  db: Database,
  userSid: string,
  emails: readonly string[],
): Promise<Set<string>> {
  const isIn = listed(emails)
  const { own, alias } = await batch(db, {
    own: db
      .select({ email: users.emailKey })
      .from(users)
      .where(and(sql`${users.emailKey} IN ${isIn}`, ne(users.sid, userSid))),
    alias: db
      .select({ email: aliases.emailKey })
      .from(aliases)
      .where(and(sql`${aliases.emailKey} IN ${isIn}`, ne(aliases.userSid, userSid))),
  })
  return new Set([...own, ...alias].map(({ email }) => email))
}

/** All rows of one person. */
export function rowsOfUser(userSid: string, tenantSid: string, sought: Sought): OwnedRows[] {
  const { emails, receivers, ids } = sought
  const addresses = { emails: listOf(emails), receivers: listOf(receivers), ids: listOf(ids) }
  return [...rowsByAddress(addresses, tenantSid), ...rowsOfPeople(listOf([userSid]), tenantSid)]
}

/** How many rows of each table are the person's. */
export function countPerson(
  db: Database,
  { userSid, tenantSid, sought }: { userSid: string; tenantSid: string; sought: Sought },
): Promise<Removed> {
  return countIn(db, rowsOfUser(userSid, tenantSid, sought))
}

/** Ends the sessions and erases the person's rows, with the event and the record, in one batch. */
export async function erasePerson(
  { db, actor, now }: OperationContext,
  erasure: Erasure & { tenantSid: string; sought: Sought },
): Promise<Removed> {
  const { subjectSid, tenantSid, sought } = erasure
  const event: AuditEvent = { actor, now, tenantSid, type: 'user.erased', subjectSid }
  // The suspension ends the sessions, here and in apps.
  const first: Statement[] = [
    db
      .update(users)
      .set({ suspendedAt: now })
      .where(and(eq(users.sid, subjectSid), sql`${users.suspendedAt} IS NULL`)),
  ]
  const rows = rowsOfUser(subjectSid, tenantSid, sought)
  const results = await batch(db, {
    first,
    rows: rows.map((one) => deleteIn(db, one)),
    event: recordEvent(db, event),
    record: insertErasure(db, erasure),
  })
  return removedBy(rows, results.rows as unknown as D1Result[])
}
