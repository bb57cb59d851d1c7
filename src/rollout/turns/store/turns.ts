// The SQL of turns: what they depend on, the stored ones, and the cursor of the audit trail.
import { and, asc, desc, eq, gt, isNotNull, isNull, ne, or, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { certificates, quarantinedCertificates } from '../../../connections/certificates/tables.ts'
import { pendingChanges } from '../../../connections/pending/tables.ts'
import { connections } from '../../../connections/tables.ts'
import { tenants } from '../../../directory/tenants/tables.ts'
import { recordEventFrom, type EventOfRows } from '../../../events/store.ts'
import { events } from '../../../events/tables.ts'
import { batch } from '../../../platform/db/batch.ts'
import type { Database } from '../../../platform/db/client.ts'
import { insertFromSelect } from '../../../platform/db/insert-from-select.ts'
import { qualified } from '../../../platform/db/sql.ts'
import { rollouts } from '../../cohort/tables.ts'
import { signOffs, testers } from '../../validation/tables.ts'
import { selectEnforced } from './newcomers.ts'
import { turnCursor, turns } from '../tables.ts'
import type { TurnStep } from '../turn.ts'

const THE_CURSOR = 1
/** Unfinished rollouts of a tenant that are looked at, the newest first. */
const MOST_ROLLOUTS = 200

const cursorOf = (column: 'seq' | 'run') =>
  qualified(sql<number>`coalesce((SELECT ${turnCursor[column]} FROM ${turnCursor}), 0)`)

/** The next events after the cursor. */
export function findNews(db: Database, most: number) {
  return db
    .select({ seq: events.seq, tenantSid: events.tenantSid, type: events.type })
    .from(events)
    .where(gt(events.seq, cursorOf('seq')))
    .orderBy(asc(events.seq))
    .limit(most)
}

/** Never goes back. */
export async function moveCursor(db: Database, seq: number): Promise<void> {
  await db
    .insert(turnCursor)
    .values({ id: THE_CURSOR, seq })
    .onConflictDoUpdate({
      target: turnCursor.id,
      set: { seq: sql`max(${turnCursor.seq}, ${seq})` },
    })
}

const countOf = (table: Parameters<Database['$count']>[0], where: ReturnType<typeof and>) =>
  qualified(sql<number>`(SELECT count(*) FROM ${table} WHERE ${where})`)

const verdictOf = (side: 'vendor' | 'customer') =>
  qualified(sql<'pass' | 'fail' | null>`(SELECT ${signOffs.verdict} FROM ${signOffs}
    WHERE ${signOffs.connectionSid} = ${connections.sid}
      AND ${signOffs.revision} = ${connections.revision} AND ${signOffs.side} = ${side})`)

/** What the turns of a tenant depend on, its stored turns, and the run: one transaction. */
export function findTurnFacts(db: Database, tenantSid: string) {
  const own = eq(connections.tenantSid, tenantSid)
  return batch(db, {
    tenants: db
      .select({ sid: tenants.sid, name: tenants.name, suspendedAt: tenants.suspendedAt })
      .from(tenants)
      .where(eq(tenants.sid, tenantSid)),
    runs: db.select({ run: cursorOf('run').as('run') }).from(sql`(SELECT 1)`),
    connections: db
      .select({
        sid: connections.sid,
        name: connections.name,
        state: connections.state,
        entityID: connections.entityID,
        ssoRedirectURL: connections.ssoRedirectURL,
        ssoPostURL: connections.ssoPostURL,
        idpInitiated: connections.idpInitiated,
        certificates: countOf(certificates, eq(certificates.connectionSid, connections.sid)).as(
          'pinned',
        ),
        testers: countOf(testers, eq(testers.connectionSid, connections.sid)).as('testers'),
        vendor: verdictOf('vendor').as('vendor'),
        customer: verdictOf('customer').as('customer'),
        pending: countOf(pendingChanges, eq(pendingChanges.connectionSid, connections.sid)).as(
          'pending',
        ),
        quarantined: countOf(
          quarantinedCertificates,
          and(
            eq(quarantinedCertificates.connectionSid, connections.sid),
            isNull(quarantinedCertificates.refusedAt),
          ),
        ).as('quarantined'),
        rollouts: countOf(rollouts, eq(rollouts.connectionSid, connections.sid)).as('rollouts'),
      })
      .from(connections)
      .where(own),
    rollouts: db
      .select({
        sid: rollouts.sid,
        name: rollouts.name,
        connectionSid: rollouts.connectionSid,
        state: connections.state,
        version: rollouts.version,
        versionAt: rollouts.versionAt,
        frozen: rollouts.frozen,
        reviewedVersion: rollouts.reviewedVersion,
        enabledVersion: rollouts.enabledVersion,
        informedVersion: rollouts.informedVersion,
        approvedVersion: rollouts.approvedVersion,
        enforcedVersion: rollouts.enforcedVersion,
        enforceAt: rollouts.enforceAt,
        rolledBackAt: rollouts.rolledBackAt,
        hasNotice: sql<boolean>`${isNotNull(rollouts.notice)}`.mapWith(Boolean).as('has_notice'),
      })
      .from(rollouts)
      .innerJoin(connections, eq(connections.sid, rollouts.connectionSid))
      .where(
        and(
          eq(rollouts.tenantSid, tenantSid),
          or(isNull(rollouts.enforcedVersion), ne(rollouts.enforcedVersion, rollouts.version)),
        ),
      )
      .orderBy(desc(rollouts.createdAt))
      .limit(MOST_ROLLOUTS),
    enforced: selectEnforced(db, tenantSid),
    stored: db
      .select({ subjectSid: turns.subjectSid, step: turns.step, beganAt: turns.beganAt })
      .from(turns)
      .where(eq(turns.tenantSid, tenantSid)),
  })
}

export type NewTurn = typeof turns.$inferInsert

export type TurnChange = {
  begun: readonly NewTurn[]
  /** Events of this change, besides those that tell of each turn. */
  events: readonly Omit<EventOfRows, 'actor' | 'now'>[]
  ended: readonly { subjectSid: string; step: TurnStep }[]
}

/**
 * Stores what has changed: each new turn gets its event. False, and nothing done, where another run
 * has stored something since `run`.
 */
export async function storeTurns(
  db: Database,
  run: number,
  { begun, ended, events: more }: TurnChange,
  now: number,
): Promise<boolean> {
  const isOwn = sql`${cursorOf('run')} = ${run}`
  const once = <Select extends { from(source: SQL): { where(condition: SQL): { getSQL(): SQL } } }>(
    select: Select,
  ) => select.from(sql`(SELECT 1)`).where(isOwn)
  const by = { actor: { kind: 'maintenance' }, now } as const
  const begin = begun.flatMap((turn) => {
    const { subjectSid, step, side, tenantSid, connectionSid } = turn
    const event = {
      ...by,
      type: 'turn.began',
      tenantSid,
      connectionSid,
      subjectSid,
      after: sql`json_object('side', ${side}, 'step', ${step})`,
    } as const
    return [recordEventFrom(db, event, once), insertFromSelect(db, turns, turn, once)]
  })
  const end = ended.map(({ subjectSid, step }) =>
    db.delete(turns).where(and(isOwn, eq(turns.subjectSid, subjectSid), eq(turns.step, step))),
  )
  const { stored } = await batch(db, {
    // There may be no row yet.
    cursor: db.insert(turnCursor).values({ id: THE_CURSOR }).onConflictDoNothing(),
    told: more.map((event) => recordEventFrom(db, { ...event, ...by }, once)),
    begin,
    end,
    stored: db
      .update(turnCursor)
      .set({ run: run + 1 })
      .where(eq(turnCursor.run, run))
      .returning({ run: turnCursor.run }),
  })
  return stored.length > 0
}

export type TurnRow = {
  subjectSid: string
  step: TurnStep
  side: 'customer' | 'operator'
  beganAt: number
  tenant: { sid: string; name: string }
  connection: { sid: string; name: string }
  rollout: { sid: string; name: string } | null
}

/** Of all tenants, the longest waiting first. Suspended tenants wait for nothing. */
export async function findTurns(
  db: Database,
  side: 'customer' | 'operator' | undefined,
  most: number,
): Promise<TurnRow[]> {
  const rollout = alias(rollouts, 'rollout')
  const rows = await db
    .select({
      subjectSid: turns.subjectSid,
      step: turns.step,
      side: turns.side,
      beganAt: turns.beganAt,
      tenant: { sid: tenants.sid, name: tenants.name },
      connection: { sid: connections.sid, name: connections.name },
      rollout: { sid: rollout.sid, name: rollout.name },
    })
    .from(turns)
    .innerJoin(tenants, and(eq(tenants.sid, turns.tenantSid), isNull(tenants.suspendedAt)))
    .innerJoin(connections, eq(connections.sid, turns.connectionSid))
    .leftJoin(rollout, eq(rollout.sid, turns.subjectSid))
    .where(side === undefined ? undefined : eq(turns.side, side))
    .orderBy(asc(turns.beganAt), asc(turns.subjectSid))
    .limit(most)
  return rows
}
