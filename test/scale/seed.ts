// Fills a database: tenants with an account, a proved domain, a connection and two certificates
// each, and users. The first tenant has all of the cohort; the others share the rest. SIDs of users
// are random, as real ones are.
import { createHash } from 'node:crypto'
import keys from '../support/keys.json' with { type: 'json' }
import { certificateOf, type KeyName } from '../support/keys.ts'
import type { Server } from './server.ts'

export type Size = { tenants: number; users: number; cohort: number }

/** Users one statement makes. */
const AT_ONCE = 50_000

/** SIDs that a number makes. */
const sidOf = (kind: string, number: number) => kind + String(number).padStart(32, '0')

export const TENANT = sidOf('TN', 1)
export const CONNECTION = sidOf('CN', 1)
export const ENTITY_ID = 'https://idp.tenant.example/metadata'
/** Of the cohort's user of that number. */
export const emailOf = (number: number) => `user.${number}@company-1.example`

export async function seed({ sql }: Server, { tenants, users, cohort }: Size): Promise<void> {
  const sid = (kind: string, number: string) => `'${kind}' || printf('%032d', ${number})`
  const numbers = (from: number, to: number) =>
    `WITH RECURSIVE number(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM number WHERE n < ${to})`
  const each = (insert: string, select: string) =>
    sql(`INSERT INTO ${insert} ${numbers(1, tenants)} SELECT ${select} FROM number`)
  await each(
    'tenants (sid, name, plan, support_contact, created_at)',
    `${sid('TN', 'n')}, 'Tenant ' || n, 'enterprise', 'help@company-' || n || '.example', n`,
  )
  await each(
    'accounts (sid, tenant_sid, name, created_at)',
    `${sid('AC', 'n')}, ${sid('TN', 'n')}, 'Account', n`,
  )
  await each(
    'domains (tenant_sid, domain, token, created_by, created_at, verified_at, verified_by)',
    `${sid('TN', 'n')}, 'company-' || n || '.example', 'token', 'operator', 1, 1, 'dns'`,
  )
  await each(
    'connections (sid, tenant_sid, name, state, entity_id, sso_redirect_url, created_at, updated_at)',
    `${sid('CN', 'n')}, ${sid('TN', 'n')}, 'IdP', 'live', '${ENTITY_ID}', 'https://idp.tenant.example/sso', n, n`,
  )
  for (const name of ['idp', 'idpNext'] satisfies KeyName[]) {
    const certificate = certificateOf(name)
    const print = createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex')
    await each(
      'certificates (connection_sid, fingerprint, certificate, subject, algorithm, spki, created_at)',
      `${sid('CN', 'n')}, '${print}', '${certificate}', 'CN=IdP', 'RSA 2048 65537', '${keys[name].publicKey}', n`,
    )
  }
  for (const side of ['vendor', 'customer'])
    await sql(`INSERT INTO sign_offs VALUES ('${CONNECTION}', 1, '${side}', 'pass', 'x', NULL, 1)`)
  const people = async (from: number, to: number, tenant: string) => {
    for (let first = from; first < to; first += AT_ONCE) {
      const last = Math.min(to, first + AT_ONCE) - 1
      await sql(`INSERT INTO users (sid, tenant_sid, external_id, email, email_key, created_at, updated_at)
        ${numbers(first, last)} SELECT 'US' || lower(hex(randomblob(16))), ${sid('TN', tenant)}, n, address, address, n, n
        FROM (SELECT n, 'user.' || n || '@company-' || ${tenant} || '.example' AS address FROM number)`)
    }
  }
  await people(0, cohort, '1')
  await people(cohort, users, `(2 + n % ${tenants - 1})`)
  await sql(
    `INSERT INTO memberships SELECT ${sid('AC', '1')}, sid FROM users WHERE tenant_sid = '${TENANT}'`,
  )
  // The others have logged in before.
  const before = `users WHERE tenant_sid <> '${TENANT}' AND created_at % 10 = 0`
  const connectionSid = `'CN' || substr(tenant_sid, 3)`
  await sql(`INSERT INTO spent (connection_sid, kind, id, attempt_sid, expires_at)
    SELECT ${connectionSid}, 'assertion', sid, 'AT', 9e12 FROM ${before}`)
  await sql(`INSERT INTO proofs (connection_sid, user_sid, entity_id, created_at)
    SELECT ${connectionSid}, sid, '${ENTITY_ID}', 1 FROM ${before}`)
  await sql(`INSERT INTO name_ids (connection_sid, user_sid, entity_id, kind, format, name_id,
      first_seen_at, last_seen_at)
    SELECT ${connectionSid}, sid, '${ENTITY_ID}', 'value', 'unspecified', sid, 1, 1
    FROM ${before}`)
}

/**
 * People of the first tenant in each way of signing in, and an address that the IdP knows and we
 * map.
 */
export const PEOPLE = {
  password: emailOf(1),
  enabled: emailOf(2),
  enforced: emailOf(3),
  mapped: emailOf(4),
  persistent: emailOf(5),
  inApp: emailOf(6),
  alias: 'alias@company-1.example',
  unknown: 'nobody@company-1.example',
} as const

export async function seedPeople({ sql }: Server): Promise<void> {
  const set = (email: string, method: string) =>
    sql(
      `UPDATE users SET sign_in_method = '${method}', connection_sid = '${CONNECTION}' WHERE email_key = '${email}'`,
    )
  await set(PEOPLE.enabled, 'sso_enabled')
  await set(PEOPLE.enforced, 'sso_enforced')
  await set(PEOPLE.mapped, 'sso_enabled')
  await set(PEOPLE.persistent, 'sso_enabled')
  // An app that names them is sent on to the IdP without a choice.
  await set(PEOPLE.inApp, 'sso_enforced')
  await sql(
    `INSERT INTO aliases SELECT '${CONNECTION}', '${PEOPLE.alias}', sid, 'x', 1 FROM users WHERE email_key = '${PEOPLE.mapped}'`,
  )
}
