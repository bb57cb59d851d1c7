// Gatepost in workerd, or the Worker that only repeats its storage calls. D1 and KV are in this
// process, workerd is its child: the CPU of both is the whole. Tells its parent where it listens,
// and answers `drain` with the storage calls since the last one.
import { createHash } from 'node:crypto'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  CONNECTION,
  createDatabase,
  createHistory,
  SETTINGS,
  TENANT,
} from '../../../test/support/workerd/first-login.ts'
import type { StorageCall } from '../../../test/support/workerd/bindings.ts'
import { startWorkerd } from '../../../test/support/workerd/workerd.ts'
import { APP, DONE, type Service } from '../service.ts'

const { folder, script, kind, record } = JSON.parse(process.env['BENCH_SERVICE']!) as {
  folder: string
  script: string
  kind: Service['kind']
  record: boolean
}
const database = createDatabase('migrations')
addApp(database)
const calls: StorageCall[] = []
const worker = await startWorkerd({
  folder,
  script,
  database,
  history: createHistory(),
  settings: SETTINGS,
  ...(record && { onCall: (call: StorageCall) => calls.push(call) }),
})
process.on('message', () => process.send!(calls.splice(0)))
process.once('disconnect', () => void worker.stop().then(() => process.exit()))

const { origin } = worker
const query = new URLSearchParams({
  response_type: 'code',
  scope: 'openid email profile',
  client_id: APP.clientSid,
  redirect_uri: APP.redirectURI,
  state: 'the-state-of-the-app',
  nonce: 'the-nonce-of-the-app',
  code_challenge: createHash('sha256').update(APP.codeVerifier).digest('base64url'),
  code_challenge_method: 'S256',
  domain_hint: 'tenant.example',
})
process.send!({
  kind,
  origin,
  startURL:
    kind === 'saml'
      ? `${origin}/sso/${CONNECTION}?return_to=${DONE}`
      : `${origin}/oauth2/authorize?${query}`,
  sp: {
    entityID: `${origin}/saml/${CONNECTION}/metadata`,
    acsURL: `${origin}/saml/${CONNECTION}/acs`,
  },
  tokenURL: `${origin}/oauth2/token`,
  userinfoURL: `${origin}/oauth2/userinfo`,
  codeVerifier: APP.codeVerifier,
} satisfies Service)

/** An app, and the domain by which its logins find the connection. */
function addApp(to: DatabaseSync): void {
  const secretHash = createHash('sha256').update(APP.clientSecret).digest('base64url')
  insert(to, 'clients', {
    sid: APP.clientSid,
    name: 'App',
    client_type: 'confidential',
    secret_hash: secretHash,
    redirect_uris: JSON.stringify([APP.redirectURI]),
    created_at: 1,
    updated_at: 1,
  })
  insert(to, 'domains', {
    domain: 'tenant.example',
    tenant_sid: TENANT,
    token: 'x',
    created_by: 'bench',
    verified_at: 1,
    verified_by: 'operator',
    created_at: 1,
  })
}

function insert(to: DatabaseSync, table: string, row: Record<string, SQLInputValue>): void {
  const columns = Object.keys(row)
  const places = columns.map(() => '?').join(', ')
  to.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`).run(
    ...columns.map((column) => row[column]!),
  )
}
