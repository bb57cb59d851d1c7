// The Worker's entry: fetch, scheduled, and nothing else.
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
} satisfies ExportedHandler<Env>
