// The SQL that ends sessions of people, here and in apps.
import { and, eq, gt, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import { connections } from '../../connections/tables.ts'
import type { RecordedType } from '../../events/catalogue.ts'
import { recordEventFrom } from '../../events/store.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { loginCodes } from '../../login/tables.ts'
import { appSessions } from '../../oidc/back-channel/tables.ts'
import { batch } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { sessions } from '../tables.ts'
import { whose, type SessionsOf } from './list.ts'

type Ending = {
  of: SessionsOf | { sid: string }
  event: {
    tenantSid: string
    type: RecordedType
    subjectSid: string
    after: Record<string, string>
  }
  /** Only those of this connection. */
  at?: string | undefined
  because?: 'revoked' | 'idp_revoked'
}

/**
 * Ends sessions and records it, unless there are none. Includes expired sessions and those of apps
 * that outlived ours. Returns their number.
 */
export async function revokeRows(context: OperationContext, ending: Ending): Promise<number> {
  const { found } = await batch(context.db, revocationOf(context, ending))
  const { ended } = found[0]!
  if (ended > 0) context.afterResponse?.add('send_logout_tokens')
  return ended
}

/** The statements of it. Also logins that are not finished yet open no session any more. */
export function revocationOf({ db, actor, now }: OperationContext, ending: Ending) {
  const { of, event, at, because = 'revoked' } = ending
  const isIt = and(
    'sid' in of ? eq(sessions.sid, of.sid) : whose(of),
    at === undefined ? undefined : eq(sessions.connectionSid, at),
    isNull(sessions.endedAt),
  )
  const isInApp = 'sid' in of ? sql`0` : isInAppOf(db, of, event.tenantSid, at)
  const inApps = sql`(SELECT count(*) FROM ${appSessions} WHERE ${isInApp})`
  const counted = db
    .select({ ended: sql<number>`count(*) + ${inApps}`.as('ended') })
    .from(sessions)
    .where(isIt)
  const count = counted.as('counted')
  return {
    found: counted,
    event: recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid: event.tenantSid,
        type: event.type,
        subjectSid: event.subjectSid,
        after: sql`json_set(${JSON.stringify(event.after)}, '$.sessions', ${count.ended})`,
      },
      (select) => select.from(count).where(gt(count.ended, 0)),
    ),
    end: db.update(sessions).set({ endedAt: now, endedBecause: because }).where(isIt),
    endInApps: db.update(appSessions).set({ endedAt: now }).where(isInApp),
    codes: 'sid' in of ? undefined : db.delete(loginCodes).where(isOnItsWay(db, of, at)),
  }
}

/** Logins that nobody has finished yet. The table holds those of an hour. */
function isOnItsWay(db: Database, of: SessionsOf, at: string | undefined): SQL {
  const ofTenant = db
    .select({ sid: connections.sid })
    .from(connections)
    .where(eq(connections.tenantSid, 'tenantSid' in of ? of.tenantSid : ''))
  return and(
    isNull(loginCodes.spentBy),
    'userSid' in of ? eq(loginCodes.userSid, of.userSid) : undefined,
    'connectionSid' in of ? eq(loginCodes.connectionSid, of.connectionSid) : undefined,
    'tenantSid' in of ? inArray(loginCodes.connectionSid, ofTenant) : undefined,
    at === undefined ? undefined : eq(loginCodes.connectionSid, at),
  )!
}

/** Sessions of apps lie under their connection: one seek for each connection of the tenant. */
function isInAppOf(db: Database, of: SessionsOf, tenantSid: string, at: string | undefined): SQL {
  const connectionSid = 'connectionSid' in of ? of.connectionSid : undefined
  const ofTenant = db
    .select({ sid: connections.sid })
    .from(connections)
    .where(
      and(
        eq(connections.tenantSid, tenantSid),
        connectionSid === undefined ? undefined : eq(connections.sid, connectionSid),
        at === undefined ? undefined : eq(connections.sid, at),
      ),
    )
  return and(
    inArray(appSessions.connectionSid, ofTenant),
    'userSid' in of ? eq(appSessions.userSid, of.userSid) : undefined,
  )!
}
