// From the first tester to enforcement by command: the vendor's operator and the customer, each
// with a key of their own.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ourSide } from '../../src/connections/connection.ts'
import { CommandError } from '../../src/cli/command-error.ts'
import { UsageError } from '../../src/cli/usage-error.ts'
import { createFakeIdp, toField } from '../support/fake-idp.ts'
import { certificateOf, pemOf } from '../support/keys.ts'
import { openPlace, runHere, type Place } from './run.ts'

const ENTITY_ID = 'https://idp.example/metadata'
const NAMES = { firstName: 'Pat', lastName: 'Doe' }

let place: Place
/** Something has to answer at the IdP’s URL. */
let idpServer: Server
let ssoURL: string
beforeAll(async () => {
  idpServer = createServer((_, response) => response.end('sign in'))
  await new Promise<void>((ready) => idpServer.listen(0, '127.0.0.1', ready))
  ssoURL = `http://127.0.0.1:${(idpServer.address() as AddressInfo).port}/sso`
  place = await openPlace()
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
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  idpServer?.close()
  await place?.close()
})

const run = (...args: string[]) => runHere(...args, '--url', place.origin)
const json = async (...args: string[]) => JSON.parse(await run(...args, '--json'))

async function refusal(...args: string[]): Promise<string> {
  const error = await run(...args).catch((caught: unknown) => caught)
  if (error instanceof CommandError) return error.problem?.code ?? error.message
  if (error instanceof UsageError) return 'usage'
  throw new Error(`${args.join(' ')} was not refused`)
}

/** A customer with people, a connection in testing, and a key of its own. */
async function createCustomer(emails: readonly string[]) {
  const { sid: tenant } = await json('tenant', 'create', '--name', 'Example Ltd')
  const create = ['connection', 'create', '--tenant', tenant, '--name', 'Example IdP']
  const fields = ['--set', `entityID=${ENTITY_ID}`, '--set', `ssoRedirectURL=${ssoURL}`]
  const { sid } = await json(...create, ...fields)
  await json('connection', 'add-certificate', sid, place.file('idp.pem', pemOf('idp')))
  await json('connection', 'move', sid, 'begin_testing')
  const users: Record<string, string> = {}
  for (const email of emails)
    users[email] = (await json('user', 'add', email, '--tenant', tenant)).sid
  const key = await json(
    'api-key',
    'create',
    '--name',
    'customer',
    '--role',
    'admin',
    '--tenant',
    tenant,
  )
  const asCustomer = ['--key-file', place.file(`${tenant}.key`, key.secret)]
  return { tenant, sid, users, asCustomer }
}

/** A whole login, as a browser and the IdP make it. */
async function logIn(connection: string, email: string): Promise<number> {
  const begun = await fetch(`${place.origin}/sso/${connection}`, { redirect: 'manual' })
  const cookie = begun.headers.getSetCookie().map((line) => line.split(';')[0]!)
  const query = new URL(begun.headers.get('location')!).searchParams
  const deflated = Uint8Array.from(atob(query.get('SAMLRequest')!), (one) => one.charCodeAt(0))
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const { entityID, acsURL } = ourSide(place.origin, connection)
  const idp = createFakeIdp({
    entityID: ENTITY_ID,
    key: 'idp',
    sp: { entityID, acsURL },
    now: Date.now(),
    inResponseTo: / ID="([^"]+)"/.exec(await new Response(stream).text())![1]!,
  })
  const message = await idp.respond({ nameID: email, attributes: { email, ...NAMES } })
  const body = new URLSearchParams({
    SAMLResponse: toField(message),
    RelayState: query.get('RelayState')!,
  })
  const arrived = await fetch(acsURL, { method: 'POST', body, redirect: 'manual' })
  if (arrived.status !== 303) return arrived.status
  const finish = new URL(arrived.headers.get('location')!, place.origin)
  const headers = { cookie: cookie.join('; ') }
  return (await fetch(finish, { headers, redirect: 'manual' })).status
}

