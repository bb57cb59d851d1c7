// What may never be, seen by triggers at the moment when it happens, and by looking afterwards.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { decideSignIns } from '../../src/directory/sign-in/operations.ts'
import { certificates, connections, nameIDs, users } from '../../src/platform/db/schema.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'

const LISTED = `(SELECT 1 FROM idp_users WHERE connection_sid = NEW.connection_sid`

/** A rollout that moves people from the one connection to the other. */
function moveFrom(from: 'OLD' | 'NEW', to: 'OLD' | 'NEW'): string {
  return `(SELECT 1 FROM rollouts WHERE connection_sid = ${to}.connection_sid
    AND from_connection_sid = ${from}.connection_sid)`
}

/** The blockers, each as a condition on a user who is being switched on. In words of its own. */
const BLOCKED: Record<string, string> = {
  alias: `EXISTS ${LISTED} AND email_key = '')
    AND NOT EXISTS ${LISTED} AND email_key = NEW.email_key)
    AND NOT EXISTS ${LISTED} AND email_key IN (SELECT email_key FROM aliases
      WHERE connection_sid = NEW.connection_sid AND user_sid = NEW.sid))
    AND NOT EXISTS (SELECT 1 FROM scim_users WHERE connection_sid = NEW.connection_sid
      AND user_sid = NEW.sid AND active = 1)`,
  other_tenant: `EXISTS (SELECT 1 FROM memberships JOIN accounts
    ON accounts.sid = memberships.account_sid
    WHERE memberships.user_sid = NEW.sid AND accounts.tenant_sid <> NEW.tenant_sid)`,
  other_connection: `OLD.connection_sid <> NEW.connection_sid
    AND NOT EXISTS ${moveFrom('OLD', 'NEW')} AND NOT EXISTS ${moveFrom('NEW', 'OLD')}`,
  suspended: `NEW.suspended_at IS NOT NULL`,
  excepted: `EXISTS (SELECT 1 FROM exceptions WHERE user_sid = NEW.sid)`,
}

/** Which change of a user each trigger looks at. */
const SEEN: Record<string, string> = {
  on: `OLD.sign_in_method = 'password' AND NEW.sign_in_method <> 'password'`,
  enforced: `OLD.sign_in_method <> 'sso_enforced' AND NEW.sign_in_method = 'sso_enforced'`,
  // The way back to the earlier connection has no conditions.
  moved: `OLD.connection_sid <> NEW.connection_sid AND NOT EXISTS ${moveFrom('NEW', 'OLD')}`,
}

export async function startMonitor(): Promise<void> {
  const statements = [
    `CREATE TABLE years_found (change TEXT NOT NULL, what TEXT NOT NULL, email TEXT NOT NULL)`,
    ...Object.entries(SEEN).map(
      ([change, when]) => `CREATE TRIGGER years_${change}
      AFTER UPDATE OF sign_in_method, connection_sid ON users WHEN ${when} BEGIN
        INSERT INTO years_found VALUES ('${change}', '', NEW.email_key);
        ${Object.entries(BLOCKED)
          .map(
            ([blocker, is]) =>
              `INSERT INTO years_found SELECT '${change}', '${blocker}', NEW.email_key WHERE ${is};`,
          )
          .join('\n')}
      END`,
    ),
  ]
  for (const statement of statements) await db.run(sql.raw(statement))
}

export async function stopMonitor(): Promise<void> {
  for (const change of Object.keys(SEEN)) await db.run(sql.raw(`DROP TRIGGER years_${change}`))
  await db.run(sql.raw('DROP TABLE years_found'))
}

type Found = { change: string; what: string; email: string }

/** Changes since the last call; `what` is the blocker that held, or empty. */
export async function takeFound(): Promise<Found[]> {
  const found = await db.all<Found>(sql`SELECT * FROM years_found`)
  await db.run(sql`DELETE FROM years_found`)
  return found
}

export type Standing = {
  sid: string
  email: string
  connectionSid: string
}

/** People who have to sign in by SSO now, as apps and the front door are told. */
export async function findEnforced(tenantSid: string, now: number): Promise<Standing[]> {
  const people = await db.select().from(users).where(eq(users.tenantSid, tenantSid))
  const emails = people.map(({ email }) => email)
  const decided = good(await decideSignIns({ ...request(), now }, emails))
  return decided.flatMap(({ decision, userSid, email, connectionSid }) =>
    decision === 'sso' ? [{ sid: userSid!, email, connectionSid: connectionSid! }] : [],
  )
}

/** What an enforced person lacks at the connection; undefined: it is usable. */
export async function whyUnusable(connectionSid: string): Promise<string | undefined> {
  const [row] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
  const keys = await db.$count(certificates, eq(certificates.connectionSid, connectionSid))
  const { state, entityID, ssoRedirectURL, ssoPostURL } = row!
  if (!['testing', 'validated', 'live'].includes(state)) return state
  if (keys === 0) return 'no certificate'
  if (!entityID) return 'no identifier'
  return ssoRedirectURL || ssoPostURL ? undefined : 'no SSO URL'
}

/** Bindings that are of two people, or of one person twice. */
export async function findDoubled(connectionSids: readonly string[]): Promise<string[]> {
  const rows = await db
    .select()
    .from(nameIDs)
    .where(inArray(nameIDs.connectionSid, [...connectionSids]))
  const doubled = (keys: string[]) => keys.filter((key, at) => keys.indexOf(key) !== at)
  return [
    ...doubled(
      rows.flatMap(({ connectionSid, entityID, nameID }) =>
        nameID === null ? [] : [`${connectionSid} ${entityID} ${nameID}`],
      ),
    ),
    ...doubled(
      rows.map(({ connectionSid, entityID, userSid }) => `${connectionSid} ${entityID} ${userSid}`),
    ),
    ...rows.filter(({ format }) => format.endsWith(':transient')).map(({ userSid }) => userSid),
  ]
}

/** The binding of a user at the present IdP of a connection. */
export async function findBinding(connectionSid: string, userSid: string) {
  const [row] = await db
    .select({ kind: nameIDs.kind, format: nameIDs.format, nameID: nameIDs.nameID })
    .from(nameIDs)
    .innerJoin(
      connections,
      and(eq(connections.sid, nameIDs.connectionSid), eq(connections.entityID, nameIDs.entityID)),
    )
    .where(and(eq(nameIDs.connectionSid, connectionSid), eq(nameIDs.userSid, userSid)))
  return row
}
