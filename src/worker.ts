// The Worker's entry: requests, the hourly sweep, the maintenance in between and what apps have to be told, nothing else.
import { sweepAccess } from './access/store.ts'
import { createApp } from './app.ts'
import { warnOfExpiry } from './connections/certificates/expiry.ts'
import { publicNetwork } from './platform/network/fetch-public.ts'
import { runMaintenance } from './connections/maintenance.ts'
import { openDatabase } from './platform/db/client.ts'
import { checkDomains } from './directory/domains/operations.ts'
import { readConfig, type Env } from './env.ts'
import { sweep } from './login/store.ts'
import { deliverLogoutTokens } from './oidc/back-channel/deliver.ts'
import { sweepDeliveries } from './oidc/back-channel/store.ts'
import { keepSigningKeys } from './oidc/signing-keys/signing-keys.ts'
import { sweepGrants } from './oidc/store.ts'
import { enforceDue } from './rollout/operations.ts'
import { sweepSessions } from './sessions/store.ts'

const app = createApp()

/** As in wrangler.toml. The third one is the hourly one. */
const MAINTENANCE_CRON = '*/5 * * * *'
const DELIVERY_CRON = '* * * * *'

export default {
  fetch: app.fetch,
  async scheduled({ cron }, env): Promise<void> {
    const db = openDatabase(env.DB)
    const now = Date.now()
    if (cron === DELIVERY_CRON) {
      const config = readConfig(env)
      const network = publicNetwork(config.isLocal)
      await deliverLogoutTokens({ db, config, network, now })
      return
    }
    if (cron === MAINTENANCE_CRON) {
      const network = publicNetwork(readConfig(env).isLocal)
      const context = { db, actor: { kind: 'maintenance' }, now, network } as const
      try {
        await runMaintenance(context)
      } finally {
        try {
          await checkDomains(context)
        } finally {
          await enforceDue(context)
        }
      }
      return
    }
    // None of them waits for another to succeed.
    const jobs = [
      sweep(db, now),
      sweepGrants(db, now).then(() => sweepSessions(db, now)),
      sweepAccess(db, now),
      warnOfExpiry(db, now),
      keepKeys(env, now),
      sweepDeliveries(db, now),
    ]
    const failed = (await Promise.allSettled(jobs)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  },
} satisfies ExportedHandler<Env>

async function keepKeys(env: Env, now: number): Promise<void> {
  const context = { db: openDatabase(env.DB), actor: { kind: 'maintenance' }, now } as const
  await keepSigningKeys(context, readConfig(env).keySecrets)
}
