// The Worker's entry: requests and the hourly sweep, nothing else.
import { createApp } from './app.ts'
import { openDatabase } from './db/client.ts'
import type { Env } from './env.ts'
import { sweep } from './login/store.ts'

const app = createApp()

export default {
  fetch: app.fetch,
  async scheduled(_controller, env): Promise<void> {
    await sweep(openDatabase(env.DB), Date.now())
  },
} satisfies ExportedHandler<Env>
