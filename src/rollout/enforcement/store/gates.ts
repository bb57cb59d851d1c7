// Whether the gates of a rollout are open: one SQL condition each. A page selects them all, and the
// statements that carry a step out repeat them, so that no change can come between check and step.
import { and, eq, gt, inArray, sql, type SQL } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { connections } from '../../../connections/tables.ts'
import { users } from '../../../directory/tables.ts'
import { tenants } from '../../../directory/tenants/tables.ts'
import type { Database } from '../../../platform/db/client.ts'
import { breakGlass } from '../../break-glass/tables.ts'
import type { Rollout } from '../../cohort/store.ts'
import { rollouts } from '../../cohort/tables.ts'
import { bothPassed } from '../../validation/store/sign-offs.ts'
import {
  gatesBefore,
  type GateCode,
  type GatedStep,
  type GateFacts,
  type GateOptions,
} from '../gates.ts'

// Names of their own: the statements that the conditions stand in read the same tables.
const rollout = alias(rollouts, 'gated_rollout')
const connection = alias(connections, 'gated_connection')
const tenant = alias(tenants, 'gated_tenant')

const isNewest = (version: SQLiteColumn) => sql`${version} IS ${rollout.version}`

const conditions = (now: number): Record<GateCode, SQL> => ({
  rollout_not_frozen: and(gt(rollout.version, 0), eq(rollout.frozen, true))!,
  rollout_under_way: sql`json_extract(${rollout.cursors}, '$.roll_back') IS NULL`,
  plan_required: eq(tenant.plan, 'enterprise'),
  lifecycle: inArray(connection.state, ['validated', 'live']),
  rollout_unreviewed: isNewest(rollout.reviewedVersion),
  rollout_not_enabled: isNewest(rollout.enabledVersion),
  rollout_uninformed: isNewest(rollout.informedVersion),
  not_signed_off: bothPassed(connection.sid),
  break_glass_missing: hasOwner(now),
  rollout_not_approved: isNewest(rollout.approvedVersion),
})

/** A break-glass owner who is not suspended and whose exemption holds. */
function hasOwner(now: number): SQL {
  const owner = alias(users, 'owner')
  return sql`EXISTS (SELECT 1 FROM ${breakGlass}
    JOIN ${users} AS ${owner} ON ${owner.sid} = ${breakGlass.userSid}
    WHERE ${breakGlass.tenantSid} = ${tenant.sid} AND ${breakGlass.endedAt} IS NULL
      AND ${breakGlass.expiresAt} > ${now} AND ${owner.suspendedAt} IS NULL)`
}

/** The gates as they are now, and what their words say of it. */
export async function findFacts(db: Database, rolloutSid: string, now: number): Promise<GateFacts> {
  const open = Object.fromEntries(
    Object.entries(conditions(now)).map(([code, condition]) => [
      code,
      sql<boolean>`${condition}`.mapWith(Boolean),
    ]),
  ) as Record<GateCode, SQL<boolean>>
  const { version, reviewedVersion, enabledVersion, informedVersion, approvedVersion } = rollout
  const [facts] = await db
    .select({
      version,
      reviewedVersion,
      enabledVersion,
      informedVersion,
      approvedVersion,
      plan: tenant.plan,
      state: connection.state,
      open,
    })
    .from(rollout)
    .innerJoin(connection, eq(connection.sid, rollout.connectionSid))
    .innerJoin(tenant, eq(tenant.sid, rollout.tenantSid))
    .where(eq(rollout.sid, rolloutSid))
  if (!facts) throw new TypeError('no such rollout')
  return facts
}

/** Whether the rollout is still at its version and every gate before the step is open. */
export function mayTake(
  step: GatedStep,
  { sid, version }: Rollout,
  now: number,
  options: GateOptions = {},
): SQL {
  const all = conditions(now)
  const holds = and(
    eq(rollout.sid, sid),
    eq(rollout.version, version),
    ...gatesBefore(step, options).map((code) => all[code]),
    // A validated connection goes live before the first chunk is enforced.
    step === 'enforce' ? eq(connection.state, 'live') : undefined,
  )
  return sql`EXISTS (SELECT 1 FROM ${rollouts} AS ${rollout}
    JOIN ${connections} AS ${connection} ON ${connection.sid} = ${rollout.connectionSid}
    JOIN ${tenants} AS ${tenant} ON ${tenant.sid} = ${rollout.tenantSid}
    WHERE ${holds})`
}
