// What uploads cost an isolate, in workerd: the largest body of each kind, one and three at once.
// `node test/scale/uploads.ts [PART OF A NAME]`, on Linux. Fails where three at once do not fit an isolate.
//
// The heap of V8 is limited to 48 MiB: what does not fit ends the process. The bodies are outside
// it: three of 20 MiB and the heap are 113 MB, and an isolate has 128. The columns show the most
// resident memory of the process, less that before the upload, with garbage and workerd's own
// copies. The databases are in this process.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { buildWorker } from '../../tools/build-worker.ts'
import {
  CONNECTION,
  createDatabase,
  createHistory,
  SETTINGS,
  TENANT,
} from '../support/workerd/first-login.ts'
import { startWorkerd } from '../support/workerd/workerd.ts'

const MiB = 2 ** 20
/** An isolate has 128 MB for its heap and the bodies. */
const ISOLATE = 128e6
const AT_ONCE = 3
const HEAP = Number(process.env['HEAP'] ?? 48)
const KEY = `gp_${'k'.repeat(43)}`
const SESSION = 's'.repeat(43)
const ROLLOUT = `RO${'4'.repeat(32)}`

type Upload = { bytes: number; send: (origin: string, body: Uint8Array) => Promise<Response> }
type Kind = Upload & {
  name: string
  body: (bytes: number) => Uint8Array
  /** Read as it comes: three at once take no more than this, in bytes. */
  most?: number
}

const byKey = { authorization: `Bearer ${KEY}` }

const post = (path: string, type: string) => (origin: string, body: Uint8Array) =>
  fetch(origin + path, {
    method: 'POST',
    headers: { ...byKey, 'content-type': type },
    body: new Uint8Array(body),
  })

const form = (path: string, file: string) => (origin: string, body: Uint8Array) => {
  const data = new FormData()
  data.set(file, new File([new Uint8Array(body)], 'file'))
  const headers = { cookie: `local-console=${SESSION}`, origin, 'sec-fetch-site': 'same-origin' }
  return fetch(origin + path, { method: 'POST', headers, body: data, redirect: 'manual' })
}

const CONSOLE = `/console/connections/${CONNECTION}`
const KINDS: readonly Kind[] = [
  {
    name: 'metadata, API',
    bytes: 20 * MiB,
    body: aggregate,
    send: post(`/api/v1/connections/${CONNECTION}/metadata?preview=true`, 'application/xml'),
  },
  {
    name: 'metadata, console',
    bytes: 20 * MiB,
    body: aggregate,
    send: form(`${CONSOLE}/metadata`, 'file'),
  },
  {
    name: 'user list of the IdP, console',
    bytes: 16 * MiB,
    body: userList,
    most: 100e6,
    send: form(`${CONSOLE}/rollouts/${ROLLOUT}/idp-users`, 'file'),
  },
  {
    name: 'user list with eight address columns, console',
    bytes: 16 * MiB,
    body: widestUserList,
    most: 100e6,
    send: form(`${CONSOLE}/rollouts/${ROLLOUT}/idp-users`, 'file'),
  },
  {
    name: 'user list of the IdP, API',
    bytes: 4 * MiB,
    body: (bytes) => userList(bytes, 20_000),
    send: post(`/api/v1/connections/${CONNECTION}/idp-users`, 'text/csv'),
  },
  {
    name: 'import of users, console',
    bytes: MiB,
    body: importFile,
    send: form(`/console/tenants/${TENANT}/imports`, 'file'),
  },
]

/** Lines up to so many bytes, or so many lines. */
function lines(bytes: number, head: string, line: (n: number) => string, most = Infinity) {
  const parts = [head]
  let size = head.length
  for (let n = 0; n < most; n++) {
    const next = line(n)
    size += next.length
    if (size > bytes) break
    parts.push(next)
  }
  return Buffer.from(parts.join(''))
}

function userList(bytes: number, most?: number): Uint8Array {
  const cells = (n: number) =>
    `"Person ${n}",p${n}@tenant.example,Given,Family,Engineering,"Street 1, City",active,` +
    `2026-01-01,00u${'0'.repeat(17)},+41 00 000 00 00\n`
  return lines(
    bytes,
    'name,email,first,last,department,address,state,created,id,phone\n',
    cells,
    most,
  )
}

