// Installs the packages of npm that only these IdPs need, by their lock, where no tool that reads
// the repository's files looks.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const LISTED = fileURLToPath(new URL('packages', import.meta.url))
export const PACKAGES = fileURLToPath(new URL('../../.wrangler/interop', import.meta.url))
const INSTALL_MILLISECONDS = 120_000

export function installPackages(): void {
  const lock = readFileSync(`${LISTED}/package-lock.json`, 'utf8')
  const marker = `${PACKAGES}/installed.json`
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return
  mkdirSync(PACKAGES, { recursive: true })
  cpSync(LISTED, PACKAGES, { recursive: true })
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: PACKAGES,
    stdio: 'inherit',
    timeout: INSTALL_MILLISECONDS,
  })
  writeFileSync(marker, lock)
}
