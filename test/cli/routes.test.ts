// The routes of the API and the verbs of the CLI: each route has a verb, and each verb makes its
// call.
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { verbsOf } from '../../src/api/engine/route-verb.ts'
import type { Route } from '../../src/api/engine/route.ts'
import { ROUTES } from '../../src/api/routes.ts'
import { readArguments } from '../../src/cli/arguments.ts'
import type { ApiClient, SentRequest } from '../../src/cli/client.ts'
import { COMMON_FLAGS, OWN_VERBS, VERBS } from '../../src/cli/commands.ts'
import type { DerivedCall, Input } from '../../src/cli/derived/derived-verb.ts'
import { deriveVerbs, renderVerbs } from '../../src/cli/derived/derive.ts'
import { toVerb } from '../../src/cli/derived/call.ts'
import { help } from '../../src/cli/help.ts'
import { VIEWS } from '../../src/cli/views.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatepost-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Routes that a verb written by hand calls: it makes several calls, or reads a file first. */
const BY_HAND: Readonly<Record<string, string>> = {
  verifyAudit: 'audit verify',
  listEvents: 'events list',
  importMetadata: 'connection import-metadata',
  checkConnection: 'connection check',
  refreshMetadata: 'connection refresh-metadata',
  whatIf: 'connection what-if',
  withdrawTester: 'tester withdraw',
  createImport: 'user import',
  previewRows: 'user import',
  takeRows: 'user import',
  finishImport: 'user import',
  retireKeyPair: 'key retire',
  startProbe: 'probe run',
  getProbeResult: 'probe run',
  endProbe: 'probe run',
  uploadIdpUsers: 'rollout reconcile',
  refreshFindings: 'rollout reconcile',
  suggestMatches: 'rollout reconcile',
  editSelectors: 'rollout select',
  selectUsers: 'rollout select',
  deselectUsers: 'rollout select',
  freeze: 'rollout freeze',
  compareVersions: 'rollout compare',
  decideMembers: 'rollout include',
  enable: 'rollout enable',
  getNotice: 'rollout notice',
  setNotice: 'rollout notice',
  inform: 'rollout inform',
  enforce: 'rollout enforce',
  scheduleEnforcement: 'rollout schedule',
  rollBack: 'rollout roll-back',
}

/** Routes that no verb calls, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  listSignInDecisions: 'is for apps that ask about many people; `user decide` asks about one',
}

const derived = deriveVerbs(ROUTES)
const calls = derived.flatMap((verb) =>
  verb.calls.map((call, at) => ({ name: `${verb.verb} (${call.path})`, verb, call, at })),
)
const routeOf = ({ method, path }: DerivedCall): Route =>
  ROUTES.find((route) => route.method === method && route.path === path)!

describe('each route', () => {
  it('has a verb, or is in one of two lists that say why not', () => {
    const without = ROUTES.filter(({ cli }) => verbsOf(cli).length === 0)
    expect(without.map(({ operationId }) => operationId).toSorted()).toEqual(
      Object.keys({ ...BY_HAND, ...WITHOUT }).toSorted(),
    )
    for (const verb of Object.values(BY_HAND)) expect(Object.keys(OWN_VERBS)).toContain(verb)
  })

  it('is in the table of the CLI as it is now; `npm run cli:generate` writes the table', () => {
    const lines = new Set(readFileSync('src/cli/derived/verbs.json', 'utf8').split('\n'))
    const fresh = renderVerbs(derived).split('\n')
    const stale = fresh.filter((line) => !lines.has(line))
    expect(stale.map((line) => /"verb":"([^"]+)"/.exec(line)?.[1] ?? line)).toEqual([])
    expect(lines.size).toBe(new Set(fresh).size)
  })

  it('has an argument for each property of its body', () => {
    for (const { operationId, body, cli } of ROUTES.filter((route) => route.body && route.cli)) {
      const { properties, anyOf } = z.toJSONSchema(body!, { io: 'input' })
      const wanted = Object.keys(properties ?? Object.assign({}, ...anyOf!.map(propertiesOf)))
      const given = new Set(
        verbsOf(cli).flatMap(({ verb, always }) => [
          ...Object.keys(always ?? {}),
          ...calls.filter((one) => one.verb.verb === verb).flatMap(({ call }) => bodyOf(call)),
        ]),
      )
      expect([operationId, wanted.filter((key) => !given.has(key))]).toEqual([operationId, []])
    }
  })
})

const propertiesOf = ({ properties }: { properties?: object }) => properties
const bodyOf = ({ inputs }: DerivedCall) =>
  inputs.filter((input) => input.in === 'body').map(({ key }) => key)

describe('each verb', () => {
  it('is either derived or written by hand', () => {
    const both = derived.filter(({ verb }) => Object.hasOwn(OWN_VERBS, verb))
    expect(both).toEqual([])
    const known = new Set(derived.map(({ verb }) => verb))
    expect(Object.keys(VIEWS).filter((verb) => !known.has(verb))).toEqual([])
  })

  it('has help, which explains each argument and flag in one line', () => {
    for (const [name, { about, takes = [], flags = {} }] of Object.entries(VERBS)) {
      const [noun, verb] = name.split(' ') as [string, string]
      const text = help(VERBS, noun, verb, COMMON_FLAGS)
      expect(text).toContain(`-- ${[name, ...takes].join(' ')}`)
      expect([name, about]).toEqual([name, expect.stringMatching(/^(?:[a-z]|SSO|SCIM).*[^.]$/)])
      for (const [flag, { about: what }] of Object.entries(flags)) {
        expect(text).toContain(`  --${flag}`)
        expect([name, flag, what]).toEqual([name, flag, expect.stringMatching(/^\S.*[^.]$/)])
      }
    }
  })

  it.each(calls)('makes its call with what it needs: $name', async ({ verb, call }) => {
    await check(verb, call, (input) => input.need === true)
  })

  it.each(calls)('makes its call with everything it takes: $name', async ({ verb, call }) => {
    await check(verb, call, () => true)
  })
})

/**
 * Runs a verb with some of a call's inputs: the request is that call's, and the API understands it.
 */
