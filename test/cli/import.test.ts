// `gatepost user import` against a Worker: from a file to a report, interrupted, repeated, and
// tried out.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ProblemDocument } from '../../src/api/engine/schema.ts'
import { openClient, type ApiClient } from '../../src/cli/client.ts'
import { CommandError } from '../../src/cli/command-error.ts'
import { openDeployment } from '../../src/cli/deployment.ts'
import { importUsers } from '../../src/cli/import-users.ts'
import { openPlace, runHere, type Place } from './run.ts'

let place: Place
let client: ApiClient
beforeAll(async () => {
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
  client = openClient(openDeployment(place.origin, undefined))
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await place?.close()
})

const run = (...args: string[]) => runHere(...args, '--url', place.origin)
const json = async (...args: string[]) => JSON.parse(await run(...args, '--json'))

async function newTenant(): Promise<string> {
  return (await json('tenant', 'create', '--name', 'Example Ltd')).sid
}

let files = 0
/** A CSV of so many users, with a few rows that are refused where that is asked for. */
function csv(count: number, extra = ''): string {
  const run = files++
  const rows = Array.from(
    { length: count },
    (_, n) => `u${run}.${n}@x.example,${run}-${n},First ${n}`,
  )
  return place.file(
    `users-${run}.csv`,
    `email,external_id,first_name\n${rows.join('\n')}\n${extra}`,
  )
}

function options(tenant: string, file: string) {
  const none = { format: undefined, named: undefined, report: undefined, refused: undefined }
  const off = { dryRun: false, createAccounts: false, again: false }
  return { tenant, file, ...none, ...off }
}

/** A client whose calls for rows go through `meet`. */
function meeting(meet: (call: () => Promise<unknown>, nth: number) => Promise<unknown>): ApiClient {
  let nth = 0
  return {
    ...client,
    call: (method, path, sent) =>
      path.endsWith('/rows')
        ? meet(() => client.call(method, path, sent), nth++)
        : client.call(method, path, sent),
  }
}

describe('an import', () => {
  it('reports each row, does nothing when it is run again, and begins anew where that is asked for', async () => {
    const tenant = await newTenant()
    const extra = 'bad,1,x\nonly one cell\n'
    const file = csv(2200, `${extra}U0.7@X.example,,Twice\n`)
    const report = place.file('report.ndjson', '')
    const args = ['user', 'import', file, '--tenant', tenant]
    const text = await run(...args, '--report', report)
    expect(text).toContain('2200 created, 0 updated, 0 unchanged, 3 refused.')
    expect(text).toMatch(/^2201 +input +email +one plain address in ASCII +bad$/m)
    expect(text).toMatch(/^2203 +row_repeated +email +each user once +the user of row 8$/m)
    const lines = readFileSync(report, 'utf8').trim().split('\n')
    const rows = lines.map((line) => JSON.parse(line) as { row: number; result: string })
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 2203 }, (_, n) => n + 1))
    expect(rows.filter(({ result }) => result === 'refused')).toHaveLength(3)
    expect(await run(...args)).toMatch(/has imported this file before: 2200 created/)
    const again = await json(...args, '--again')
    expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 2200, refused: 3 })
    const listed = await json('import', 'list', '--tenant', tenant)
    expect(listed.map(({ position }: { position: number }) => position)).toEqual([2203, 2203])
    const event = (await json('events', 'list', '--subject', again.sid)).at(-1)
    expect(event).toMatchObject({
      type: 'import.finished',
      after: { rows: 2203, unchanged: 2200 },
    })
  })

  it('goes on where it was interrupted', async () => {
    const tenant = await newTenant()
    const file = csv(2300)
    const stopping = meeting((call, nth) =>
      nth === 1
        ? Promise.reject(new CommandError(undefined, { code: 'forbidden' } as ProblemDocument))
        : call(),
    )
    await expect(importUsers(stopping, options(tenant, file))).rejects.toThrow(CommandError)
    const [half] = await json('import', 'list', '--tenant', tenant)
    expect(half).toMatchObject({ position: 2000, finishedAt: null })
    const text = await run('user', 'import', file, '--tenant', tenant)
    expect(text).toContain(`${half.sid}: 2300 created`)
    expect(text).toContain('Continued after row 2000.')
    expect(await json('import', 'list', '--tenant', tenant)).toHaveLength(1)
  })

  it('takes rows once where their answer got lost', async () => {
    const tenant = await newTenant()
    const losing = meeting(async (call, nth) => {
      const answer = await call()
      if (nth === 0) throw new CommandError('the answer got lost')
      return answer
    })
    const done = await importUsers(losing, options(tenant, csv(2100)))
    expect(done).toMatchObject({ position: 2100, created: 2100, unchanged: 0 })
  })

  it('is stopped by a second one of the same file at the same moment, and nothing comes twice', async () => {
    const tenant = await newTenant()
    const file = csv(4100)
    const both = await Promise.allSettled([
      importUsers(client, options(tenant, file)),
      importUsers(client, options(tenant, file)),
    ])
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true)
    const [one, ...more] = await json('import', 'list', '--tenant', tenant)
    expect(more).toEqual([])
    expect(one).toMatchObject({ position: 4100, created: 4100, refused: 0 })
  })

  it('can be tried out: who comes twice in different chunks is noticed, and nothing changes', async () => {
    const tenant = await newTenant()
    const file = csv(2700, 'new@x.example,,\nNEW@x.example,,\n')
    const first = `u${files - 1}.0@x.example`
    const twice = place.file('twice.csv', `${readFileSync(file, 'utf8')}${first},,\n`)
    const tried = await json('user', 'import', twice, '--tenant', tenant, '--dry-run')
    expect(tried).toMatchObject({ dryRun: true, created: 2701, refused: 2 })
    expect(
      tried.refusedRows.map(({ row, received }: Record<string, unknown>) => [row, received]),
    ).toEqual([
      [2702, 'the user of row 2701'],
      [2703, 'the user of row 1'],
    ])
    expect(await json('user', 'list', '--tenant', tenant)).toEqual([])
    expect(await json('import', 'list', '--tenant', tenant)).toEqual([])
  })

  it('names columns, and writes refused rows that can be corrected and imported', async () => {
    const tenant = await newTenant()
    const lines = ['Vorname;Privat;Dienst', 'Zoë;z@h.example;z0@x.example', 'Jürg;j@h.example;j0']
    const file = place.file('staff.csv', `sep=;\r\n${lines.join('\r\n')}\r\n`)
    const refused = place.file('refused.csv', 'old')
    const args = ['user', 'import', file, '--tenant', tenant, '--columns', 'email=Dienst']
    expect(await run(...args, '--refused', refused)).toContain(
      'Columns: firstName = Vorname, email = Dienst. Not imported: Privat.',
    )
    const text = readFileSync(refused, 'utf8')
    expect(text.startsWith('\ufeff"email"')).toBe(true)
    expect(text.split('\r\n')[1]).toMatch(/^"j0","Jürg","","","","","2","email: /)
    const again = place.file('again.csv', text.replace('"j0"', '"j0@x.example"'))
    expect(await run('user', 'import', again, '--tenant', tenant)).toContain('1 created')
    // Other columns are another import.
    const other = [...args.slice(0, -1), 'email=Privat']
    expect(await json(...other)).toMatchObject({ created: 2, refused: 0 })
    await expect(run(...args.slice(0, -1), 'mail=x')).rejects.toThrow(/FIELD=COLUMN/)
    const page = place.file('page.csv', '<html>')
    await expect(run('user', 'import', page, '--tenant', tenant)).rejects.toThrow(
      /not a list of people.*a web page/s,
    )
  })

  it('takes nothing of a file that is broken somewhere, or is none', async () => {
    const tenant = await newTenant()
    const broken = csv(900, '"x"y@x.example,,\n')
    const args = ['user', 'import', broken, '--tenant', tenant]
    await expect(run(...args)).rejects.toThrow(/quotes that are closed.*line 902/)
    expect(await json('import', 'list', '--tenant', tenant)).toEqual([])
    await expect(run('user', 'import', '/does/not/exist', '--tenant', tenant)).rejects.toThrow(
      /ENOENT/,
    )
    await expect(
      run('user', 'import', broken, '--tenant', tenant, '--format', 'xlsx'),
    ).rejects.toThrow('--format takes csv or ndjson')
  })

  it('takes NDJSON, and accounts that are made on the way', async () => {
    const tenant = await newTenant()
    const file = place.file(
      'users.ndjson',
      [
        { email: 'nd1@x.example', accounts: ['north', 'south'] },
        { email: 'nd2@x.example', accounts: ['north'], suspended: true },
      ]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    )
    const args = ['user', 'import', file, '--tenant', tenant]
    expect(await json(...args)).toMatchObject({ created: 0, refused: 2 })
    expect(await json(...args, '--again', '--create-accounts')).toMatchObject({ created: 2 })
    const accounts = await json('user', 'accounts', 'nd1@x.example')
    expect(accounts.map(({ name }: { name: string }) => name)).toEqual(['north', 'south'])
    const decided = await json('user', 'decide', 'nd2@x.example')
    expect(decided).toMatchObject({ decision: 'refused', reason: 'user_suspended' })
  })
})

