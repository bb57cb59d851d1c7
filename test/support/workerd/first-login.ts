// A database with one person in it, and that person's SAML login by plain HTTP, from the link to
// the session. Works with the schema of earlier commits too.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { inflateRawSync } from 'node:zlib'
import { createFakeIdp, toField } from '../fake-idp.ts'
import keys from '../keys.json' with { type: 'json' }
import { certificateOf } from '../keys.ts'

export const TENANT = `TN${'1'.repeat(32)}`
export const CONNECTION = `CN${'2'.repeat(32)}`
const USER = `US${'3'.repeat(32)}`
const EMAIL = 'alice@tenant.example'
const STEP_MILLISECONDS = 30_000
const IDP = 'https://idp.tenant.example/metadata'

/** What the Worker needs for `login()`. The keys are published and protect nothing. */
export const SETTINGS = {
  SP_PRIVATE_KEY: keys.sp.privateKey,
  SP_CERTIFICATE: keys.sp.certificate,
  LOGIN_SECRET: btoa('the login secret of these tests.'),
  KEY_ENCRYPTION_KEY: btoa('the key-encryption key of tests.'),
}

/** A new database in memory: the migrations of the folder, a tenant, its connection and a user. */
export function createDatabase(migrations: string): DatabaseSync {
  const database = applyAll(migrations)
  const times = { created_at: 1, updated_at: 1 }
  insert(database, 'tenants', { sid: TENANT, name: 'Tenant', plan: 'enterprise', ...times })
  insert(database, 'connections', {
    sid: CONNECTION,
    tenant_sid: TENANT,
    name: 'Tenant IdP',
    state: 'live',
    entity_id: IDP,
    sso_redirect_url: 'https://idp.tenant.example/sso',
    ...times,
  })
  const certificate = certificateOf('idp')
  insert(database, 'certificates', {
    connection_sid: CONNECTION,
    fingerprint: createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex'),
    certificate,
    subject: 'CN=Test identity provider',
    algorithm: 'RSA 2048 65537',
    spki: keys.idp.publicKey,
    ...times,
  })
  insert(database, 'users', {
    sid: USER,
    tenant_sid: TENANT,
    email: EMAIL,
    email_key: EMAIL,
    sign_in_method: 'sso_enforced',
    connection_sid: CONNECTION,
    ...times,
  })
  return database
}

/** A new HISTORY in memory, empty. */
export function createHistory(): DatabaseSync {
  return applyAll('migrations/history')
}

function applyAll(migrations: string): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  for (const name of readdirSync(migrations).toSorted())
    if (name.endsWith('.sql')) database.exec(readFileSync(join(migrations, name), 'utf8'))
  return database
}

/** Columns that the table does not have are left out. */
function insert(database: DatabaseSync, table: string, row: Record<string, SQLInputValue>): void {
  const known = database.prepare(`SELECT name FROM pragma_table_info(?)`).all(table)
  const columns = Object.keys(row).filter((column) => known.some(({ name }) => name === column))
  const places = columns.map(() => '?').join(', ')
  database
    .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`)
    .run(...columns.map((column) => row[column]!))
}

/** Rejects where any step answers otherwise than a good login does. */
export async function login(origin: string): Promise<void> {
  const begun = await step(302, `${origin}/sso/${CONNECTION}?return_to=/me`)
  const cookie = begun.headers.getSetCookie().map((text) => text.split(';')[0]!)
  const url = new URL(begun.headers.get('location')!)
  const request = inflateRawSync(
    Buffer.from(url.searchParams.get('SAMLRequest')!, 'base64'),
  ).toString()
  const idp = createFakeIdp({
    entityID: IDP,
    key: 'idp',
    sp: {
      entityID: `${origin}/saml/${CONNECTION}/metadata`,
      acsURL: `${origin}/saml/${CONNECTION}/acs`,
    },
    now: Date.now(),
    inResponseTo: / ID="([^"]+)"/.exec(request)![1]!,
  })
  const form = {
    SAMLResponse: toField(await idp.respond()),
    RelayState: url.searchParams.get('RelayState')!,
  }
  // From the IdP's page no cookie comes along: they are SameSite=Lax.
  const answered = await step(303, `${origin}/saml/${CONNECTION}/acs`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  const finish = new URL(answered.headers.get('location')!, origin)
  const finished = await step(302, finish, { headers: { cookie: cookie.join('; ') } })
  const cookies = finished.headers.getSetCookie().join('\n')
  if (!/session=[^;]/.test(cookies)) throw new Error(`the login gave no session: ${cookies}`)
}

/** The same requests to a Worker that only answers: what workerd and HTTP cost by themselves. */
export async function pretendLogin(origin: string): Promise<void> {
  const body = new URLSearchParams({ SAMLResponse: 'x'.repeat(8000) })
  await (await fetch(`${origin}/sso/${CONNECTION}`)).arrayBuffer()
  await (await fetch(`${origin}/saml/${CONNECTION}/acs`, { method: 'POST', body })).arrayBuffer()
  await (await fetch(`${origin}/login/finish`)).arrayBuffer()
}

async function step(status: number, url: string | URL, init: RequestInit = {}): Promise<Response> {
  const signal = AbortSignal.timeout(STEP_MILLISECONDS)
  const response = await fetch(url, { ...init, signal, redirect: 'manual' })
  const text = await response.text()
  if (response.status === status) return response
  const words = text.replaceAll(/<style.*?<\/style>|<[^>]*>|\s+/gs, ' ').slice(0, 500)
  throw new Error(`${new URL(url).pathname} answered ${response.status}: ${words}`)
}
