// `npm run release -- VERSION`: moves CHANGELOG's Unreleased section to VERSION, sets the version,
// commits, and makes an annotated tag whose message is the release notes. Pushes nothing.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const USAGE = 'npm run release -- VERSION | major | minor | patch [--dry-run]'
const BRANCH = 'main'
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/
const UNRELEASED = '## [Unreleased]'
const STEPS = ['major', 'minor', 'patch'] as const

/** Why no release is made: a sentence for the person who asked. */
class ReleaseError extends Error {}

/** The version to release: as given, or a step from the current one. Never a lower one. */
export function nextVersion(current: string, wanted: string): string {
  const step = STEPS.findIndex((name) => name === wanted)
  const parts = numbersOf(current)
  const next =
    step < 0
      ? wanted
      : parts.map((part, at) => (at < step ? part : at === step ? part + 1 : 0)).join('.')
  const order = numbersOf(next)
  const differs = order.findIndex((part, at) => part !== parts[at])
  if (differs >= 0 && order[differs]! < parts[differs]!)
    throw new ReleaseError(`${next} is lower than ${current}.`)
  return next
}

function numbersOf(version: string): number[] {
  const match = VERSION.exec(version)
  if (!match) throw new ReleaseError(`“${version}” is not a version. Usage: ${USAGE}`)
  return match.slice(1).map(Number)
}

/** The changelog with the Unreleased section under its version, and that section as notes. */
export function cutRelease(changelog: string, version: string, date: string) {
  const begin = changelog.indexOf(`${UNRELEASED}\n`)
  if (begin < 0) throw new ReleaseError(`CHANGELOG.md has no section “${UNRELEASED}”.`)
  if (changelog.includes(`\n## [${version}]`))
    throw new ReleaseError(`CHANGELOG.md already has a section for ${version}.`)
  const rest = changelog.slice(begin + UNRELEASED.length)
  const end = rest.search(/\n## /)
  const notes = (end < 0 ? rest : rest.slice(0, end)).trim()
  if (!/^- /m.test(notes))
    throw new ReleaseError('The Unreleased section has no entry. Write down what has changed.')
  const older = end < 0 ? '' : `\n${rest.slice(end + 1)}`
  const before = changelog.slice(0, begin)
  return {
    notes,
    changelog: `${before}${UNRELEASED}\n\n## [${version}] - ${date}\n\n${notes}\n${older}`,
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim()
}

/** Sets `version` at the top of a JSON file and leaves every other byte as it is. */
function setVersion(path: string, version: string, count: number): void {
  let left = count
  const text = readFileSync(path, 'utf8').replaceAll(/"version": "[^"]+"/g, (found) =>
    left-- > 0 ? `"version": "${version}"` : found,
  )
  writeFileSync(path, text)
}

function release(wanted: string, dryRun: boolean): void {
  if (git('status', '--porcelain') !== '')
    throw new ReleaseError('There are uncommitted changes. Commit or stash them.')
  const branch = git('rev-parse', '--abbrev-ref', 'HEAD')
  if (branch !== BRANCH)
    throw new ReleaseError(`Releases are made from ${BRANCH}. This is ${branch}.`)
  const { version: current } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    version: string
  }
  const version = nextVersion(current, wanted)
  const tag = `v${version}`
  if (git('tag', '--list', tag) !== '') throw new ReleaseError(`The tag ${tag} exists already.`)
  const date = new Date().toISOString().slice(0, 10)
  const { changelog, notes } = cutRelease(readFileSync('CHANGELOG.md', 'utf8'), version, date)
  console.log(`# ${tag}\n\n${notes}\n`)
  if (dryRun) return
  writeFileSync('CHANGELOG.md', changelog)
  setVersion('package.json', version, 1)
  // The lock file has it twice at the top: of the file, and of the root package.
  setVersion('package-lock.json', version, 2)
  git('commit', '--quiet', '--message', `Release ${version}`, '--', '.')
  // `verbatim` keeps headings, which git takes for comments.
  git('tag', '--annotate', '--cleanup=verbatim', tag, '--message', `${tag}\n\n${notes}\n`)
  console.log(`Tagged ${tag}. To publish it: git push --follow-tags`)
}

if (import.meta.main) {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean', default: false } },
    })
    if (positionals.length !== 1) throw new ReleaseError(`Usage: ${USAGE}`)
    release(positionals[0]!, values['dry-run'])
  } catch (error) {
    if (!(error instanceof ReleaseError || error instanceof TypeError)) throw error
    console.error(`release: ${error.message}`)
    process.exitCode = 1
  }
}
