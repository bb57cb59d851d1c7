// Asks D1, KV and the keys, all at once and each within a time. Never rejects.
import journal from '../../migrations/meta/_journal.json' with { type: 'json' }
import { ConfigError, type Config } from '../env.ts'
import { openKeyRing } from '../keys/key-ring.ts'
import { readLoginSecrets } from '../login/login-secret.ts'
import { probeHistory } from '../login/history/store/sweep.ts'
import { checkSigningKeys } from '../oidc/signing-keys/signing-keys.ts'
import type { Database } from '../platform/db/client.ts'
import { askHistory, type LoginHistory } from '../platform/db/history.ts'
import type { KeyValueStore } from '../platform/kv/kv.ts'
import {
  CHECK_NAMES,
  failed,
  judgeBacklog,
  judgeDeliveries,
  judgeHistory,
  judgeJobs,
  judgeMigrations,
  judgeSize,
  ok,
  skipped,
  type CheckName,
  type HealthFinding,
} from './checks.ts'
import { readFacts, readMigrations, type DatabaseFacts, type JobRun } from './store.ts'

/** What the check looks at. */
export type Deployment = {
  db: Database
  history: LoginHistory
  /** Null: out of reach, as from the command line. */
  kv: Pick<KeyValueStore, 'get'> | null
  config: Pick<Config, 'isLocal' | 'keySecrets' | 'loginSecrets' | 'databaseGB' | 'history'>
}

export type Health = {
  isReady: boolean
  checkedAt: number
  checks: ({ name: CheckName } & HealthFinding)[]
  /** Empty where D1 does not answer. */
  jobs: JobRun[]
}

/** The file name of the newest migration that this code was built with. */
const NEEDED = `${journal.entries.at(-1)!.tag}.sql`
/** A service that answers later than this does not work. */
const MILLISECONDS = 5000

export async function checkHealth(deployment: Deployment, now: number): Promise<Health> {
  const { db, history, kv, config } = deployment
  const [facts, historySize, keyValue] = await Promise.all([
    within(() => readFacts(db, now)),
    askHistory(history, 'check_health', probeHistory),
    kv ? within(() => kv.get('health').then(() => true)) : null,
  ])
  const findings: Record<CheckName, HealthFinding> = {
    settings: judgeSettings(config),
    ...(await judgeFacts(deployment, facts, now)),
    history: judgeHistory(historySize, config.history),
    key_value:
      keyValue === null
        ? skipped('Out of reach from here.')
        : keyValue
          ? ok('Answers')
          : failed('Does not answer'),
  }
  return {
    isReady: CHECK_NAMES.every((name) => findings[name].state !== 'failed'),
    checkedAt: now,
    checks: CHECK_NAMES.map((name) => ({ name, ...findings[name] })),
    jobs: facts?.jobs ?? [],
  }
}

function judgeSettings({ loginSecrets }: Deployment['config']): HealthFinding {
  try {
    readLoginSecrets(loginSecrets)
    return ok('Complete')
  } catch (error) {
    return failed(wordsOf(error))
  }
}

type InDatabase = Record<Exclude<CheckName, 'settings' | 'key_value' | 'history'>, HealthFinding>

async function judgeFacts(
  { db, config }: Deployment,
  facts: DatabaseFacts | undefined,
  now: number,
): Promise<InDatabase> {
  if (facts)
    return {
      database: ok('Answers'),
      migrations: judgeMigrations(facts.migrations, NEEDED),
      keys: await judgeKeys(config, facts, now),
      jobs: judgeJobs(facts.jobs, now, config.isLocal),
      backlog: judgeBacklog(facts.jobs),
      deliveries: judgeDeliveries(facts.overdue),
      size: judgeSize(facts.bytes, config.databaseGB),
    }
  // A database without our tables answers too.
  const applied = await within(() => readMigrations(db))
  const unknown = skipped('Unknown: the database gives no answer.')
  return {
    database: applied ? ok('Answers') : failed('Does not answer'),
    migrations: applied ? judgeMigrations(applied, NEEDED) : unknown,
    keys: unknown,
    jobs: unknown,
    backlog: unknown,
    deliveries: unknown,
    size: unknown,
  }
}

async function judgeKeys(
  { keySecrets }: Deployment['config'],
  { keyPairs, signingKeys }: DatabaseFacts,
  now: number,
): Promise<HealthFinding> {
  try {
    const ring = openKeyRing(keySecrets, keyPairs)
    await ring.signingKey()
    await ring.decryptionKeys()
    // The first one is created when an app needs it.
    await checkSigningKeys(keySecrets, signingKeys, now)
    return ok('Open')
  } catch (error) {
    return failed(wordsOf(error))
  }
}

/** Names settings and fingerprints of keys. The words of other errors may quote values. */
function wordsOf(error: unknown): string {
  return error instanceof ConfigError ? error.message : 'An internal error'
}

/** Undefined where it fails or takes too long. */
export async function within<T>(ask: () => Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), MILLISECONDS)
  })
  try {
    return await Promise.race([ask(), over])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
