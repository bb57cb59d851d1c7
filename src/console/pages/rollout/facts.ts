// What a rollout's page is made of, read once.
import { listAccounts } from '../../../directory/account-operations.ts'
import { listDomains } from '../../../directory/domains/operations.ts'
import type { Problem } from '../../../problem.ts'
import type { Result } from '../../../result.ts'
import {
  compareVersions,
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
import { take } from '../../kit/admin-context.tsx'
import type { RolloutContext } from './rollout-context.ts'

export type RolloutFacts = {
  progress: RolloutProgress
  /** Null: there is no list yet. */
  summary: Summary | null
  /** To the version before; null where there is none. */
  comparison: Comparison | null
  /** Names of selected accounts, as far as the actor may see them. */
  accountNames: ReadonlyMap<string, string>
  /** Domains that the tenant has proved; operators alone see them. */
  domains: readonly string[]
  /** Users who were named one by one; null: not for the actor to know. */
  namedUsers: number | null
  /** True where notices can be sent from here. */
  sends: boolean
}

/** The newest rollouts of a connection, and how far they have come. */
export type RolloutsOf = {
  rollouts: readonly Rollout[]
  hasMoreRollouts: boolean
  counted: ReadonlyMap<string, RolloutProgress['counts']>
}

const SOME = 5
/** Counting goes through a whole list. */
const COUNTED = 2

export async function rolloutsOf({ context, connection }: ConnectionContext): Promise<RolloutsOf> {
  const of = { connectionSid: connection.sid }
  const { items, next } = take(await listRollouts(context, of, { limit: SOME, after: null }))
  const listed = items.filter(({ version }) => version > 0).slice(0, COUNTED)
  const progress = await Promise.all(listed.map(({ sid }) => getProgress(context, sid)))
  return {
    rollouts: items,
    hasMoreRollouts: next !== null,
    counted: new Map(
      progress.map((one) => take(one)).map(({ rollout, counts }) => [rollout.sid, counts]),
    ),
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
    // Nobody is added: it answers how many there are.
    page.may.operate && !cursors.freeze ? selectUsers(context, sid, []) : null,
  ])
  return {
    progress: take(progress),
    summary: summary && take(summary),
    comparison: comparison && take(comparison),
    accountNames: new Map(
      seen(accounts)?.items.map(({ sid: accountSid, name }) => [accountSid, name]) ?? [],
    ),
    domains: (seen(domains) ?? [])
      .filter(({ verifiedAt }) => verifiedAt !== null)
      .map(({ domain }) => domain),
    namedUsers: named ? take(named).selected : null,
    sends,
  }
}

/** A setup link sees its connection, and not the rest of the tenant. */
function seen<T>(outcome: Result<T, Problem>): T | undefined {
  return outcome.ok ? outcome.value : undefined
}
