// What people give in files and fields gets one right verdict at each door: the API, the command
// line and the pages, over HTTP against a Worker. The kinds are of public reports. Messages have a
// test of their own (messages.test.ts), and so has the login e-mail by SCIM, which has one door
// (test/scim/login-email.test.ts).
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CommandError } from '../../src/cli/command-error.ts'
import { openPlace, runHere, type Place } from '../cli/run.ts'
import { CERTIFICATE_KINDS } from './certificate-kinds.ts'
import type { Kind, Right } from './kind.ts'
import { LIST_KINDS } from './list-kinds.ts'
import { METADATA_KINDS } from './metadata-kinds.ts'

let place: Place
let key: string
let tenant: string
let connection: string
let rollout: string
let portal: Site
let operators: Site

beforeAll(async () => {
  place = await openPlace()
  const made = await place.gatepost(
    'api-key',
    'create',
    '--name',
    'doors',
    '--role',
    'owner',
    '--json',
  )
  key = JSON.parse(made.stdout).secret
  vi.stubEnv('GATEPOST_API_KEY', key)
  tenant = (await json('tenant', 'create', '--name', 'Doors', '--plan', 'enterprise')).sid
  connection = (await json('connection', 'create', '--tenant', tenant, '--name', 'IdP')).sid
  await run('user', 'add', 'ann@tenant.example', '--tenant', tenant)
  rollout = (await json('rollout', 'create', connection, '--name', 'All')).sid
  await run('rollout', 'select', rollout, 'ann@tenant.example')
  await run('rollout', 'freeze', rollout)
  portal = await openSite((await json('setup-link', 'create', connection, '--name', 'Ann')).url)
  operators = await openSite(
    (await json('operator', 'sign-in', '--email', 'olga@vendor.example', '--name', 'olga')).url,
  )
}, 180_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await place?.close()
})

const run = (...args: string[]) => runHere(...args, '--url', place.origin)
const json = async (...args: string[]) => JSON.parse(await run(...args, '--json'))

/** What a door says: taken, as `Kind.right` has it, or a code with what it says of the input. */
type Verdict = { takes: unknown } | { refuses: string; says: string }