/** Each of its columns may be the one with the addresses. */
function widestUserList(bytes: number): Uint8Array {
  const columns = Array.from({ length: 8 }, (_, at) => `mail${at + 1}`)
  const cells = (n: number) => `${columns.map((name) => `${n}@${name}.example`).join(',')}\n`
  return lines(bytes, `${columns.join(',')}\n`, cells, 100_000)
}

function importFile(bytes: number): Uint8Array {
  return lines(bytes, 'email,first_name,last_name\n', (n) => `i${n}@tenant.example,A,B\n`, 5000)
}

/** Of entities without keys: none is the connection's, so that all of it is searched. */
function aggregate(bytes: number): Uint8Array {
  const entity = (n: number) =>
    `<EntityDescriptor entityID="https://idp${n}.example/metadata"><IDPSSODescriptor ` +
    'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><SingleSignOnService ' +
    `Location="https://idp${n}.example/sso"/></IDPSSODescriptor></EntityDescriptor>\n`
  const head = '<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">\n'
  const tail = Buffer.from('</EntitiesDescriptor>')
  return Buffer.concat([lines(bytes - tail.length, head, entity), tail])
}

const folder = mkdtempSync(join(tmpdir(), 'gatepost-uploads-'))
try {
  await buildWorker(join(folder, 'worker'))
  console.log('| upload | MiB | one, MB | three at once, MB | answers |')
  console.log('| --- | --- | --- | --- | --- |')
  const asked = process.argv[2] ?? ''
  for (const kind of KINDS.filter(({ name }) => name.includes(asked))) {
    // Rejects where the process ended.
    const one = await measure(kind, 1)
    const three = await measure(kind, AT_ONCE)
    if (HEAP * MiB + AT_ONCE * kind.bytes > ISOLATE) process.exitCode = 1
    if (three.growth > (kind.most ?? Infinity)) process.exitCode = 1
    const shown = [one.growth, three.growth].map((bytes) => (bytes / 1e6).toFixed(0))
    const size = (kind.body(kind.bytes).length / MiB).toFixed(1)
    const answers = [...one.answers, ...three.answers].join(' ')
    console.log(`| ${kind.name} | ${size} | ${shown.join(' | ')} | ${answers} |`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** In a process of its own, after one small upload: that loads the code. */
async function measure({ body, bytes, send }: Kind, times: number) {
  const [database, history] = [createDatabase('migrations'), createHistory()]
  prepare(database)
  const v8Flags = [`--max-heap-size=${HEAP}`]
  const place = {
    folder,
    script: 'worker/worker.mjs',
    database,
    history,
    settings: SETTINGS,
    v8Flags,
  }
  const worker = await startWorkerd(place)
  try {
    await (await send(worker.origin, body(2000))).text()
    const file = body(bytes)
    worker.forgetPeak()
    const before = worker.memory().now
    const answers = await Promise.all(
      Array.from({ length: times }, async () => {
        const answer = await send(worker.origin, file)
        await answer.text()
        return answer.status
      }),
    )
    return { growth: worker.memory().peak - before, answers }
  } finally {
    await worker.stop()
    database.close()
    history.close()
  }
}

function prepare(database: DatabaseSync): void {
  const hash = (secret: string) => createHash('sha256').update(secret).digest('base64url')
  const later = Date.now() + 3600_000
  database
    .prepare(
      `INSERT INTO api_keys (sid, name, secret_hash, created_by, created_at, expires_at)
       VALUES (?, 'scale', ?, 'scale', 1, ?)`,
    )
    .run(`AK${'5'.repeat(32)}`, hash(KEY), later)
  database
    .prepare('INSERT INTO console_sessions VALUES (?, ?, 1, ?)')
    .run(hash(SESSION), 'scale', later)
  database
    .prepare(
      `INSERT INTO rollouts (sid, tenant_sid, connection_sid, name, selectors, created_at, updated_at)
       VALUES (?, ?, ?, 'scale', '{"domains":[],"accounts":[]}', 1, 1)`,
    )
    .run(ROLLOUT, TENANT, CONNECTION)
}
