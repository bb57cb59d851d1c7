// Gives every test file both databases with all migrations. Wrong secrets that other tests sent do
// not count: all tests come from one address.
import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach } from 'vitest'
import { openDatabase } from '../../src/platform/db/client.ts'
import { failedGuesses } from '../../src/platform/guesses/tables.ts'

await applyD1Migrations(env.DB, env.MIGRATIONS)
await applyD1Migrations(env.HISTORY!, env.HISTORY_MIGRATIONS)

beforeEach(async () => {
  await openDatabase(env.DB).delete(failedGuesses)
})