async function check(
  verb: (typeof derived)[number],
  call: DerivedCall,
  wanted: (input: Input) => boolean,
): Promise<void> {
  const asked: { method: string; path: string; sent: SentRequest }[] = []
  const client = {
    call: async (method: string, path: string, sent: SentRequest) => {
      asked.push({ method, path, sent })
      return { items: [] }
    },
    list: async (path: string, query: SentRequest['query']) =>
      asked.push({ method: 'GET', path, sent: { query: query! } }),
  } as unknown as ApiClient
  const { run, takes = [], flags = {} } = toVerb(verb)
  const given = readArguments(argumentsFor(call, wanted), takes, { ...flags, ...COMMON_FLAGS })
  await run({ client, given })
  const { method, path, sent } = asked[0]!
  const pattern = new RegExp(`^${call.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
  expect([method, path]).toEqual([call.method, expect.stringMatching(pattern)])
  const { query = z.strictObject({}), body } = routeOf(call)
  const search = Object.entries(sent.query ?? {}).map(([key, value]) => [key, String(value)])
  expect(query.safeParse(Object.fromEntries(search)).error?.issues).toBeUndefined()
  if (body)
    expect(body.safeParse(JSON.parse(JSON.stringify(sent.json))).error?.issues).toBeUndefined()
}

function argumentsFor({ inputs, when }: DerivedCall, wanted: (input: Input) => boolean): string[] {
  const chosen = inputs.filter(wanted)
  // Standard input is the test's own.
  const fromInput = chosen.filter(({ from }) => from === 'stdin')
  const body = join(folder, 'body.json')
  writeFileSync(body, JSON.stringify(Object.fromEntries(fromInput.map(({ key }) => [key, 'x']))))
  return [
    ...chosen.filter(({ position }) => position).map(sample),
    ...chosen
      .filter(({ position, from }) => !position && from !== 'stdin')
      .flatMap((input) => (input.kind === 'switch' ? [`--${input.name}`] : flagFor(input))),
    ...(when ? [`--${when.name}`] : []),
    ...(fromInput.length > 0 ? ['--json-body', body] : []),
  ]
}

const flagFor = (input: Input) => [`--${input.name}`, sample(input)]

const SAMPLES: Readonly<Partial<Record<Input['kind'], string>>> = {
  number: '1',
  minutes: '7d',
  hours: '24h',
  days: '90d',
  moment: '2026-12-01T06:00Z',
  json: '{"email":"mail"}',
}

function sample({ kind, values, from }: Input): string {
  if (from === undefined) return values?.[0] ?? SAMPLES[kind] ?? 'x'
  const file = join(folder, 'certificate.pem')
  writeFileSync(file, 'PEM')
  return file
}

describe('where several calls share a verb', () => {
  const run = async (name: string, ...args: string[]) => {
    const { takes = [], flags = {}, run } = VERBS[name]!
    const asked: unknown[] = []
    const call = async (method: string, path: string, sent: SentRequest) => {
      asked.push([method, path, sent.json])
      return { items: [], ours: {}, idp: { ours: {}, attributes: {} } }
    }
    await run({
      client: { call } as unknown as ApiClient,
      given: readArguments(args, takes, flags),
    })
    return asked
  }

  it('the arguments choose', async () => {
    const json = { accounts: ['AC1', '4711'] }
    expect(await run('user accounts', 'a@b.example')).toMatchObject([
      ['GET', expect.anything(), undefined],
    ])
    expect(await run('user accounts', 'a@b.example', '--set', 'AC1,4711')).toMatchObject([
      ['PUT', '/users/a%40b.example/accounts', json],
    ])
    expect(await run('user accounts', 'x', '--set', '')).toMatchObject([
      ['PUT', expect.anything(), { accounts: [] }],
    ])
    const body = join(folder, 'accounts.json')
    writeFileSync(body, JSON.stringify(json))
    expect(await run('user accounts', 'a@b.example', '--json-body', body)).toMatchObject([
      ['PUT', '/users/a%40b.example/accounts', json],
    ])
    const source = '/connections/CN1/metadata-source'
    expect(await run('connection set-metadata-url', 'CN1', '--remove')).toMatchObject([
      ['DELETE', source, undefined],
    ])
  })

  it('and nothing is asked where they do not', async () => {
    await expect(run('connection set-metadata-url', 'CN1')).rejects.toThrow(
      'takes either CN… URL, or CN… --remove',
    )
    await expect(
      run('connection set-metadata-url', 'CN1', 'https://a.example', '--remove'),
    ).rejects.toThrow('takes either')
  })

  it('a body as JSON and --set stand in for flags, which replace their properties', async () => {
    const body = join(folder, 'key.json')
    writeFileSync(body, '{"name":"a","tenantSid":"TN1","role":"admin","expiresInDays":1}')
    expect(await run('api-key create', '--json-body', body, '--name', 'b')).toEqual([
      ['POST', '/api-keys', { name: 'b', tenantSid: 'TN1', role: 'admin', expiresInDays: 1 }],
    ])
    expect(await run('api-key create', '--name', 'b', '--role', 'owner')).toEqual([
      ['POST', '/api-keys', { name: 'b', tenantSid: null, role: 'owner', expiresInDays: 90 }],
    ])
    await expect(run('api-key create')).rejects.toThrow('--name is missing')
    const create = ['connection create', '--tenant', 'TN1', '--set', 'name=a'] as const
    expect(await run(...create, '--set', 'allow=["sha1"]')).toEqual([
      ['POST', '/tenants/TN1/connections', { name: 'a', allow: ['sha1'] }],
    ])
    expect(await run(...create, '--name', 'b')).toMatchObject([
      ['POST', expect.anything(), { name: 'b' }],
    ])
  })
})

describe('help', () => {
  it('loads files of the CLI alone: no route, no store, no SAML', () => {
    const seen = new Set<string>()
    const visit = (path: string) => {
      if (seen.has(path)) return
      seen.add(path)
      const imports = readFileSync(path, 'utf8').matchAll(
        /^(?:import|export)\b(?! type\b)[^'";=]*?\bfrom\s+'([^']+)'/gm,
      )
      for (const [, specifier] of imports)
        if (specifier!.startsWith('.')) visit(normalize(join(dirname(path), specifier!)))
        else expect([path, specifier]).toEqual([path, expect.stringMatching(/^node:/)])
    }
    for (const path of ['src/cli/main.ts', 'src/cli/commands.ts', 'src/cli/help.ts']) visit(path)
    // Plain numbers, and functions of a text or some bytes.
    const plain = ['base64', 'der', 'durations', 'edit-distance', 'encoding', 'given-instead']
    const others = [...seen].filter((path) => !path.startsWith('src/cli/'))
    expect(others.toSorted()).toEqual([
      ...plain.map((name) => `src/${name}.ts`),
      'src/saml/signature/certificate-text.ts',
    ])
  })
})

describe('commands in the documentation', () => {
  const commands = globSync(['README.md', 'docs/**/*.md', 'examples/*/README.md']).flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(
        /gatepost (?:-- )?([a-z][a-z-]* [a-z][a-z-]*)([^`#\n]*)/g,
      ),
    ].map(([, name, rest]) => ({ file, name: name!, rest: rest! })),
  )

  it('are verbs, with flags that they have', () => {
    expect(commands.length).toBeGreaterThan(50)
    for (const { file, name, rest } of commands.filter(
      ({ name }) => !name.startsWith('explain '),
    )) {
      expect([file, Object.keys(VERBS)]).toEqual([file, expect.arrayContaining([name])])
      const known = new Set(Object.keys({ ...VERBS[name]!.flags, ...COMMON_FLAGS }))
      const used = [...rest.matchAll(/ --([a-z-]+)/g)].map(([, flag]) => flag!)
      expect([file, name, used.filter((flag) => !known.has(flag))]).toEqual([file, name, []])
    }
  })
})
