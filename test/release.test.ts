// `npm run release` in a repository of its own: what it makes, and when it refuses.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextVersion } from './release.ts'

const SCRIPT = fileURLToPath(new URL('release.ts', import.meta.url))

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- A door.

## [0.1.0] - 2026-01-01

- A house.
`

let repository = ''

function git(...args: string[]): string {
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com']
  return execFileSync('git', [...who, ...args], { cwd: repository, encoding: 'utf8' }).trim()
}

const read = (name: string) => readFileSync(join(repository, name), 'utf8')
const write = (name: string, text: string) => writeFileSync(join(repository, name), text)

function release(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
    cwd: repository,
    encoding: 'utf8',
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: 'Ann',
      GIT_AUTHOR_EMAIL: 'ann@example.com',
      GIT_COMMITTER_NAME: 'Ann',
      GIT_COMMITTER_EMAIL: 'ann@example.com',
    },
  })
  return { status, stdout, stderr }
}

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'release-'))
  git('init', '--quiet', '--initial-branch=main')
  const top = { name: 'gatepost', version: '0.1.0' }
  write('package.json', `${JSON.stringify(top, null, 2)}\n`)
  const packages = { '': top, 'node_modules/other': { version: '0.1.0' } }
  write('package-lock.json', `${JSON.stringify({ ...top, packages }, null, 2)}\n`)
  write('CHANGELOG.md', CHANGELOG)
  git('add', '.')
  git('commit', '--quiet', '--message', 'Begin')
  git('tag', 'v0.1.0')
})

afterEach(() => rmSync(repository, { recursive: true }))

describe('a release', () => {
  it('moves the Unreleased section to the version and its date', () => {
    expect(release('minor')).toMatchObject({ status: 0, stderr: '' })
    expect(read('CHANGELOG.md')).toMatch(
      /^# Changelog\n\n## \[Unreleased\]\n\n## \[0\.2\.0\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- A door\.\n\n## \[0\.1\.0\] - 2026-01-01\n\n- A house\.\n$/,
    )
  })

  it('sets the version of the package and of nothing else', () => {
    release('0.2.0')
    expect(JSON.parse(read('package.json'))).toEqual({ name: 'gatepost', version: '0.2.0' })
    expect(JSON.parse(read('package-lock.json'))).toEqual({
      name: 'gatepost',
      version: '0.2.0',
      packages: {
        '': { name: 'gatepost', version: '0.2.0' },
        'node_modules/other': { version: '0.1.0' },
      },
    })
  })

  it('is one commit and a tag whose message has the notes, headings too', () => {
    release('patch')
    expect(git('log', '--format=%s')).toBe('Release 0.1.1\nBegin')
    expect(git('status', '--porcelain')).toBe('')
    expect(git('tag', '--list', 'v0.1.1', '--format=%(objecttype) %(contents)')).toBe(
      'tag v0.1.1\n\n### Added\n\n- A door.',
    )
  })

  it('changes nothing in a dry run', () => {
    const { status, stdout } = release('major', '--dry-run')
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: '# v1.0.0\n\n### Added\n\n- A door.\n\n',
    })
    expect(git('status', '--porcelain')).toBe('')
    expect(git('tag')).toBe('v0.1.0')
  })
})

describe('no release is made', () => {
  const refuses = (message: string, ...args: string[]) => {
    const head = git('rev-parse', 'HEAD')
    const { status, stderr } = release(...args)
    expect({ status, stderr }).toEqual({ status: 1, stderr: `release: ${message}\n` })
    expect(git('rev-parse', 'HEAD')).toBe(head)
    expect(git('tag')).toBe('v0.1.0')
  }

  it('with uncommitted changes', () => {
    write('forgotten.txt', '')
    refuses('There are uncommitted changes. Commit or stash them.', 'minor')
  })

  it('from another branch', () => {
    git('checkout', '--quiet', '-b', 'idea')
    refuses('Releases are made from main. This is idea.', 'minor')
  })

  it('of a tag that exists', () => {
    refuses('The tag v0.1.0 exists already.', '0.1.0')
  })

  it('of a lower version', () => {
    refuses('0.0.9 is lower than 0.1.0.', '0.0.9')
  })

  it('without an entry in the changelog', () => {
    write('CHANGELOG.md', CHANGELOG.replace('- A door.\n', ''))
    git('commit', '--quiet', '--all', '--message', 'Empty')
    refuses('The Unreleased section has no entry. Write down what has changed.', 'minor')
  })

  it('without a version', () => {
    refuses('Usage: npm run release -- VERSION | major | minor | patch [--dry-run]')
  })
})

describe('the next version', () => {
  it.each([
    ['1.2.3', 'major', '2.0.0'],
    ['1.2.3', 'minor', '1.3.0'],
    ['1.2.3', 'patch', '1.2.4'],
    // The first release has the version that the package has had all along.
    ['0.1.0', '0.1.0', '0.1.0'],
    ['1.9.0', '1.10.0', '1.10.0'],
  ])('after %s by %s is %s', (current, wanted, next) => {
    expect(nextVersion(current, wanted)).toBe(next)
  })

  it.each(['1.0', 'v1.0.0', '1.0.0-beta.1', '01.0.0', 'mayor'])('is never %s', (wanted) => {
    expect(() => nextVersion('0.1.0', wanted)).toThrow('is not a version')
  })
})
