// The Worker's entry: fetch, scheduled, queue where one is bound, and nothing else.
import { createApp } from './app.ts'
import type { Env } from './env.ts'

const app = createApp()

export default {
  fetch: app.fetch,
  async scheduled({ cron }, env): Promise<void> {
    // Requests do not wait for the jobs' code to be evaluated.
    const { runJobs } = await import('./jobs.ts')
    await runJobs(cron, env)
  },
  /** A message only wakes: the outbox says what is to be delivered. */
  async queue(_batch, env): Promise<void> {
    const { deliverEvents } = await import('./deliver-events.ts')
    await deliverEvents(env)
  },
} satisfies ExportedHandler<Env>
