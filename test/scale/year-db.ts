// A year of logins in DB, at a scale: with the rows of the product in their sizes and its sweeps.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { createTimedSid, createSid } from '../../src/ids.ts'
import { nameFrom } from '../../src/login/handle.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { budgetOfRun, measureBacklog, sweep } from '../../src/platform/db/sweep.ts'
import { expiriesOf } from '../../src/sweeps.ts'
import { BEGAN, BUDGETS, DAY, FULL, HOUR, MINUTE, RUN, runsOf, timesOf } from './clock.ts'
import { openSqlite } from './sqlite-d1.ts'

export type DbYear = {
  /** At the end of each day, in bytes: of the file, and of its pages in use. */
  ends: { day: number; file: number; used: number }[]
  /** Expired rows that no run should have left, on the worst day. */
  backlog: number
  /** Bytes in use, a day after the last login, more than before the first. */
  left: number
}

const tenantSid = createSid('TN')
const connectionSid = createSid('CN')
const clientSid = createSid('CL')
const hash = () => createHash('sha256').update(randomBytes(8)).digest('base64url')

export async function simulateDb(logins: number, days: number): Promise<DbYear> {
  const { sqlite, binding, sizeOf, fileSize } = openSqlite(
    readFileSync('src/platform/db/schema.sql', 'utf8'),
  )
  const users = addUsers(sqlite, logins)
  const logIn = prepareLogin(sqlite, users)
  const db = openDatabase(binding)
  const expiries = expiriesOf({ session: { absoluteSeconds: 8 * 3600, idleSeconds: 7200 } })
  const portion = Math.max(1, Math.round((5000 * logins) / FULL))
  const statements = BUDGETS * budgetOfRun().statements
  const sweepAt = (now: number) =>
    sweep(db, expiries, now, { statements, until: Infinity }, portion)
  const empty = sizeOf()
  const year: DbYear = { ends: [], backlog: 0, left: 0 }
  for (const run of runsOf(logins, days)) {
    sqlite.exec('BEGIN')
    for (const at of timesOf(run)) logIn(at)
    sqlite.exec('COMMIT')
    await sweepAt(run.now)
    if (!run.isLastOfDay) continue
    year.ends.push({ day: run.day + 1, file: fileSize(), used: sizeOf() })
    const overdue = Object.values(await measureBacklog(db, expiries, run.now))
    year.backlog = Math.max(
      year.backlog,
      overdue.reduce((sum, rows) => sum + rows, 0),
    )
  }
  const last = BEGAN + days * DAY
  for (let now = last; now <= last + DAY; now += RUN) await sweepAt(now)
  year.left = sizeOf() - empty
  return year
}

function addUsers(sqlite: DatabaseSync, count: number): string[] {
  const users = Array.from({ length: count }, () => createSid('US'))
  sqlite.exec(`
    INSERT INTO tenants (sid, name, plan, created_at) VALUES ('${tenantSid}', 'T', 'enterprise', 1);
    INSERT INTO connections (sid, tenant_sid, name, state, entity_id, created_at, updated_at)
      VALUES ('${connectionSid}', '${tenantSid}', 'C', 'live', 'x', 1, 1);
    INSERT INTO clients
      (sid, name, client_type, redirect_uris, created_at, updated_at)
      VALUES ('${clientSid}', 'App', 'confidential', '[]', 1, 1);`)
  const add = sqlite.prepare(`INSERT INTO users
    (sid, tenant_sid, email, email_key, created_at, updated_at)
    VALUES (?, '${tenantSid}', ?, ?, 1, 1)`)
  sqlite.exec('BEGIN')
  for (const sid of users) add.run(sid, `${sid}@tenant.example`, `${sid}@tenant.example`)
  sqlite.exec('COMMIT')
  return users
}

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

/** The rows that test/day-of-rows.test.ts finds after a login; one in three ends with a logout. */
function prepareLogin(sqlite: DatabaseSync, users: readonly string[]) {
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
      (sid, client_sid, session_sid, user_sid, tries, sent_at, created_at)
      VALUES (?, ?, ?, ?, 1, ?, ?)`),
  }
  const uri = 'https://portal.vendor.example/oauth/callback'
  const scope = 'openid email profile'
  return (now: number) => {
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
    const by = crypto.randomUUID()
    add.grant.run(sid, hash(), clientSid, uri, scope, hash(), hash(), now + MINUTE, now, by, now)
    if (Math.random() < 1 / 3)
      add.delivery.run(createTimedSid('LD', now), clientSid, sid, user, now, now)
  }
}
