// The programs that the tests need beside `npm ci`. Names each missing one, with the command that
// installs it.
import { existsSync } from 'node:fs'

export const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium'

const NEEDED = [
  { path: CHROMIUM, name: 'Chromium', debian: 'apt-get install chromium' },
  {
    path: '/usr/share/simplesamlphp/www',
    name: 'SimpleSAMLphp',
    debian: 'test/e2e/idp/simplesamlphp.sh install',
  },
]

/** One line for each that is missing. */
export function missingPrograms(): string[] {
  return NEEDED.filter(({ path }) => !existsSync(path)).map(
    ({ path, name, debian }) => `${name} is not installed (no ${path}). Debian, as root: ${debian}`,
  )
}

/** Nothing that a run starts may reach an account, or ask the network for updates. */
export function forgetAccounts(): void {
  for (const name of Object.keys(process.env))
    if (/^(CLOUDFLARE|CF|WRANGLER)_/.test(name)) delete process.env[name]
  Object.assign(process.env, {
    CI: '1',
    FORCE_COLOR: '0',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_WRITE_LOGS: 'false',
  })
}