async function byApi(
  path: string,
  file: Uint8Array,
  type: string,
  takenOf: (answer: Answer) => unknown,
): Promise<Verdict> {
  const response = await fetch(`${place.origin}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body: new Uint8Array(file),
  })
  const answer = (await response.json()) as Answer
  return response.ok
    ? { takes: takenOf(answer) }
    : { refuses: answer.code, says: `${answer.received}` }
}

// The tests look into answers whose schema the API's own tests hold.
// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any

async function byCommand(
  args: readonly string[],
  takenOf: (answer: Answer) => unknown,
): Promise<Verdict> {
  try {
    return { takes: takenOf(await json(...args)) }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    // The command reads some files itself: then its words have the code.
    const { problem, message } = error
    const code = problem?.code ?? /\(([a-z_]+)\)/.exec(message)?.[1] ?? ''
    return { refuses: code, says: problem?.received ?? message }
  }
}

type Site = Awaited<ReturnType<typeof openSite>>

/** A browser without scripts, in the portal or the console by a link. */
async function openSite(link: string) {
  const sameSite = { origin: place.origin, 'sec-fetch-site': 'same-origin' }
  const url = new URL(link)
  const entered = url.searchParams.has('link')
    ? await fetch(url.origin + url.pathname, {
        method: 'POST',
        headers: { ...sameSite, 'content-type': 'application/x-www-form-urlencoded' },
        body: url.searchParams,
        redirect: 'manual',
      })
    : await fetch(url, { redirect: 'manual' })
  const cookie = entered.headers.getSetCookie()[0]!.split(';', 1)[0]!
  return async (path: string, fields: Record<string, string | Uint8Array>) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(fields))
      body.set(name, typeof value === 'string' ? value : new File([new Uint8Array(value)], 'file'))
    const headers = { ...sameSite, cookie }
    const response = await fetch(place.origin + path, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
    })
    return { status: response.status, words: wordsOf(await response.text()) }
  }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' }

function wordsOf(page: string): string {
  return page
    .replaceAll(/<(script|style|textarea)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/&(lt|gt|quot|amp);/g, (_, name: string) => ENTITIES[name]!)
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ')
}

function expectVerdict(verdict: Verdict, right: Right): void {
  if ('takes' in right) return expect(verdict).toEqual(right)
  expect(verdict).toMatchObject({ refuses: right.refuses })
  expect('says' in verdict && verdict.says).toContain(right.says ?? '')
}

/** Words of a page that takes a file or refuses it. A customer has no command line. */
function expectPage(
  page: { status: number; words: string },
  right: Right,
  taken: readonly string[],
  reader: 'customer' | 'operator' = 'customer',
): void {
  if ('takes' in right) {
    expect([page.status, page.words]).toEqual([200, expect.any(String)])
    for (const words of taken) expect(page.words).toContain(words)
    return
  }
  expect([page.status, page.words]).toEqual([400, expect.stringContaining(right.says ?? '')])
  expect(page.words).toContain('There is a problem')
  if (reader === 'customer')
    expect(page.words).not.toMatch(/gatepost |attack|start again from your app/i)
}

const each = (kinds: readonly Kind[]) => kinds.map((kind) => [kind.name, kind] as const)

/** As a page shows a fingerprint. */
const inFours = (fingerprint: string) => fingerprint.match(/.{4}/g)!.join(' ')

describe('a certificate', () => {
  const takenOf = ({ addedCertificates }: Answer) => addedCertificates

  it.each(each(CERTIFICATE_KINDS))('%s', async (_, { file, right }) => {
    const api = `/connections/${connection}/certificates?preview=true`
    expectVerdict(await byApi(api, file, 'application/octet-stream', takenOf), right)
    const path = place.file('certificate', file)
    const command = ['connection', 'add-certificate', connection, path, '--preview']
    expectVerdict(await byCommand(command, takenOf), right)
    const page = await portal('/setup/certificates', { certificate: '', certificateFile: file })
    const shown = 'takes' in right ? (right.takes as string[]).map(inFours) : []
    expectPage(page, right, shown)
  })
})

describe('metadata', () => {
  type Taken = { keys: string[]; leftOut: string[] }
  const takenOf = ({ addedCertificates: keys, leftOut }: Answer): Taken => ({
    keys,
    leftOut: leftOut.map(({ code }: Answer) => code),
  })

  it.each(each(METADATA_KINDS))('%s', async (_, { file, right }) => {
    const api = `/connections/${connection}/metadata?preview=true`
    expectVerdict(await byApi(api, file, 'application/xml', takenOf), right)
    const path = place.file('metadata', file)
    const command = ['connection', 'import-metadata', connection, path, '--preview']
    expectVerdict(await byCommand(command, takenOf), right)
    const page = await portal('/setup/metadata', { metadata: '', entityID: '', file })
    const { keys = [], leftOut = [] } = 'takes' in right ? (right.takes as Taken) : {}
    const warned = leftOut.length > 0 ? ['A part of the metadata is left out'] : []
    expectPage(page, right, [...keys.map(inFours), ...warned])
  })

  it('an empty file', async () => {
    const api = `/connections/${connection}/metadata?preview=true`
    const verdict = await byApi(api, Uint8Array.of(), 'application/xml', takenOf)
    expect(verdict).toEqual({ refuses: 'metadata_other', says: 'nothing' })
    const page = await portal('/setup/metadata', { metadata: '', file: Uint8Array.of() })
    expect(page.words).toContain('Enter the metadata, as a file or as text.')
  })
})

describe('the list of an IdP', () => {
  it.each(each(LIST_KINDS))('%s', async (_, { file, right }) => {
    const api = `/connections/${connection}/idp-users?excludes=9`
    const ofApi = ({ column, listed }: Answer) => ({ column, rows: listed })
    expectVerdict(await byApi(api, file, 'text/csv', ofApi), right)
    const path = place.file('list.csv', file)
    const ofCommand = ({ uploaded: { column, listed } }: Answer) => ({ column, rows: listed })
    const command = ['rollout', 'reconcile', rollout, path, '--excludes', '9']
    expectVerdict(await byCommand(command, ofCommand), right)
    const page = await portal(`/setup/rollouts/${rollout}/idp-users`, { file })
    if (page.status === 303) return expect(right).toHaveProperty('takes')
    const { column } = 'takes' in right ? (right.takes as { column: string }) : { column: '' }
    expectPage(page, right, [`${column} (suggested)`])
  })
})

describe('an import of users', () => {
  const emailOf = (columns: readonly Answer[]) =>
    columns.find(({ field }) => field === 'email')?.column

  it.each(each(LIST_KINDS))('%s', async (_, { file, right }) => {
    const api = `/tenants/${tenant}/import-preview`
    const ofApi = ({ columns, rows }: Answer) => ({ column: emailOf(columns), rows: rows.length })
    expectVerdict(await byApi(api, file, 'text/csv', ofApi), right)
    const path = place.file('people.csv', file)
    const command = ['user', 'import', path, '--tenant', tenant, '--dry-run']
    const ofCommand = ({ columns, created }: Answer) => ({
      column: emailOf(columns),
      rows: created,
    })
    expectVerdict(await byCommand(command, ofCommand), right)
    const page = await operators(`/console/tenants/${tenant}/imports`, { file, trial: 'true' })
    expectPage(page, right, ['eve@corp.example'], 'operator')
  })
})

describe('a URL', () => {
  const STORED = 'https://idp.tenant.example/sso'
  const refusedAs = (says: string) => ({
    refuses: 'endpoint_url',
    says: expect.stringContaining(says),
  })
  const verdicts = [
    [` ${STORED} `, { takes: STORED }],
    ['\nHTTPS://IDP.tenant.example:443/sso\t', { takes: STORED }],
    [`${STORED}?a=ü`, { takes: `${STORED}?a=%C3%BC` }],
    ['https://idp.tenant.example/\nsso', refusedAs('/␊sso')],
    ['https://idp.tenant.example/s so', refusedAs('/s so')],
    ['https://idp.tenant.example/s\u200bso', refusedAs('[U+200B]')],
    ['https://user:pass@idp.tenant.example/', refusedAs('')],
    ['idp.tenant.example/sso', refusedAs('idp.tenant.example/sso')],
  ] as const

  it.each(verdicts)('%j', async (url, right) => {
    const response = await fetch(`${place.origin}/api/v1/connections/${connection}?preview=true`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ssoRedirectURL: url }),
    })
    const answer = (await response.json()) as Answer
    const byAPI = response.ok
      ? { takes: answer.after.ssoRedirectURL }
      : { refuses: answer.code, says: answer.received }
    expect(byAPI).toEqual(right)
    const command = ['connection', 'edit', connection, '--sso-redirect-url', url, '--preview']
    expect(await byCommand(command, ({ after }) => after.ssoRedirectURL)).toEqual(right)
    const fields = {
      entityID: 'https://idp.tenant.example/metadata',
      ssoRedirectURL: url,
      requestBinding: 'HTTP-Redirect',
    }
    const page = await portal('/setup/fields', fields)
    if ('takes' in right) expectPage(page, right, [right.takes])
    else expectPage(page, { refuses: 'endpoint_url', says: 'without white space' }, [])
  })
})
