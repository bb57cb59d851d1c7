// The SQL that begins a deletion: from this batch on nobody signs in there. The rest follows in
// steps.
import { and, eq, isNull, ne, sql, type SQL } from 'drizzle-orm'
import { apiKeys, setupLinks } from '../../access/tables.ts'
import { clientOrigins, clients } from '../../clients/tables.ts'
import { connections } from '../../connections/tables.ts'
import { domains } from '../../directory/domains/tables.ts'
import { offerPasswordResets } from '../../directory/store/password-resets.ts'
import { users } from '../../directory/tables.ts'
import { tenants } from '../../directory/tenants/tables.ts'
import type { RecordedType } from '../../events/catalogue.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEvent, recordEventFrom } from '../../events/store.ts'
import { webhookEndpoints } from '../../events/webhooks/tables.ts'
import { appSessions, logoutDeliveries } from '../../oidc/back-channel/tables.ts'
import { grants } from '../../oidc/tables.ts'
import { batch, type Statement } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { scimTokens } from '../../scim/tables.ts'
import { sessions } from '../../sessions/tables.ts'
import type { Erasure, ErasureKind } from '../erasure.ts'
import { insertErasure } from './erasures.ts'
import type { OwnedRows } from './rows.ts'

const EVENT_OF = {
  tenant: 'tenant.erased',
  connection: 'connection.deleted',
  account: 'account.deleted',
  client: 'client.deleted',
  rollout: 'rollout.deleted',
} as const satisfies Record<Exclude<ErasureKind, 'user'>, RecordedType>

export type Deletion = Erasure & { kind: keyof typeof EVENT_OF }

/** `name`: of what goes, for the event. Throws the UNIQUE violation where it has begun before. */
export async function beginDeletion(
  { db, actor, now }: OperationContext,
  deletion: Deletion,
  name: string,
): Promise<void> {
  const { kind, subjectSid, tenantSid } = deletion
  // The name of a customer is not kept.
  const before = kind === 'tenant' ? {} : { before: { name } }
  await batch(db, {
    record: insertErasure(db, deletion),
    event: recordEvent(db, { actor, now, tenantSid, type: EVENT_OF[kind], subjectSid, ...before }),
    ends: endingOf(db, deletion, now),
  })
}

function endingOf(db: Database, { kind, subjectSid: sid }: Deletion, now: number): Statement[] {
  if (kind === 'tenant')
    return [
      // The trigger ends the sessions, here and in apps.
      db.update(tenants).set({ suspendedAt: now }).where(isOpen(sid)),
      db.update(tenants).set({ erasedAt: now }).where(eq(tenants.sid, sid)),
      db.delete(apiKeys).where(eq(apiKeys.tenantSid, sid)),
      db.delete(setupLinks).where(eq(setupLinks.tenantSid, sid)),
      db.delete(scimTokens).where(eq(scimTokens.tenantSid, sid)),
      db
        .update(webhookEndpoints)
        .set({ isActive: false })
        .where(eq(webhookEndpoints.tenantSid, sid)),
    ]
  if (kind === 'connection')
    return [
      db
        .update(sessions)
        .set({ endedAt: now, endedBecause: 'connection_withdrawn' })
        .where(and(eq(sessions.connectionSid, sid), isNull(sessions.endedAt))),
      db.update(appSessions).set({ endedAt: now }).where(eq(appSessions.connectionSid, sid)),
      db.delete(setupLinks).where(eq(setupLinks.connectionSid, sid)),
      db.delete(scimTokens).where(eq(scimTokens.connectionSid, sid)),
      // Without an SSO URL it cannot be resumed meanwhile.
      db
        .update(connections)
        .set({ ssoRedirectURL: null, ssoPostURL: null, suspendedFrom: null, updatedAt: now })
        .where(eq(connections.sid, sid)),
    ]
  return []
}

const isOpen = (sid: string): SQL => and(eq(tenants.sid, sid), isNull(tenants.suspendedAt))!

/** Users of one statement. */
const DETACHED = 1000

/** The next people of a connection sign in by password; its domains lead nowhere. */
export async function detachUsers(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  connectionSid: string,
): Promise<{ users: number; isDone: boolean }> {
  const some = sql`${users.sid} IN (SELECT ${users.sid} FROM ${users}
    WHERE ${users.connectionSid} = ${connectionSid}
    ORDER BY ${users.createdAt}, ${users.sid} LIMIT ${DETACHED})`
  const isTheirs = and(eq(users.connectionSid, connectionSid), some)!
  const { changed } = await batch(db, {
    domains: db
      .update(domains)
      .set({ connectionSid: null })
      .where(eq(domains.connectionSid, connectionSid)),
    offers: offerPasswordResets(
      { db, actor, now },
      and(isTheirs, ne(users.signInMethod, 'password'))!,
    ),
    events: recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid: sql`${users.tenantSid}`,
        type: 'user.sign_in_method_set',
        subjectSid: sql`${users.sid}`,
        connectionSid,
        before: sql`json_object('signInMethod', ${users.signInMethod},
          'connectionSid', ${users.connectionSid})`,
        after: sql`json_object('signInMethod', 'password', 'connectionSid', NULL)`,
      },
      (select) => select.from(users).where(isTheirs),
    ),
    changed: db
      .update(users)
      .set({ signInMethod: 'password', connectionSid: null, updatedAt: now })
      .where(isTheirs)
      .returning({ sid: users.sid }),
  })
  const count = changed.length
  return { users: count, isDone: count < DETACHED }
}

/** Of an app. Its sessions with us go on; its tokens do not work any more. */
export function rowsOfClient(sid: string): OwnedRows[] {
  return [
    { table: grants, where: eq(grants.clientSid, sid) },
    { table: appSessions, where: eq(appSessions.clientSid, sid) },
    { table: logoutDeliveries, where: eq(logoutDeliveries.clientSid, sid) },
    { table: clientOrigins, where: eq(clientOrigins.clientSid, sid) },
    { table: clients, where: eq(clients.sid, sid) },
  ]
}

export const rowOfTenant = (sid: string): OwnedRows => ({
  table: tenants,
  where: eq(tenants.sid, sid),
})

/** Sessions that are open, and people who sign in through a connection: what a deletion ends. */
export async function countEffects(
  db: Database,
  of: { connectionSid: string } | { tenantSid: string },
): Promise<{ users: number; sso: number; sessions: number }> {
  const isTheirs =
    'tenantSid' in of
      ? eq(users.tenantSid, of.tenantSid)
      : eq(users.connectionSid, of.connectionSid)
  const isHere =
    'tenantSid' in of
      ? sql`${sessions.connectionSid} IN (SELECT ${connections.sid} FROM ${connections}
          WHERE ${connections.tenantSid} = ${of.tenantSid})`
      : eq(sessions.connectionSid, of.connectionSid)
  const rows = sql<number>`count(*)`.as('rows')
  const found = await batch(db, {
    users: db.select({ rows }).from(users).where(isTheirs),
    sso: db
      .select({ rows })
      .from(users)
      .where(and(isTheirs, ne(users.signInMethod, 'password'))),
    sessions: db
      .select({ rows })
      .from(sessions)
      .where(and(isHere, isNull(sessions.endedAt))),
  })
  return {
    users: found.users[0]!.rows,
    sso: found.sso[0]!.rows,
    sessions: found.sessions[0]!.rows,
  }
}
