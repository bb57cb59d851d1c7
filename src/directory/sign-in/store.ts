// The SQL of sign-in decisions: one statement reads all that decides. The rows it reads for an
// e-mail do not grow with the number of users.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { query } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { rowsOf } from '../../platform/db/sql.ts'
import { selectWithKeys } from '../../connections/store.ts'
import { connections } from '../../connections/tables.ts'
import { breakGlass } from '../../rollout/break-glass/tables.ts'
import { newcomerWays, type NewcomerWay } from '../domains/tables.ts'
import { moves } from '../moves/tables.ts'
import { users } from '../tables.ts'
import { tenants } from '../tenants/tables.ts'

/** What decides about one e-mail. */
export type SignInFacts = {
  emailKey: string
  /** Null: nobody has the e-mail. */
  person: SignInPerson | null
  /** Null: the domain has no way for newcomers. */
  way: NewcomerWay | null
}

/** A user, with what belongs to it. */
export type SignInPerson = {
  [Part in Exclude<keyof FactsRow, 'emailKey' | 'way'>]: Part extends 'user' | 'tenant'
    ? NonNullable<FactsRow[Part]>
    : FactsRow[Part]
}

type FactsRow = Awaited<ReturnType<typeof selectRows>>[number]
const selectRows = (db: Database, keys: string) =>
  query(db, selectSignInFacts({ emailKeys: keys }).facts)

/**
 * E-mails as rows, each with the way of newcomers of its domain, in JSON. The LIMIT has SQLite look
 * that up once a row; it would read the whole view for a LEFT JOIN.
 */
function askedFor(emailKeys: SQL<string>) {
  const { from, value } = rowsOf(emailKeys)
  const { domain, tenantSid, connectionSid, newcomers } = newcomerWays
  const way = sql`SELECT json_object('tenantSid', ${tenantSid}, 'connectionSid', ${connectionSid},
      'newcomers', ${newcomers})
    FROM ${newcomerWays} WHERE ${domain} = substr(${value}, instr(${value}, '@') + 1)`
  return {
    from: sql`(SELECT ${value} AS named, (${way}) AS way FROM ${from} LIMIT -1) AS asked`,
    emailKey: sql<string>`asked.named`,
    way: sql<string | null>`asked.way`,
    connectionSid: sql<string | null>`asked.way ->> '$.connectionSid'`,
  }
}

/**
 * The user of an e-mail, or else the one whose e-mail is the next in order. So an e-mail that
 * nobody has costs as many rows, and time does not tell who exists.
 */
function isAtOrAfter(emailKey: SQL<string>) {
  const next = alias(users, 'next')
  return eq(
    users.emailKey,
    sql`(SELECT min(${next.emailKey}) FROM ${users} AS ${next}
      WHERE ${next.emailKey} >= ${emailKey})`,
  )
}

/** The connection of the user, or else the one through which newcomers of the domain sign in. */
export const connectionOfEmail = compile(
  'connectionOfEmail',
  (db, { emailKey }: Placeholders<{ emailKey: string }>) => {
    const asked = askedFor(sql`json_array(${emailKey})`)
    const isNamed = eq(users.emailKey, asked.emailKey)
    const ofUser = sql`CASE WHEN ${isNamed} THEN ${users.connectionSid} END`
    const found = db
      .select({ sid: sql`coalesce(${ofUser}, ${asked.connectionSid})`.as('found_sid') })
      .from(asked.from)
      .leftJoin(users, isAtOrAfter(asked.emailKey))
    return selectWithKeys(db, sql`${found}`)
  },
)

/** One for each key, each asked once. */
export async function findSignInFacts(
  db: Database,
  emailKeys: readonly string[],
): Promise<SignInFacts[]> {
  const rows = await selectRows(db, JSON.stringify(emailKeys))
  return rows.map(({ emailKey, way, user, tenant, ...others }) => ({
    emailKey,
    person: user?.emailKey === emailKey && tenant ? { user, tenant, ...others } : null,
    way: way === null ? null : (JSON.parse(way) as NewcomerWay),
  }))
}

export const selectSignInFacts = compile(
  'selectSignInFacts',
  (db, { emailKeys }: Placeholders<{ emailKeys: string }>) => {
    const asked = askedFor(emailKeys)
    const second = alias(connections, 'second')
    // Of a user without a connection, that of newcomers is read: it costs as many rows.
    const connectionSid = sql`coalesce(${users.connectionSid}, ${asked.connectionSid})`
    const namedSid = sql`CASE ${users.emailKey} WHEN ${asked.emailKey} THEN ${users.sid} END`
    const facts = db
      .select({
        emailKey: asked.emailKey,
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
        second: { sid: second.sid, state: second.state },
        exemption: {
          expiresAt: breakGlass.expiresAt,
          endedAt: breakGlass.endedAt,
          passwordUntil: breakGlass.passwordUntil,
          keptUntil: breakGlass.keptUntil,
        },
        way: asked.way,
      })
      .from(asked.from)
      .leftJoin(users, isAtOrAfter(asked.emailKey))
      .leftJoin(tenants, eq(tenants.sid, users.tenantSid))
      .leftJoin(
        connections,
        and(eq(connections.sid, connectionSid), eq(connections.tenantSid, users.tenantSid)),
      )
      .leftJoin(moves, eq(moves.userSid, users.sid))
      .leftJoin(
        second,
        and(eq(second.sid, moves.connectionSid), eq(second.tenantSid, users.tenantSid)),
      )
      .leftJoin(
        breakGlass,
        and(eq(breakGlass.tenantSid, users.tenantSid), eq(breakGlass.userSid, namedSid)),
      )
    return { facts }
  },
)