describe('the directory by command', () => {
  it('names accounts, edits users, and claims domains', async () => {
    const tenant = await newTenant()
    await run('user', 'add', 'dir@x.example', '--tenant', tenant)
    await run('account', 'create', '--tenant', tenant, '--name', 'North', '--external-id', 'n')
    await run('account', 'name', 'n', 'North 2', '--tenant', tenant)
    await run('account', 'name', 's', 'South', '--tenant', tenant)
    expect(await run('account', 'list', '--tenant', tenant)).toMatch(/n +North 2/)
    const set = await json('user', 'accounts', 'dir@x.example', '--set', 'n,s')
    expect(set).toHaveLength(2)
    expect(await json('user', 'accounts', 'dir@x.example', '--set', '')).toEqual([])
    const edited = await json('user', 'edit', 'dir@x.example', '--first-name', 'D', '--suspend')
    expect(edited).toMatchObject({ firstName: 'D', suspendedAt: expect.any(Number) })
    await expect(run('user', 'edit', 'dir@x.example', '--suspend', '--reactivate')).rejects.toThrow(
      'exclude each other',
    )
    const added = await run('domain', 'add', 'Example.com', '--tenant', tenant)
    expect(added).toMatch(
      /^example\.com: claimed\n\n  TXT  _gatepost-challenge\.example\.com\n +gatepost-domain-verification=/,
    )
    const vouched = ['domain', 'vouch', 'example.com', '--tenant', tenant, '--reason', 'contract']
    expect(await run(...vouched)).toMatch(/^example\.com: vouched for/)
    expect(await run('domain', 'list', '--tenant', tenant)).toMatch(/example\.com +vouched for/)
    expect(await run('domain', 'remove', 'example.com', '--tenant', tenant)).toBe('done')
  })
})

it('works as a process of its own, without a deployment', async () => {
  const tenant = await newTenant()
  const file = csv(3)
  const { stdout, status } = await place.gatepost('user', 'import', file, '--tenant', tenant)
  expect([status, stdout.split('\n')[0]]).toEqual([
    0,
    expect.stringMatching(/^IM[0-9a-f]{32}: 3 created/),
  ])
})
