// Times what the statements of a login cost before they are sent: the text of each batch is built
// at the first call and bound from then on. `node bench/statements.ts`, in microseconds of CPU.
import { findClient } from '../src/clients/store.ts'
import { connectionOfSid, findConnectionAndKeys } from '../src/connections/store.ts'
import { connectionOfEmail, findSignInFacts } from '../src/directory/sign-in/store.ts'
import { insertAttempt } from '../src/login/history/store/record.ts'
import { finishLogin } from '../src/login/store/finish.ts'
import { findSignedIn } from '../src/login/store/signed-in.ts'
import { readNameID } from '../src/login/name-ids/judge.ts'
import { spendResponse } from '../src/login/store/spend-response.ts'
import { exchange } from '../src/oidc/store/exchange.ts'
import { grantStatements } from '../src/oidc/store/grants.ts'
import { findAccess, revoke } from '../src/oidc/store/tokens.ts'
import { batch } from '../src/platform/db/batch.ts'
import { openDatabase } from '../src/platform/db/client.ts'
import { endSession, findSession } from '../src/sessions/store/session.ts'

const ROUNDS = 3000

/** Answers at once and with nothing, except whose login code was made. */
const answer = (results: unknown[]) => ({ results, success: true, meta: {} }) as unknown as D1Result
const nothing = answer([])
const person = answer([{ user_sid: 'US1' }])
const isAccepted = (query: string) => query.startsWith('select "user_sid" from (')
type Prepared = D1PreparedStatement & { query: string }
const db = openDatabase({
  prepare(query: string) {
    const statement = { query, raw: async () => [], all: async () => nothing }
    return { ...statement, bind: () => statement } as unknown as D1PreparedStatement
  },
  batch: async (statements: D1PreparedStatement[]) =>
    statements.map((one) => (isAccepted((one as Prepared).query) ? person : nothing) as never),
})

const now = Date.now()
const lifetime = { absoluteSeconds: 43_200, idleSeconds: 3600 }
const key = { sid: 'SE1', hash: 'h' }
const token = { ...key, number: now }
const proof = (method: 'client_secret_basic' | 'none') => ({
  credentials: { clientSid: 'CL1', method, secret: 's' },
  secretHash: 'h',
})
const code = {
  kind: 'code',
  ...key,
  redirectURI: 'https://app.example',
  codeChallenge: 'c',
} as const
const refresh = { kind: 'refresh', ...key, number: 1 } as const
const principal = {
  nameID: 'alice',
  nameIDFormat: undefined,
  email: 'alice@tenant.example',
} as unknown as Parameters<typeof spendResponse>[1]['principal']
const attempt = {
  sid: 'AT1',
  connectionSid: 'CN1',
  certificateFingerprint: 'f',
  revision: 1,
  createdAt: now,
}
const record = {
  ...attempt,
  checks: [],
  message: null,
  idpInitiated: false,
  verifyMicros: 0,
  isTest: false,
  clockOffset: 0,
  code: null,
  userSid: 'US1',
  isProven: true,
}
const response = {
  attempt,
  tenantSid: 'TN1',
  entityID: 'https://idp.example',
  request: { id: '_r', until: now },
  assertion: { id: '_a', until: now },
  principal,
  nameID: readNameID(principal),
  emailKey: 'alice@tenant.example',
  loginCode: { name: 'n', codeHash: 'h', expiresAt: now },
}
const grant = {
  secretHash: 'h',
  codeExpiresAt: now,
  scope: 'openid',
  nonce: null,
  codeChallenge: 'c',
  demand: {},
}
const ask = { responseTarget: { clientSid: 'CL1', redirectURI: 'https://app.example' }, grant, now }
const exchangeOf = (
  method: 'client_secret_basic' | 'none',
  presented: typeof code | typeof refresh,
) => exchange(db, { proof: proof(method), presented, name: 'n', now, lifetime })
const finish = {
  name: 'n',
  codeHash: 'h',
  isBound: true,
  earlier: [],
  now,
  session: { sid: 'SE1', tokenHash: 'h', expiresAt: now },
}

const BATCHES: Record<string, () => Promise<unknown>> = {
  'begin, ACS: connection': () => findConnectionAndKeys(db, connectionOfSid({ sid: 'CN1' })),
  'ACS: spend response': () => spendResponse(db, response),
  'ACS: attempt, after the response': () => insertAttempt(db, record),
  'finish: open session': () => finishLogin(db, finish),
  'finish: repeated': () => findSignedIn(db, key, now, lifetime),
  'authorize: connection of user': () =>
    findConnectionAndKeys(db, connectionOfEmail({ emailKey: 'alice@tenant.example' })),
  'authorize: grant': () => batch(db, grantStatements({ ...ask, session: key, lifetime })),
  'front door: client': () => findClient(db, 'CL1'),
  'front door: sign-in facts': () => findSignInFacts(db, ['alice@tenant.example']),
  'token: code': () => exchangeOf('client_secret_basic', code),
  'token: refresh': () => exchangeOf('client_secret_basic', refresh),
  'token: refresh of a public client': () => exchangeOf('none', refresh),
  userinfo: () => findAccess(db, token, now, lifetime),
  revoke: () => revoke(db, proof('none'), { kind: 'access', ...token }, now),
  'session of a page': () => findSession(db, key, now, lifetime),
  logout: () => endSession(db, key, now),
}

for (const [name, send] of Object.entries(BATCHES)) {
  const first = await cpuOf(send, 1)
  await cpuOf(send, ROUNDS / 10)
  const warm = await cpuOf(send, ROUNDS)
  console.log(`${name.padEnd(36)} first ${format(first)}  then ${format(warm / ROUNDS)}`)
}

async function cpuOf(send: () => Promise<unknown>, rounds: number): Promise<number> {
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++) await send()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function format(micros: number): string {
  return micros.toFixed(micros < 100 ? 1 : 0).padStart(8)
}
