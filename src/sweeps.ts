// What bounds each table of DB, and the sweep of those that are bounded by time.
import { accessExpiries } from './access/store/creations.ts'
import { importExpiry } from './directory/import/store/imports.ts'
import { readConfig, type Config, type Env } from './env.ts'
import { sweepHistory } from './login/history/sweep.ts'
import { tellOfBacklog } from './events/conditions/backlog.ts'
import { outboxExpiry } from './events/outbox/store.ts'
import { loginExpiries } from './login/store/sweep.ts'
import { appSessionExpiry, deliveryExpiry } from './oidc/back-channel/store.ts'
import { grantExpiry } from './oidc/store/grants.ts'
import type { LimitName } from './limits.ts'
import { mailExpiries } from './mail/post/store.ts'
import { openDatabase } from './platform/db/client.ts'
import { openHistory } from './platform/db/history.ts'
import { budgetOfRun, measureBacklog, sweep, type Expiry } from './platform/db/sweep.ts'
import { writeLine } from './platform/log/write-line.ts'
import { deleteStaleProbeKeys } from './probe/store.ts'
import { recoveryCodeExpiry } from './rollout/break-glass/store/codes.ts'
import { scimTokenExpiry } from './scim/store/tokens.ts'
import { sessionExpiry } from './sessions/store/session.ts'

/** The tables that logins and tokens fill, and others whose rows end. */
export function expiriesOf({ session }: Pick<Config, 'session'>): readonly Expiry[] {
  return [
    ...loginExpiries,
    grantExpiry(session),
    sessionExpiry(session),
    deliveryExpiry,
    appSessionExpiry,
    ...accessExpiries,
    scimTokenExpiry,
    importExpiry,
    recoveryCodeExpiry,
    outboxExpiry,
    ...mailExpiries,
  ]
}

/** What bounds a table whose rows no sweep deletes. */
export type Bound =
  /** A limit, which is counted where rows are added. */
  | { limit: LimitName }
  /** A unique key of these columns: one row for each thing that they name, of which `of` tells. */
  | { oneFor: readonly string[]; of: string }
  /** People make the rows by hand, each with an event, and none of them ends by itself. */
  | { people: string }

export const BOUNDS: Readonly<Record<string, Bound>> = {
  tenants: { people: 'operators create customers' },
  accounts: { people: 'the directory' },
  users: { people: 'the directory; those that IdPs create are limited' },
  search_words: {
    oneFor: ['scope', 'word', 'sid'],
    of: 'names and e-mails, and the parts of one, at most 16',
  },
  user_counts: { oneFor: ['tenant_sid', 'sign_in_method'], of: 'tenants' },
  scim_counts: { oneFor: ['tenant_sid'], of: 'tenants' },
  memberships: { oneFor: ['account_sid', 'user_sid'], of: 'accounts and users' },
  awaited_proofs: { oneFor: ['user_sid'], of: 'users' },
  exceptions: { oneFor: ['user_sid'], of: 'users' },
  newcomer_counts: { oneFor: ['connection_sid'], of: 'connections' },
  address_claims: {
    oneFor: ['tenant_sid', 'source', 'email_key'],
    of: 'sources and addresses of users',
  },
  domains: { limit: 'domains' },
  connections: { limit: 'connections' },
  certificates: { limit: 'certificates' },
  quarantined_certificates: { people: 'at most 20 wait; people refuse others' },
  pending_changes: { limit: 'pendingChanges' },
  metadata_sources: { oneFor: ['connection_sid'], of: 'connections' },
  key_pairs: { oneFor: ['stage'], of: 'three stages' },
  signing_keys: { people: 'two, and one more for a day: the job keep_signing_keys' },
  scim_users: { oneFor: ['connection_sid', 'user_sid'], of: 'connections and users' },
  revocation_sources: { oneFor: ['connection_sid'], of: 'connections' },
  events: { people: 'the audit trail, which is kept whole; or for AUDIT_DAYS' },
  event_chain: { oneFor: ['event_seq'], of: 'events' },
  event_checkpoints: { oneFor: ['chain', 'kind'], of: 'tenants' },
  event_details: { oneFor: ['event_seq'], of: 'events' },
  conditions: { oneFor: ['name', 'subject'], of: 'conditions and what they are about' },
  webhook_endpoints: { limit: 'webhookEndpoints' },
  webhook_endpoint_types: { oneFor: ['endpoint_sid', 'type'], of: 'endpoints and event types' },
  webhook_endpoint_tenants: {
    oneFor: ['endpoint_sid', 'tenant_sid'],
    of: 'endpoints of operators and tenants, a hundred each',
  },
  operators: { limit: 'operators' },
  clients: { people: 'operators register apps' },
  client_origins: { oneFor: ['origin', 'client_sid'], of: 'apps and their origins' },
  name_ids: {
    oneFor: ['connection_sid', 'user_sid', 'entity_id'],
    of: 'connections, users and IdPs',
  },
  proofs: { oneFor: ['connection_sid', 'user_sid'], of: 'connections and users' },
  contacts: { limit: 'contacts' },
  aliases: { limit: 'aliases' },
  testers: { limit: 'testers' },
  turns: { oneFor: ['subject_sid', 'step'], of: 'connections, rollouts and their steps' },
  turn_cursor: { oneFor: ['id'], of: 'one cursor' },
  sign_offs: {
    oneFor: ['connection_sid', 'revision', 'side'],
    of: 'revisions, each an edit, and two sides',
  },
  idp_users: { limit: 'idpUsers' },
  rollouts: { people: 'people begin rollouts' },
  moves: { oneFor: ['user_sid'], of: 'users' },
  rollout_selections: { oneFor: ['rollout_sid', 'user_sid'], of: 'rollouts and users' },
  rollout_members: {
    oneFor: ['rollout_sid', 'version', 'user_sid'],
    of: 'versions of lists, and users',
  },
  break_glass: { oneFor: ['tenant_sid', 'user_sid'], of: 'tenants and users' },
  job_runs: { oneFor: ['job'], of: 'jobs' },
  erasures: { oneFor: ['subject_sid'], of: 'things that were deleted' },
  failed_guesses: { oneFor: ['bucket'], of: '65,536 buckets' },
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
  await deleteStaleProbeKeys(db, now)
  const rows = Object.fromEntries(Object.entries(deleted).filter(([, count]) => count > 0))
  const backlog = left.length > 0 ? await measureBacklog(db, expiries, now) : {}
  if (left.length > 0 || Object.keys(rows).length > 0) writeLine('swept', { rows, backlog })
  await tellOfBacklog(db, 'DB', backlog, now)
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
    writeLine('history_unavailable', { doing: 'sweep', code: 'missing' })
    return { backlog: {} }
  }
  const swept = await sweepHistory(history, readConfig(env).history, now, budgetOfRun())
  writeLine('history_swept', swept)
  const db = openDatabase(env.DB)
  await tellOfBacklog(db, 'HISTORY', swept.backlog, now)
  return { backlog: swept.backlog }
}