describe('gatepost rollout', () => {
  it('walks from the first tester to enforcement, and back', async () => {
    const [ann, bob, cat, dan] = ['ann', 'bob', 'cat', 'dan'].map((name) => `${name}@example.com`)
    const customer = await createCustomer([ann!, bob!, cat!, dan!])
    const { sid, tenant, users, asCustomer } = customer

    const nominated = await run('tester', 'nominate', sid, `${ann},eve@example.com`)
    expect(nominated).toContain('refused: eve@example.com (unknown)')
    expect(await refusal('connection', 'sign-off', sid, 'pass', '--revision', '1')).toMatch(
      /revision_changed|not_tested/,
    )
    expect(await logIn(sid, ann!)).toBe(302)
    const room = await json('connection', 'room', sid)
    expect(room).toMatchObject({ isTried: true, testers: [{ user: { email: ann } }] })
    const revision = String(room.connection.revision)
    const signOff = ['connection', 'sign-off', sid, 'pass', '--revision', revision]
    expect(await json(...signOff, '--name', 'Olga')).toMatchObject({ state: 'testing' })
    const both = await json(...signOff, '--name', 'Carla', '--note', 'fine', ...asCustomer)
    expect(both).toMatchObject({
      state: 'validated',
      vendor: { verdict: 'pass', name: 'Olga' },
      customer: { verdict: 'pass', name: 'Carla', note: 'fine' },
    })
    expect(await run('connection', 'room', sid)).toContain('Passed by Olga (vendor) and Carla')

    const { sid: rollout } = await json('rollout', 'create', sid, '--name', 'Everybody')
    const names = place.file(
      'users.txt',
      `${[ann, bob, cat, dan].map((one) => users[one!]).join('\n')}\n`,
    )
    const selected = await run(
      'rollout',
      'select',
      rollout,
      '--file',
      names,
      '--domain',
      'other.example',
    )
    expect(selected).toMatch(/individual users: 4/)
    expect(selected).toMatch(/domain +other\.example +unverified/)
    const frozen = await run('rollout', 'freeze', rollout)
    expect(frozen).toContain('Version 1: 4 rows, 4 included, 0 excluded, 4 undecided,')

    // The IdP knows nobody called Dan, and Cat by another address.
    const list = place.file('idp.csv', `Name,Email\nAnn,${ann}\nBob,${bob}\nCat,cat@idp.example\n`)
    const reconcile = ['rollout', 'reconcile', rollout, list]
    expect(await refusal(...reconcile, ...asCustomer)).toBe('idp_list_excludes')
    const reconciled = await json(...reconcile, '--excludes', '2', ...asCustomer)
    expect(reconciled).toMatchObject({
      uploaded: { listed: 3, problems: [], difference: { in: 0, out: 2 } },
      unknown: [
        { email: cat, suggestion: 'cat@idp.example', because: 'other_domain' },
        { email: dan, suggestion: null },
      ],
    })
    const map = ['alias', 'map', 'cat@idp.example', cat!, '--connection', sid]
    await json(...map, ...asCustomer)
    expect(await json('alias', 'list', '--connection', sid)).toMatchObject([
      { alias: 'cat@idp.example', email: cat },
    ])
    const included = await json('rollout', 'include', rollout, `${cat},${dan}`)
    expect(included).toEqual({
      decided: 1,
      refused: [{ userSid: users[dan!], findings: expect.arrayContaining(['alias']) }],
    })
    const csv = await run('rollout', 'members', rollout, '--csv', '--included')
    expect(csv.split('\r\n')).toHaveLength(4)
    expect(await json('rollout', 'members', rollout, '--excluded')).toMatchObject([{ email: dan }])

    const exact = ['--version', '1']
    expect(await refusal('rollout', 'enable', rollout)).toBe('rollout_unreviewed')
    expect(await refusal('rollout', 'review', rollout, ...exact)).toBe('input')
    const review = ['rollout', 'review', rollout, ...exact, '--included-exist-in-idp']
    expect(await refusal(...review, ...asCustomer)).toBe('input')
    await json(...review, '--automatic-stay-out', ...asCustomer)
    const enabled = await run('rollout', 'enable', rollout)
    expect(enabled).toBe('Version 1 is done. Users changed: 2.')
    const notice = ['rollout', 'notice', rollout, '--date', 'Monday', '--link', 'https://x.example']
    expect(await run(...notice)).toContain('From {date} you sign in with your company account')
    expect(await run('rollout', 'recipients', rollout)).toContain(`"${bob}"`)
    expect(await refusal('rollout', 'inform', rollout, '--send')).toBe('not_configured')
    expect(await run('rollout', 'inform', rollout)).toBe('Version 1. All users are informed.')

    const goAhead = ['rollout', 'approve', rollout, ...exact]
    expect(await refusal(...goAhead, ...asCustomer)).toBe('break_glass_missing')
    await json('break-glass', 'add', dan!, '--tenant', tenant, '--reason', 'keeps the keys')
    expect(await json(...goAhead, ...asCustomer)).toMatchObject({ approvedVersion: 1 })

    const enforce = ['rollout', 'enforce', rollout, ...exact]
    expect(await refusal(...enforce, ...asCustomer)).toBe('forbidden')
    expect(await refusal(...enforce, '--all')).toBe('rollout_locks_out')
    expect(await json(...enforce)).toMatchObject({ done: true, changed: 1 })
    const shown = await run('rollout', 'progress', rollout, ...asCustomer)
    expect(shown).toContain('Everybody, version 1: 3 of 4 included')
    expect(shown).toMatch(/^enforced {2}█{10}░{20} {2}1 of 3$/m)
    expect(await json(...enforce, '--all', '--lock-out', '2')).toMatchObject({ changed: 2 })
    const stuck = await run('rollout', 'progress', rollout, ...asCustomer)
    expect(stuck).toContain('Enforced, never signed in: 2.')
    const never = ['rollout', 'members', rollout, '--enforced-unproved', ...asCustomer]
    const emails = async () => (await json(...never)).map((one: { email: string }) => one.email)
    expect(await emails()).toEqual([bob, cat])
    const giveBack = ['rollout', 'roll-back', rollout, '--to', 'sso_enabled', '--unproved']
    expect(await refusal(...giveBack, ...asCustomer)).toBe('forbidden')
    expect(await json(...giveBack)).toMatchObject({ done: true, changed: 2 })
    expect(await emails()).toEqual([])
    await json(...enforce, '--all', '--lock-out', '2')
    const methods = async () => {
      const all = await json('user', 'list', '--tenant', tenant)
      return Object.fromEntries(
        all.map(({ email, signInMethod }: Record<string, string>) => [email, signInMethod]),
      )
    }
    const enforced = 'sso_enforced'
    expect(await methods()).toEqual({
      [ann!]: enforced,
      [bob!]: enforced,
      [cat!]: enforced,
      [dan!]: 'password',
    })
    const back = ['rollout', 'roll-back', rollout, '--to']
    const some = [...back, 'sso_enabled', '--users', bob!, '--reason', 'on leave']
    expect(await json(...some)).toMatchObject({ changed: 1 })
    expect(await methods()).toMatchObject({ [ann!]: enforced, [bob!]: 'sso_enabled' })
    await json(...back, 'password')
    expect(new Set(Object.values(await methods()))).toEqual(new Set(['password']))
  })

  it('moves people to another IdP, one and all, and back', async () => {
    const [amy, ben, key] = ['amy', 'ben', 'key'].map((name) => `${name}@mover.example`)
    const { sid: from, tenant, asCustomer } = await createCustomer([amy!, ben!, key!])
    for (const email of [amy!, ben!]) await json('user', 'enable', email, '--connection', from)
    const { sid, connectionSid: to } = await json('move', 'start', from, '--name', 'New IdP')
    expect(await json('connection', 'list', '--tenant', tenant)).toMatchObject([
      { sid: to, name: 'New IdP', state: 'draft' },
      { sid: from },
    ])
    const fields = ['--set', `entityID=${ENTITY_ID}`, '--set', `ssoRedirectURL=${ssoURL}`]
    await json('connection', 'edit', to, ...fields)
    await json('connection', 'add-certificate', to, place.file('new.pem', pemOf('idp')))
    await json('connection', 'move', to, 'begin_testing')
    await run('tester', 'nominate', to, amy!)
    expect(await logIn(to, amy!)).toBe(302)
    const { connection } = await json('connection', 'room', to)
    const signOff = ['connection', 'sign-off', to, 'pass', '--revision', `${connection.revision}`]
    await json(...signOff, '--name', 'Olga')
    await json(...signOff, '--name', 'Carla', ...asCustomer)
    expect(await run('move', 'show', sid)).toMatch(/^next +freeze$/m)
    await run('rollout', 'freeze', sid)
    const exact = ['--version', '1']
    await json('rollout', 'review', sid, ...exact, '--included-exist-in-idp', ...asCustomer)
    expect(await run('rollout', 'enable', sid)).toContain('Version 1 is done.')
    expect(await json('user', 'decide', ben!)).toMatchObject({
      connectionSid: from,
      secondConnectionSid: to,
    })
    await run('rollout', 'inform', sid)
    await json('break-glass', 'add', key!, '--tenant', tenant, '--reason', 'keeps the keys')
    await json('rollout', 'approve', sid, ...exact, ...asCustomer)
    const enforce = ['rollout', 'enforce', sid, ...exact]
    expect(await json(...enforce, '--users', ben!)).toMatchObject({ changed: 0 })
    expect(await json(...enforce, '--users', amy!)).toMatchObject({ changed: 1 })
    // Both have a password: no one would be locked out.
    expect(await json('rollout', 'members', sid, '--locked-out')).toEqual([])
    expect(await json(...enforce, '--all', '--lock-out', '0')).toMatchObject({ changed: 1 })
    expect(await json('move', 'show', sid)).toMatchObject({
      counts: { atFrom: 0, moved: 2 },
      next: 'done',
    })
    expect(await json('move', 'domains', sid)).toEqual({ domains: [] })
    const back = ['rollout', 'roll-back', sid, '--to', 'earlier']
    expect(await json(...back, '--users', ben!)).toMatchObject({ changed: 1 })
    expect(await json(...back)).toMatchObject({ changed: 1 })
    expect(await json('user', 'decide', amy!)).toMatchObject({
      decision: 'choice',
      connectionSid: from,
      secondConnectionSid: null,
    })
  })

  it('reports each name of a list or a file that cannot be taken, however long it is', async () => {
    const [gus, hal, ida] = ['gus', 'hal', 'ida'].map((name) => `${name}@example.com`)
    const { sid, users } = await createCustomer([gus!, hal!])
    const other = await createCustomer([ida!])
    const foreign = other.users[ida!]!
    await run('user', 'edit', gus!, '--external-id', '4711')
    await run('user', 'edit', ida!, '--external-id', 'theirs')
    await run('user', 'edit', hal!, '--suspend')
    const { sid: rollout } = await json('rollout', 'create', sid, '--name', 'Named')
    // More than one call takes: what stands there twice is far apart.
    const strangers = Array.from({ length: 1100 }, (_, index) => `stranger-${index}`)
    const list = ['4711', users[hal!]!, ...strangers, '4711', foreign, 'theirs', sid]
    const select = ['rollout', 'select', rollout]
    const answers = [
      await json(...select, '--file', place.file('named.txt', list.join('\n'))),
      await json(...select, list.filter((name) => !/-[1-9]/.test(name)).join(',')),
    ]
    for (const { selected, problems } of answers) {
      expect(selected).toBe(2)
      const codes = Object.fromEntries(
        problems.map(({ value, code }: Record<string, string>) => [value, code]),
      )
      expect(codes).toMatchObject({
        'stranger-0': 'unknown',
        '4711': 'duplicate',
        [users[hal!]!]: 'suspended',
        [foreign]: 'foreign',
        theirs: 'unknown',
        [sid]: 'malformed',
      })
    }
  })

  it('says what it needs before it asks anybody', async () => {
    for (const args of [
      ['rollout', 'enforce', 'RO0'],
      ['rollout', 'enforce', 'RO0', '--version', '1', '--lock-out', '1'],
      ['rollout', 'approve', 'RO0', '--version', 'newest'],
      ['rollout', 'exclude', 'RO0', '--reason', 'x'],
      ['rollout', 'exclude', 'RO0', '--all', '--finding', 'alias', '--reason', 'x'],
      ['rollout', 'members', 'RO0', '--included', '--excluded'],
      ['rollout', 'schedule', 'RO0', '2026-12-01T06:00', '--version', '1'],
      ['rollout', 'reconcile', 'RO0', place.file('none.csv', 'Name\nAnn\n')],
      ['tester', 'nominate', 'CN0'],
      ['connection', 'sign-off', 'CN0', 'maybe', '--revision', '1'],
    ])
      // A rollout that is not there is found out only by asking.
      expect([args.slice(0, 2), await refusal(...args)]).toEqual([
        args.slice(0, 2),
        args[1] === 'reconcile' ? 'not_there' : 'usage',
      ])
  })

  it('uploads a long list in parts, again as one upload', async () => {
    const { sid, users } = await createCustomer(['fay@example.com'])
    const { sid: rollout } = await json('rollout', 'create', sid, '--name', 'One')
    await run('rollout', 'select', rollout, users['fay@example.com']!)
    await run('rollout', 'freeze', rollout)
    const emails = Array.from({ length: 2500 }, (_, index) => `${index}@example.com`)
    emails[2100] = 'wrong'
    const list = place.file('long.txt', emails.join('\n'))
    for (let times = 0; times < 2; times++)
      expect(await json('rollout', 'reconcile', rollout, list, '--excludes', '1')).toMatchObject({
        uploaded: { listed: 2499, problems: [{ line: 2101, email: 'wrong', code: 'malformed' }] },
        unknown: [{ email: 'fay@example.com' }],
      })
    const text = await run('rollout', 'reconcile', rollout, place.file('fay', 'fay@example.com\n'))
    expect(text).toBe(
      'Addresses in the IdP’s list: 1, from “Column 1”. People: +1 / −0.\n\nThe IdP knows every user on the list.',
    )
    const columns = place.file('two.csv', 'A,B\nfay@example.com,a@h.example\n')
    const two = ['rollout', 'reconcile', rollout, columns, '--excludes', '1']
    await expect(run(...two)).rejects.toThrow(/Choose one of the columns.*“A” \(1\), “B” \(1\)/s)
    expect(await json(...two, '--column', 'A')).toMatchObject({ uploaded: { listed: 1 } })
  })

  it('judges a response in a file by a draft', async () => {
    const { sid } = await createCustomer(['what@example.com'])
    const { entityID, acsURL } = ourSide(place.origin, sid)
    const settings = { entityID: ENTITY_ID, key: 'idpNext', sp: { entityID, acsURL } } as const
    const idp = createFakeIdp({ ...settings, now: Date.now(), inResponseTo: null })
    const message = await idp.respond({
      nameID: 'x',
      attributes: { email: 'what@example.com', ...NAMES },
    })
    const der = Uint8Array.from(atob(certificateOf('idpNext')), (byte) => byte.charCodeAt(0))
    const response = place.file('response.txt', toField(message))
    const draft = ['--add-certificate', place.file('next.cer', der)]
    const judged = await json('connection', 'what-if', sid, response, ...draft)
    expect(judged.before.verdict).toBe('refused')
    expect(judged.after).toMatchObject({ verdict: 'accepted', code: null })
  })
})
