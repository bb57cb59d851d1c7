// What commands understand, and what they do not: status 2, before anything is touched.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { COMMON_FLAGS, VERBS } from '../../src/cli/commands.ts'
import { help } from '../../src/cli/help.ts'
import { deriveRemoteConfig } from '../../src/cli/remote.ts'
import { UsageError } from '../../src/cli/usage-error.ts'
import { gatepost, runHere } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatepost-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('what is not understood', () => {
  it.each([
    ['no such noun', ['foo', 'bar'], 'no command foo'],
    ['no such verb', ['tenant', 'foo'], 'no command tenant foo'],
    ['a name of Object’s', ['tenant', 'constructor'], 'no command tenant constructor'],
    ['no such flag', ['tenant', 'list', '--foo'], '--foo'],
    ['a key on the command line', ['tenant', 'list', '--key', 'gp_x'], '--key'],
    ['too much', ['tenant', 'show', 'TN1', 'TN2'], 'too many arguments: TN2'],
    ['no number', ['tenant', 'list', '--limit', '0'], '--limit takes a whole number from 1'],
    [
      'no time',
      ['api-key', 'create', '--name', 'x', '--role', 'admin', '--expires', '3'],
      '--expires takes',
    ],
    ['two places', ['tenant', 'list', '--remote', '--url', 'https://a.example'], 'exclude'],
    ['http', ['tenant', 'list', '--url', 'http://a.example'], '--url takes the origin'],
    ['a path', ['tenant', 'list', '--url', 'https://a.example/api'], '--url takes the origin'],
    ['a key for nobody', ['tenant', 'list', '--key-file', 'x'], '--key-file goes with --url'],
  ])('%s', async (_, args, message) => {
    const error = await runHere(...args).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(UsageError)
    expect((error as Error).message).toContain(message)
  })

  it('is said in one line, with status 2', async () => {
    const { status, stdout, stderr } = await gatepost(folder, ['tenant', 'list', '--foo'])
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^gatepost: [^\n]*--foo[^\n]*\n$/)
  })

  it('says in one line that nobody answers', async () => {
    const run = await gatepost(folder, ['tenant', 'list', '--url', 'http://localhost:1'], {
      GATEPOST_API_KEY: 'gp_x',
    })
    expect(run.status).toBe(1)
    expect(run.stderr).toMatch(/^gatepost: http:\/\/localhost:1 cannot be reached: [^\n]+\n$/)
  })
})

describe('help', () => {
  it('has every command, those of a noun, and the flags of one', async () => {
    const all = (await gatepost(folder, ['--help'])).stdout
    for (const name of ['explain', ...Object.keys(VERBS)]) expect(all).toContain(`  ${name} `)
    const noun = help(VERBS, 'setup-link')
    expect(noun).toContain('setup-link revoke SL…')
    expect(noun).not.toContain('tenant')
    const one = help(VERBS, 'setup-link', 'create', COMMON_FLAGS)
    expect(one).toContain('setup-link create CN… --name NAME')
    for (const flag of [
      '--expires 7d',
      '--may LIST',
      '--remote',
      '--url',
      '--key-file FILE',
      '--json',
    ])
      expect(one).toContain(`  ${flag}`)
  })
})

describe('the deployed database', () => {
  const config = {
    name: 'gatepost',
    compatibility_date: '2026-10-20',
    vars: { ORIGIN: 'https://sso.example.com', SP_CERTIFICATE: 'MII' },
    d1_databases: [
      { binding: 'OTHER', database_name: 'other' },
      { binding: 'DB', database_name: 'gatepost' },
      { binding: 'HISTORY', database_name: 'gatepost-history' },
    ],
  }

  it('and the history are the only bindings of the derived configuration, and remote', () => {
    expect(deriveRemoteConfig(config, { DB: 'some-id', HISTORY: 'other-id' })).toEqual({
      name: 'gatepost',
      compatibility_date: '2026-10-20',
      vars: { ORIGIN: 'https://sso.example.com' },
      d1_databases: [
        { binding: 'DB', database_name: 'gatepost', database_id: 'some-id', remote: true },
        {
          binding: 'HISTORY',
          database_name: 'gatepost-history',
          database_id: 'other-id',
          remote: true,
        },
      ],
    })
    expect(deriveRemoteConfig({ ...config, account_id: 'a' }, { DB: 'x' })).toMatchObject({
      account_id: 'a',
    })
  })

  const login = { HOME: folder, CLOUDFLARE_API_TOKEN: '', XDG_CONFIG_HOME: folder }
  const toml = (origin: string) =>
    `name = "gatepost"\ncompatibility_date = "2026-10-20"\n[vars]\nORIGIN = "${origin}"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "gatepost"\n`

  it('is not reached without a login, which one line says', async () => {
    writeFileSync(join(folder, 'wrangler.toml'), toml('https://sso.example.com'))
    const run = await gatepost(folder, ['tenant', 'list', '--remote'], login)
    expect([run.status, run.stdout]).toEqual([1, ''])
    expect(run.stderr).toMatch(
      /^gatepost: the deployed database cannot be reached [^\n]*wrangler login[^\n]*\n$/,
    )
  })

  it('is nobody’s without an origin', async () => {
    writeFileSync(join(folder, 'wrangler.toml'), toml(''))
    const run = await gatepost(folder, ['tenant', 'list', '--remote'], login)
    expect([run.status, run.stderr]).toEqual([
      1,
      'gatepost: wrangler.toml has no ORIGIN: set it to the origin of the deployment\n',
    ])
  })
})
