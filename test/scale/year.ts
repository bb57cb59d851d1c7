// A year of logins in DB, at a scale: which size the database reaches, and whether it stays there.
// `node test/scale/year.ts [LOGINS A DAY] [DAYS]`. It uses SQLite itself, as D1 does, with the rows
// of the product in their sizes and the statements of the sweep.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { drizzle } from 'drizzle-orm/d1'
import { createTimedSid, createSid } from '../../src/ids.ts'
import { nameFrom } from '../../src/login/handle.ts'
import { isPortion } from '../../src/platform/db/sweep.ts'
import { expiriesOf } from '../../src/sweeps.ts'

const LOGINS = Number(process.argv[2] ?? 10_000)
const DAYS = Number(process.argv[3] ?? 365)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const FULL = 1_000_000

const sqlite = new DatabaseSync(':memory:')
sqlite.exec(readFileSync('src/platform/db/schema.sql', 'utf8'))
const hash = () => createHash('sha256').update(randomBytes(8)).digest('base64url')
const users = Array.from({ length: LOGINS }, () => createSid('US'))
const [tenantSid, connectionSid, clientSid] = [createSid('TN'), createSid('CN'), createSid('CL')]
sqlite.exec(`
  INSERT INTO tenants (sid, name, plan, created_at) VALUES ('${tenantSid}', 'T', 'enterprise', 1);
  INSERT INTO connections (sid, tenant_sid, name, state, entity_id, created_at, updated_at)
    VALUES ('${connectionSid}', '${tenantSid}', 'C', 'live', 'x', 1, 1);
  INSERT INTO clients (sid, name, token_endpoint_auth_method, redirect_uris, created_at, updated_at)
    VALUES ('${clientSid}', 'App', 'client_secret_basic', '[]', 1, 1);`)
const addUser = sqlite.prepare(`INSERT INTO users
  (sid, tenant_sid, email, email_key, created_at, updated_at) VALUES (?, '${tenantSid}', ?, ?, 1, 1)`)
sqlite.exec('BEGIN')
for (const sid of users) addUser.run(sid, `${sid}@tenant.example`, `${sid}@tenant.example`)
sqlite.exec('COMMIT')

const principal = (user: string) =>
  JSON.stringify({
    nameID: hash(),
    nameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    sessionIndex: `_${hash()}`,
    sessionNotOnOrAfter: null,
    authnInstant: 1_795_946_194_915,
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    email: `${user.slice(0, 12)}@tenant.example`,
    firstName: 'Alexandra',
    lastName: 'Example-Person',
  })
const add = {
  spent: sqlite.prepare(`INSERT INTO spent
    (connection_sid, kind, id, attempt_sid, expires_at) VALUES (?, ?, ?, ?, ?)`),
  code: sqlite.prepare(`INSERT INTO login_codes (name, code_hash, attempt_sid, connection_sid,
    revision, user_sid, principal, expires_at, spent_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  session: sqlite.prepare(`INSERT INTO sessions (sid, token_hash, user_sid, connection_sid,
    attempt_sid, principal, created_at, last_seen_at, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  grant: sqlite.prepare(`INSERT INTO grants (session_sid, secret_hash, client_sid, redirect_uri,
    scope, nonce, code_challenge, code_expires_at, spent_at, spent_by, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  delivery: sqlite.prepare(`INSERT INTO logout_deliveries
    (sid, client_sid, session_sid, user_sid, tries, sent_at, created_at) VALUES (?, ?, ?, ?, 1, ?, ?)`),
}

function logIn(now: number) {
  const user = users[Math.floor(Math.random() * users.length)]!
  const sid = createTimedSid('SE', now)
  const attempt = createTimedSid('AT', now)
  const who = principal(user)
  add.spent.run(connectionSid, 'assertion', `_${hash()}`, attempt, now + 10 * MINUTE)
  add.spent.run(connectionSid, 'request', `_${hash()}`, attempt, now + 20 * MINUTE)
  const name = `${nameFrom(now)}${hash().slice(0, 16)}`
  add.code.run(name, hash(), attempt, connectionSid, 7, user, who, now + 2 * MINUTE, sid)
  const end = now + 8 * HOUR
  add.session.run(sid, hash(), user, connectionSid, attempt, who, now, now, end)
  const uri = 'https://portal.vendor.example/oauth/callback'
  const scope = 'openid email profile'
  const by2 = crypto.randomUUID()
  add.grant.run(sid, hash(), clientSid, uri, scope, hash(), hash(), now + MINUTE, now, by2, now)
  if (Math.random() < 1 / 3)
    add.delivery.run(createTimedSid('LD', now), clientSid, sid, user, now, now)
}

const db = drizzle({} as D1Database)
const expiries = expiriesOf({ session: { absoluteSeconds: 8 * 3600, idleSeconds: 7200 } })

/** Portion by portion, as the job does. */
function sweepAt(now: number): number {
  let deleted = 0
  for (const { table, isDead } of expiries)
    for (;;) {
      const { sql, params } = db
        .delete(table)
        .where(isPortion(table, isDead(now), 500))
        .toSQL()
      const { changes } = sqlite.prepare(sql).run(...(params as (string | number)[]))
      deleted += Number(changes)
      if (Number(changes) < 500) break
    }
  return deleted
}

const read = (pragma: string) => Number(Object.values(sqlite.prepare(`PRAGMA ${pragma}`).get()!)[0])
const sizes = () => {
  const page = read('page_size')
  const [all, free] = [read('page_count'), read('freelist_count')]
  return { file: all * page, used: (all - free) * page }
}
const empty = sizes()
const STEP = HOUR / 2
const began = Date.UTC(2026, 0, 1)
console.log(`users alone: ${JSON.stringify(empty)}`)
for (let day = 0; day < DAYS; day++) {
  for (let now = began + day * 24 * HOUR; now < began + (day + 1) * 24 * HOUR; now += STEP) {
    const hour = Math.floor(now / HOUR) % 24
    // Two fifths of a day’s logins in one hour.
    const count = hour === 8 ? (LOGINS * 0.4) / 2 : (LOGINS * 0.6) / 46
    sqlite.exec('BEGIN')
    for (let login = 0; login < count; login++) logIn(now + Math.floor((login / count) * STEP))
    sqlite.exec('COMMIT')
    sweepAt(now + STEP)
  }
  if ([0, 1, 2, 6, 29, 89, 179, 364].includes(day)) {
    const { file, used } = sizes()
    const at = (bytes: number) => `${((bytes * FULL) / LOGINS / 1e9).toFixed(2)} GB`
    console.log(`day ${day + 1}: file ${file}, in use ${used}; at 1,000,000 a day ${at(file)}`)
  }
}
// A day after the last login.
const last = began + DAYS * 24 * HOUR
sweepAt(last + 24 * HOUR)
const left = sizes().used - empty.used
console.log(`a day after the last login: ${left} bytes in use more than before the first`)
