// The commands that verify, follow and export what happened, against a Worker.
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openPlace, runHere, type Place } from './run.ts'

let place: Place
let folder: string
let tenantSid: string
beforeAll(async () => {
  place = await openPlace()
  folder = dirname(place.file('empty', ''))
  const made = await place.gatepost(
    'api-key',
    'create',
    '--name',
    'ci',
    '--role',
    'owner',
    '--json',
  )
  vi.stubEnv('GATEPOST_API_KEY', JSON.parse(made.stdout).secret)
  tenantSid = JSON.parse(await run('tenant', 'create', '--name', 'Acme', '--json')).sid
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await place?.close()
})
afterEach(() => {
  process.exitCode = undefined
})

const run = (...args: string[]) => runHere(...args, '--url', place.origin)

const lines = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('gatepost audit verify', () => {
  it('says how far each chain is verified, and takes a head that was kept', async () => {
    const cron = await fetch(`${place.origin}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`)
    expect(cron.status).toBe(200)
    const verify = (...args: string[]) => run('audit', 'verify', '--tenant', tenantSid, ...args)
    expect(JSON.parse(await verify('--json'))).toMatchObject({
      isWhole: true,
      waiting: 0,
      publicKey: expect.stringMatching(/^[\w-]{43}$/),
      chains: [{ tenantSid, number: 1, signedTo: 1 }],
    })
    const expected = (await verify('--head')).trim().split(' ')[1]!
    expect(await verify('--expect', expected)).toContain('verified up to number 1')
    expect(process.exitCode).toBeUndefined()
    expect(await verify('--expect', `1:${'0'.repeat(64)}`)).toContain('(expected_head_differs)')
    expect(process.exitCode).toBe(1)
    await expect(run('audit', 'verify', '--expect', expected)).rejects.toThrow('--tenant')
  })
})

describe('gatepost events', () => {
  it('follows from where its file says, and lists', async () => {
    const file = join(folder, 'cursor')
    const follow = () => run('events', 'follow', '--once', '--json', '--cursor-file', file)
    expect(lines(await follow()).map(({ type }) => type)).toContain('tenant.created')
    expect(await follow()).toBe('')
    await run('tenant', 'create', '--name', 'Other')
    expect(lines(await follow())).toMatchObject([{ type: 'tenant.created' }])
    const list = ['events', 'list', '--type', 'tenant.*', '--tenant', tenantSid, '--json']
    expect(JSON.parse(await run(...list))).toHaveLength(1)
    await expect(run('events', 'list', '--type', 'tenants.*')).rejects.toThrow('docs/events.md')
  })

  it('exports the trail of a tenant to a new file that others cannot read', async () => {
    const out = join(folder, 'acme.ndjson')
    const save = () => run('audit', 'export', '--tenant', tenantSid, '--out', out)
    expect(await save()).toContain('1 events written')
    expect(lines(readFileSync(out, 'utf8'))).toMatchObject([{ type: 'tenant.created', tenantSid }])
    expect(statSync(out).mode & 0o777).toBe(0o600)
    await expect(save()).rejects.toThrow('EEXIST')
  })
})
