// Gives every test file both databases with all migrations.
import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

await applyD1Migrations(env.DB, env.MIGRATIONS)
await applyD1Migrations(env.HISTORY!, env.HISTORY_MIGRATIONS)
