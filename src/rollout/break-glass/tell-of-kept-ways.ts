// Tells a customer that an owner keeps the password though the IdP has deactivated them: somebody
// may have left, or something may be wrong at the IdP.
import { eachRow } from '../../platform/http/each-row.ts'
import type { Database } from '../../platform/db/client.ts'
import { writeLine } from '../../platform/log/write-line.ts'
import { claimUntold } from './store/kept.ts'
import { writeToContacts, type TellContacts } from './write-to-contacts.ts'

/** Of one run. The next goes on. */
const OWNERS_AT_ONCE = 20

/**
 * For the cron. Warns in the log, for alerts, and writes to the owners and the support contact of
 * the customer where mail is sent. Each owner's way is told once, and again when it is longer.
 */
export async function tellOfKeptWays(run: {
  db: Database
  now: number
  tell?: TellContacts | undefined
}): Promise<void> {
  const owners = await claimUntold(run.db, run.now, OWNERS_AT_ONCE)
  const named = ({ userSid }: (typeof owners)[number]) => userSid
  await eachRow('tell_of_kept_ways', owners, { named }, async (owner) => {
    const { tenantSid, userSid, email, keptUntil, keptBecause: because } = owner
    const data = { email, keptUntil, keptBecause: because }
    const failed = run.tell
      ? await writeToContacts(run, tenantSid, { template: 'owner_kept_way', data }, run.tell)
      : undefined
    writeLine('owner_kept_way', {
      tenantSid,
      userSid,
      because: because ?? undefined,
      failed,
    })
  })
}
