// Reads everything that a rollout's page shows.
import { listAccounts } from '../../../directory/account-operations.ts'
import { listDomains } from '../../../directory/domains/operations.ts'
import type { Problem } from '../../../problem.ts'
import type { Result } from '../../../result.ts'
import {
  compareVersions,
  countPeople,
  getProgress,
  listRollouts,
  selectUsers,
  summarizeMembers,
  type Comparison,
  type Rollout,
  type RolloutProgress,
  type Summary,
} from '../../../rollout/operations.ts'
import type { ConnectionContext } from '../shared/connection-context.ts'
import { unwrap } from '../../kit/admin-context.tsx'
import type { RolloutContext } from './rollout-context.ts'

export type RolloutFacts = {
  progress: RolloutProgress
  /** Null before the first list. */
  summary: Summary | null
  /** Compared with the previous version; null for the first. */
  comparison: Comparison | null
  /** Names of accounts that the actor may see. */
  accountNames: ReadonlyMap<string, string>
  /** Verified domains of the tenant; only operators see them. */
  domains: readonly string[]
  /** Count of individually selected users; null if the actor may not know. */
  namedUsers: number | null
  /** True if this deployment sends notices. */
  sends: boolean
}

/** The newest rollouts of a connection with their progress. */
export type RolloutsOf = {
  rollouts: readonly Rollout[]
  hasMoreRollouts: boolean
  counted: ReadonlyMap<string, RolloutProgress['counts']>
}

const SOME = 5
/** Counting reads a whole list, so only the newest are counted. */
const COUNTED = 2

export async function rolloutsOf({ context, connection }: ConnectionContext): Promise<RolloutsOf> {
  const of = { connectionSid: connection.sid }
  const { items, next } = unwrap(await listRollouts(context, of, { limit: SOME, after: null }))
  const listed = items.filter(({ version }) => version > 0).slice(0, COUNTED)
  const counts = await Promise.all(listed.map((rollout) => countPeople(context, rollout)))
  return {
    rollouts: items,
    hasMoreRollouts: next !== null,
    counted: new Map(listed.map(({ sid }, index) => [sid, counts[index]!])),
  }
}

const MANY = { limit: 200, after: null }

export async function factsOf(
  { page, rollout }: RolloutContext,
  sends: boolean,
): Promise<RolloutFacts> {
  const { context } = page
  const { sid, tenantSid, version, cursors } = rollout
  const [progress, summary, comparison, accounts, domains, named] = await Promise.all([
    getProgress(context, sid),
    version > 0 ? summarizeMembers(context, sid) : null,
    version > 1 ? compareVersions(context, sid, version - 1, version, { limit: 5 }) : null,
    listAccounts(context, tenantSid, MANY),
    listDomains(context, tenantSid),
    // Adds no one: the answer carries the count.
    page.may.operate && !cursors.freeze ? selectUsers(context, sid, []) : null,
  ])
  return {
    progress: unwrap(progress),
    summary: summary && unwrap(summary),
    comparison: comparison && unwrap(comparison),
    accountNames: new Map(
      seen(accounts)?.items.map(({ sid: accountSid, name }) => [accountSid, name]) ?? [],
    ),
    domains: (seen(domains) ?? [])
      .filter(({ verifiedAt }) => verifiedAt !== null)
      .map(({ domain }) => domain),
    namedUsers: named ? unwrap(named).selected : null,
    sends,
  }
}

/** A setup link may not read the rest of the tenant. */
function seen<T>(outcome: Result<T, Problem>): T | undefined {
  return outcome.ok ? outcome.value : undefined
}
