// `npm run db:migrate`: has wrangler apply the migrations of each database. Options go to wrangler:
// `npm run db:migrate -- --remote`.
import { spawnSync } from 'node:child_process'
import { DATABASES } from './project.ts'

const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'

for (const { binding } of DATABASES) {
  const command = ['d1', 'migrations', 'apply', binding, ...process.argv.slice(2)]
  const { status } = spawnSync(process.execPath, [WRANGLER, ...command], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
