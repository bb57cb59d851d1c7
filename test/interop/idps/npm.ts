// The versions of packages of npm, as they are installed.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** `place`: the folder that has node_modules. */
export function npmVersion(name: string, place = ROOT): string {
  const path = `${place}/node_modules/${name}/package.json`
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
