// Delivers what is in the outbox: after a response, in the minute's job, and when a queue wakes us.
import { CHANNELS } from './channels.ts'
import { MINUTE } from './durations.ts'
import { readConfig, type Env } from './env.ts'
import type { DeliverableEvent } from './events/outbox/channel.ts'
import { deliverOutbox, type OutboxReport } from './events/outbox/deliver.ts'
import { offerEvent } from './events/outbox/store.ts'
import { tellOfSilentJobs } from './health/watch-jobs.ts'
import { openDatabase } from './platform/db/client.ts'
import type { PublicFetchOptions } from './platform/network/fetch-public.ts'
import { publicNetwork } from './platform/network/public-network.ts'
import { passTurns } from './rollout/operations.ts'

/** Sends all that is due. Two at once send different rows. */
export function deliverEvents(env: Env, network?: PublicFetchOptions): Promise<OutboxReport> {
  const context = {
    env,
    db: openDatabase(env.DB),
    network: network ?? publicNetwork(readConfig(env).isLocal),
    now: Date.now(),
  }
  return deliverOutbox(context, CHANNELS)
}

/** When this isolate last looked whether the jobs run. */
let lookedAt = 0

/** No job can tell that none runs, so that requests look too. */
async function lookAtJobs(env: Env): Promise<void> {
  const now = Date.now()
  if (now - lookedAt < LOOK_AGAIN || readConfig(env).isLocal) return
  lookedAt = now
  await tellOfSilentJobs(openDatabase(env.DB), now)
}

const LOOK_AGAIN = 5 * MINUTE

/**
 * After a response. `offers`, which no batch has written, go to the outbox first. A queue has more
 * time than the 30 seconds after a response: where one is bound, it delivers.
 */
export async function wakeDelivery(work: {
  env: Env
  network: PublicFetchOptions
  offers: readonly unknown[]
}): Promise<void> {
  const { env, network, offers } = work
  const db = openDatabase(env.DB)
  for (const event of offers) await offerEvent(db, event as DeliverableEvent)
  await lookAtJobs(env)
  // The minute’s job does what a busy moment leaves.
  await passTurns({ db, now: Date.now() }, 1)
  if (env.EVENTS_QUEUE) await env.EVENTS_QUEUE.send('wake')
  else await deliverEvents(env, network)
}
