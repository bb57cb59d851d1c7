// What bounds each table of DB, and the sweep of those that are bounded by time.
import { accessExpiries } from './access/store/creations.ts'
import { readConfig, type Config, type Env } from './env.ts'
import { sweepHistory } from './login/history/sweep.ts'
import { loginExpiries } from './login/store/sweep.ts'
import { appSessionExpiry, deliveryExpiry } from './oidc/back-channel/store.ts'
import { grantExpiry } from './oidc/store/grants.ts'
import { openDatabase } from './platform/db/client.ts'
import { openHistory } from './platform/db/history.ts'
import { budgetOfRun, measureBacklog, sweep, type Expiry } from './platform/db/sweep.ts'
import { sessionExpiry } from './sessions/store/session.ts'

/** The tables that logins and tokens fill, and others whose rows expire. */
export function expiriesOf({ session }: Pick<Config, 'session'>): readonly Expiry[] {
  return [
    ...loginExpiries,
    grantExpiry(session),
    sessionExpiry(session),
    deliveryExpiry,
    appSessionExpiry,
    ...accessExpiries,
  ]
}

/** The other tables grow with what people set up, not with logins. */
export const BOUNDS: Readonly<Record<string, string>> = {
  tenants: 'one row a customer',
  accounts: 'the directory',
  users: 'the directory',
  memberships: 'the directory',
  awaited_proofs: 'newcomers in the directory',
  address_claims: 'one row for each source and address in the directory',
  domains: 'domains that a customer claims',
  imports: 'uploads by people',
  connections: 'connections of a customer',
  certificates: 'certificates of a connection',
  quarantined_certificates: 'keys in the metadata of an IdP',
  pending_changes: 'at most 20 a connection',
  metadata_sources: 'one row a connection',
  key_pairs: 'three',
  signing_keys: 'two, and one more for a day',
  api_keys: 'keys that operators make',
  setup_links: 'links that operators make',
  scim_tokens: 'tokens that administrators make',
  scim_users: 'one row a user',
  revocation_sources: 'one row a connection',
  events: 'changes by people and IdPs',
  clients: 'apps',
  client_origins: 'origins of an app',
  name_ids: 'one row for each user, connection and IdP',
  proofs: 'one row for each user and connection',
  aliases: 'addresses that administrators map',
  testers: 'testers of a connection',
  sign_offs: 'two rows a revision',
  idp_users: 'the newest list of a connection',
  rollouts: 'rollouts of a connection',
  rollout_selections: 'users of a rollout',
  rollout_members: 'users of each list that people freeze',
  break_glass: 'owners with an exemption',
  recovery_codes: 'codes of an owner',
  job_runs: 'one row a job',
  failed_guesses: '65,536 buckets',
}

/**
 * Deletes what has expired, and logs how much and where expired rows are left. Returns the backlog:
 * by table, rows that should have been swept two hours ago.
 */
export async function sweepDatabase(
  env: Env,
  now: number,
): Promise<{ backlog: Record<string, number> }> {
  const db = openDatabase(env.DB)
  const expiries = expiriesOf(readConfig(env))
  const { deleted, left } = await sweep(db, expiries, now, budgetOfRun())
  const rows = Object.fromEntries(Object.entries(deleted).filter(([, count]) => count > 0))
  const backlog = left.length > 0 ? await measureBacklog(db, expiries, now) : {}
  if (left.length > 0 || Object.keys(rows).length > 0)
    console.log(JSON.stringify({ event: 'swept', rows, backlog }))
  return { backlog }
}

/**
 * Keeps HISTORY within its days and its size, and logs how. Where it is missing, the log says so.
 */
export async function sweepHistoryOf(
  env: Env,
  now: number,
): Promise<{ backlog: Record<string, number> }> {
  const history = openHistory(env.HISTORY)
  if (!history) {
    console.log(JSON.stringify({ event: 'history_unavailable', doing: 'sweep', code: 'missing' }))
    return { backlog: {} }
  }
  const swept = await sweepHistory(history, readConfig(env).history, now, budgetOfRun())
  console.log(JSON.stringify({ event: 'history_swept', ...swept }))
  return { backlog: swept.backlog }
}
