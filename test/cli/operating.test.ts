// What docs/operating promises of a running Worker: the recipes of alerts.md run as they stand, and
// the synthetic login logs in by --url and on the database of this machine.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LINES, type LineName } from '../../src/platform/log/lines.ts'
import { openPlace, type Place } from './run.ts'

const text = readFileSync('docs/operating/alerts.md', 'utf8')
const recipes = [...text.matchAll(/```sh\n# ([\w ]+)\n(.*?)```/gs)].map(([, name, script]) => ({
  name: name!,
  script: script!,
}))
const folder = mkdtempSync(join(tmpdir(), 'gatepost-alerts-'))

let place: Place
let secret: string
beforeAll(async () => {
  place = await openPlace()
  const made = await place.gatepost(
    'api-key',
    'create',
    '--name',
    'monitor',
    '--role',
    'owner',
    '--json',
  )
  secret = JSON.parse(made.stdout).secret
}, 180_000)
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await place.close()
}, 60_000)

function shell(script: string): Promise<{ status: number; stdout: string; stderr: string }> {
  const env = { ...process.env, GATEPOST_URL: place.origin, GATEPOST_API_KEY: secret }
  return new Promise((resolve) =>
    execFile('sh', ['-c', script], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}

const script = (name: string) => recipes.find((one) => one.name === name)!.script
const metrics = () => JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8'))

/** What makes each recipe raise its alert. */
const WRONG: Readonly<Record<string, (found: ReturnType<typeof metrics>) => void>> = {
  'not ready': (found) => found.failedChecks.push('keys'),
  'overdue job': (found) => found.jobs.push({ job: 'sweep', overdue: true }),
  'refused logins': (found) => Object.assign(found.logins.hours.at(-2), { refused: 21 }),
  'fewer logins': (found) => (found.logins.today.lastWeek.accepted = 51),
  'failing connection': (found) =>
    found.logins.connections.push({ connectionSid: 'CN1', accepted: 10, refused: 11 }),
  'full database': (found) => (found.databases[0].bytes = 0.81 * found.databases[0].limitBytes),
  certificates: (found) => (found.ownKeys.within7Days = 1),
  deliveries: (found) => (found.outbox.oldestAt = found.checkedAt - 600_001),
  backlog: (found) => (found.backlog.sessions = 1),
  'synthetic login': (found) => (found.probe.passedAt = found.checkedAt - 900_001),
}

describe('gatepost probe run', () => {
  it('passes by --url, prints each stage, and leaves no key', async () => {
    const run = await place.gatepost('probe', 'run', '--url', place.origin, '--json')
    expect(run).toMatchObject({ status: 2 })
    const file = place.file('key', secret)
    const flags = ['--url', place.origin, '--key-file', file]
    const passed = await place.gatepost('probe', 'run', ...flags)
    expect(passed).toMatchObject({ status: 0, stderr: '' })
    expect(passed.stdout).toMatch(/^Stage +ms +Result\nkey trusted +\d+ +ok\nbegin +\d+ +ok\n/)
    expect(passed.stdout).toContain('The synthetic login works.\n')
    const json = JSON.parse((await place.gatepost('probe', 'run', ...flags, '--json')).stdout)
    expect(json).toMatchObject({ passed: true })
    expect(json.stages).toHaveLength(8)
  }, 120_000)

  it('passes on the database of this machine, and fails where no Worker answers', async () => {
    // Its ORIGIN is that of npm start, where nothing listens.
    const run = await place.gatepost('probe', 'run', '--json')
    const { passed, stages } = JSON.parse(run.stdout)
    const failed = stages.find(({ error }: { error: string | null }) => error !== null)
    if (passed) expect(run.status).toBe(0)
    else expect([run.status, failed.stage]).toEqual([1, 'begin'])
    expect(stages.at(-1)).toMatchObject({ stage: 'key removed', error: null })
  }, 120_000)
})

describe('docs/operating/alerts.md', () => {
  it('fetches the metrics of a running Worker', async () => {
    expect(await shell(script('fetch'))).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(metrics()).toMatchObject({ databases: [{ name: 'DB' }, { name: 'HISTORY' }] })
    const denied = await shell(script('fetch').replace('$GATEPOST_API_KEY', 'wrong'))
    expect(denied.status).toBe(22)
    await shell(script('fetch'))
  })

  it('has a test for each recipe', () => {
    const names = recipes.map(({ name }) => name).filter((name) => name !== 'fetch')
    expect(names.toSorted()).toEqual(Object.keys(WRONG).toSorted())
  })

  it.each(Object.entries(WRONG))('%s: quiet, and loud where it is wrong', async (name, spoil) => {
    await shell(script('fetch'))
    const found = metrics()
    const quiet = await shell(script(name))
    expect(quiet).toEqual({ status: 0, stdout: '', stderr: '' })
    spoil(found)
    writeFileSync(join(folder, 'metrics.json'), JSON.stringify(found))
    const loud = await shell(script(name))
    expect([loud.status, loud.stderr]).toEqual([1, ''])
    expect(loud.stdout).not.toBe('')
  })

  it('names metrics of Prometheus that the Worker has', async () => {
    const fetched = await shell(
      'curl -fsS -H "Authorization: Bearer $GATEPOST_API_KEY" -H "Accept: text/plain" "$GATEPOST_URL/api/v1/metrics"',
    )
    const source = readFileSync('src/health/metrics/render-text.ts', 'utf8')
    const named = [
      ...new Set([...text.matchAll(/`[^`]*?\b(gatepost_\w+)/g)].map(([, one]) => one!)),
    ]
    expect(named.length).toBeGreaterThan(8)
    for (const name of named) expect(source).toContain(`'${name.slice('gatepost_'.length)}'`)
    for (const name of ['gatepost_ready', 'gatepost_database_bytes', 'gatepost_probe_success'])
      expect(fetched.stdout).toContain(name)
  })

  it('names lines and fields of the log that there are, and columns of data points', () => {
    const [, section = ''] = /## Workers Logs(.*?)## Analytics/s.exec(text)!
    const rows = section.split('\n').filter((line) => line.includes('`event = '))
    expect(rows.length).toBeGreaterThan(8)
    for (const row of rows) {
      const [, event] = /`event = (\w+)`/.exec(row)!
      expect(Object.keys(LINES)).toContain(event)
      const fields = [...row.matchAll(/`(\w+)(?: (?:=|>=|in) [^`]*)?`/g)].map(([, name]) => name!)
      const known = Object.keys(LINES[event as LineName].fields)
      expect(['event', ...known]).toEqual(expect.arrayContaining(fields))
    }
    const logs = readFileSync('docs/operating/logs.md', 'utf8')
    for (const [column] of text.matchAll(/\b(?:blob|double|index)\d\b/g))
      expect(logs).toContain(`| \`${column}\``)
  })
})
