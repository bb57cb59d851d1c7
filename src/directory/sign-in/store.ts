// The SQL of sign-in decisions: one statement reads all that decides. The rows it reads for an
// e-mail do not grow with the number of users.
import { and, eq, sql } from 'drizzle-orm'
import { query } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { rowsOf } from '../../platform/db/sql.ts'
import { selectWithKeys } from '../../connections/store.ts'
import { connections } from '../../connections/tables.ts'
import { breakGlass } from '../../rollout/break-glass/tables.ts'
import { users } from '../tables.ts'
import { tenants } from '../tenants/tables.ts'

export type SignInFacts = Awaited<ReturnType<typeof findSignInFacts>>[number]

/** The connection that a user signs in through. */
export const connectionOfUser = compile(
  'connectionOfUser',
  (db, { emailKey }: Placeholders<{ emailKey: string }>) => {
    const { connectionSid } = users
    const isUser = eq(users.emailKey, emailKey)
    return selectWithKeys(db, sql`(SELECT ${connectionSid} FROM ${users} WHERE ${isUser})`)
  },
)

/** Of those whose login e-mail is among the keys. */
export function findSignInFacts(db: Database, emailKeys: readonly string[]) {
  return query(db, selectSignInFacts({ emailKeys: JSON.stringify(emailKeys) }).facts)
}

export const selectSignInFacts = compile(
  'selectSignInFacts',
  (db, { emailKeys }: Placeholders<{ emailKeys: string }>) => {
    const named = rowsOf(emailKeys)
    const facts = db
      .select({
        user: {
          sid: users.sid,
          tenantSid: users.tenantSid,
          emailKey: users.emailKey,
          signInMethod: users.signInMethod,
          connectionSid: users.connectionSid,
          suspendedAt: users.suspendedAt,
        },
        tenant: { plan: tenants.plan, suspendedAt: tenants.suspendedAt },
        connection: { sid: connections.sid, state: connections.state },
        exemption: {
          expiresAt: breakGlass.expiresAt,
          endedAt: breakGlass.endedAt,
          passwordUntil: breakGlass.passwordUntil,
          keptUntil: breakGlass.keptUntil,
        },
      })
      .from(named.from)
      .innerJoin(users, eq(users.emailKey, named.value))
      .innerJoin(tenants, eq(tenants.sid, users.tenantSid))
      .leftJoin(
        connections,
        and(eq(connections.sid, users.connectionSid), eq(connections.tenantSid, users.tenantSid)),
      )
      .leftJoin(
        breakGlass,
        and(eq(breakGlass.tenantSid, users.tenantSid), eq(breakGlass.userSid, users.sid)),
      )
    return { facts }
  },
)
