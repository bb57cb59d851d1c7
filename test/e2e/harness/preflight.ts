// The programs that the tests need beside `npm ci`. Names each missing one, with the command that
// installs it.
import { existsSync } from 'node:fs'

/** The shell is the same engine without windows: its pages come in two thirds of the time. */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell'
export const CHROMIUM =
  process.env.CHROMIUM || (existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : '/usr/bin/chromium')

export const FIREFOX = process.env.FIREFOX || '/usr/bin/firefox-esr'
export const WEBKIT_DRIVER = '/usr/bin/WebKitWebDriver'
export const XVFB = '/usr/bin/Xvfb'

type Program = { path: string; name: string; debian: string }

const NEEDED: Program[] = [
  { path: CHROMIUM, name: 'Chromium', debian: 'apt-get install chromium-headless-shell' },
  {
    path: '/usr/share/simplesamlphp/www',
    name: 'SimpleSAMLphp',
    debian: 'test/e2e/idp/simplesamlphp.sh install',
  },
]

const BROWSERS: Program[] = [
  NEEDED[0]!,
  { path: FIREFOX, name: 'Firefox', debian: 'apt-get install firefox-esr' },
  { path: WEBKIT_DRIVER, name: 'WebKit', debian: 'apt-get install webkit2gtk-driver' },
  { path: XVFB, name: 'Xvfb', debian: 'apt-get install xvfb' },
]

/** One line for each that the end-to-end tests miss. */
export const missingPrograms = () => missingOf(NEEDED)

/** One line for each that the tests in three browsers miss. */
export const missingBrowsers = () => missingOf(BROWSERS)

function missingOf(programs: readonly Program[]): string[] {
  return programs
    .filter(({ path }) => !existsSync(path))
    .map(
      ({ path, name, debian }) =>
        `${name} is not installed (no ${path}). Debian, as root: ${debian}`,
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
