// The SQL of the search over all things. Each SID is one look at a key.
import { and, eq, gte, inArray, isNotNull, lt, ne, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { apiKeys, setupLinks } from '../access/tables.ts'
import { clients } from '../clients/tables.ts'
import { pendingChanges } from '../connections/pending/tables.ts'
import { connections } from '../connections/tables.ts'
import { addressClaims } from '../directory/claims/tables.ts'
import { domains } from '../directory/domains/tables.ts'
import { imports } from '../directory/import/tables.ts'
import { accounts, users } from '../directory/tables.ts'
import { tenants } from '../directory/tenants/tables.ts'
import { endOfPrefix } from '../directory/words/fold.ts'
import { events } from '../events/tables.ts'
import { webhookEndpoints } from '../events/webhooks/tables.ts'
import { contacts } from '../mail/contacts/tables.ts'
import { mails } from '../mail/post/tables.ts'
import type { SidKind } from '../ids.ts'
import { batch } from '../platform/db/batch.ts'
import type { Database } from '../platform/db/client.ts'
import { listed } from '../platform/db/sql.ts'
import { PROBE_TENANT } from '../probe-sids.ts'
import { rollouts } from '../rollout/cohort/tables.ts'
import { aliases } from '../rollout/reconcile/tables.ts'
import { scimTokens } from '../scim/tables.ts'
import { sessions } from '../sessions/tables.ts'

/** What a thing is called, and what it belongs to. */
export type FoundRow = {
  sid: string
  name: string | null
  tenantSid: string | null
  connectionSid: string | null
  /** The user or the thing that it is about. */
  subjectSid: string | null
}

type SearchedTable = {
  table: SQLiteTable & { sid: SQLiteColumn }
  name: SQLiteColumn | SQL
  tenantSid?: SQLiteColumn | SQL
  connectionSid?: SQLiteColumn | SQL
  subjectSid?: SQLiteColumn
}

const NOTHING = sql`NULL`
/** Of a row that names a connection alone. */
const tenantOf = (connectionSid: SQLiteColumn) =>
  sql`(SELECT ${connections.tenantSid} FROM ${connections}
    WHERE ${connections.sid} = ${connectionSid})`

/** Attempts are in HISTORY. Other kinds have no page and no row of their own. */
const TABLES: Readonly<Partial<Record<SidKind, SearchedTable>>> = {
  US: { table: users, name: users.email, tenantSid: users.tenantSid },
  TN: { table: tenants, name: tenants.name, tenantSid: tenants.sid },
  CN: {
    table: connections,
    name: connections.name,
    tenantSid: connections.tenantSid,
    connectionSid: connections.sid,
  },
  CL: { table: clients, name: clients.name },
  AC: { table: accounts, name: accounts.name, tenantSid: accounts.tenantSid },
  RO: {
    table: rollouts,
    name: rollouts.name,
    tenantSid: rollouts.tenantSid,
    connectionSid: rollouts.connectionSid,
  },
  SE: {
    table: sessions,
    name: NOTHING,
    tenantSid: tenantOf(sessions.connectionSid),
    connectionSid: sessions.connectionSid,
    subjectSid: sessions.userSid,
  },
  AK: { table: apiKeys, name: apiKeys.name, tenantSid: apiKeys.tenantSid },
  SL: {
    table: setupLinks,
    name: setupLinks.name,
    tenantSid: setupLinks.tenantSid,
    connectionSid: setupLinks.connectionSid,
  },
  ST: {
    table: scimTokens,
    name: scimTokens.name,
    tenantSid: scimTokens.tenantSid,
    connectionSid: scimTokens.connectionSid,
  },
  WH: {
    table: webhookEndpoints,
    name: webhookEndpoints.name,
    tenantSid: webhookEndpoints.tenantSid,
  },
  CT: { table: contacts, name: contacts.name, tenantSid: contacts.tenantSid },
  EV: {
    table: events,
    name: events.type,
    tenantSid: events.tenantSid,
    connectionSid: events.connectionSid,
    subjectSid: events.subjectSid,
  },
  IM: { table: imports, name: imports.name, tenantSid: imports.tenantSid },
  PC: {
    table: pendingChanges,
    name: NOTHING,
    tenantSid: tenantOf(pendingChanges.connectionSid),
    connectionSid: pendingChanges.connectionSid,
  },
  CM: {
    table: addressClaims,
    name: addressClaims.name,
    tenantSid: addressClaims.tenantSid,
    subjectSid: addressClaims.userSid,
  },
  ML: { table: mails, name: mails.template, tenantSid: mails.tenantSid },
}

/** The thing of a SID. Undefined: there is none, or its kind has no table here. */
export async function findRow(
  db: Database,
  kind: SidKind,
  sid: string,
): Promise<FoundRow | undefined> {
  const looked = TABLES[kind]
  if (!looked) return undefined
  const text = (value: SQLiteColumn | SQL | undefined, as: string) =>
    sql<string | null>`${value ?? NOTHING}`.as(as)
  const [found] = await db
    .select({
      sid: sql<string>`${looked.table.sid}`.as('place_sid'),
      name: text(looked.name, 'place_name'),
      tenantSid: text(looked.tenantSid, 'place_tenant'),
      connectionSid: text(looked.connectionSid, 'place_connection'),
      subjectSid: text(looked.subjectSid, 'place_subject'),
    })
    .from(looked.table)
    .where(eq(looked.table.sid, sid))
  return found
}

/** Names by SID, of tenants, connections and apps that were found. */
export async function findNames(db: Database, sids: readonly string[]) {
  const asked = listed(sids)
  return batch(db, {
    tenants: db
      .select({ sid: tenants.sid, name: tenants.name })
      .from(tenants)
      .where(and(inArray(tenants.sid, asked), ne(tenants.sid, PROBE_TENANT))),
    connections: db
      .select({
        sid: connections.sid,
        name: connections.name,
        tenantSid: connections.tenantSid,
        state: connections.state,
      })
      .from(connections)
      .where(and(inArray(connections.sid, asked), ne(connections.purpose, 'probe'))),
    apps: db
      .select({ sid: clients.sid, name: clients.name })
      .from(clients)
      .where(inArray(clients.sid, asked)),
  })
}

/** Verified domains that begin so, and users whom an IdP knows by the address. */
export function findAddresses(db: Database, text: string, limit: number) {
  return batch(db, {
    domains: db
      .select({ domain: domains.domain, tenantSid: domains.tenantSid })
      .from(domains)
      .where(
        and(
          isNotNull(domains.verifiedAt),
          gte(domains.domain, text),
          lt(domains.domain, endOfPrefix(text)),
        ),
      )
      .orderBy(domains.domain)
      .limit(limit),
    aliases: db
      .select({
        userSid: aliases.userSid,
        connectionSid: aliases.connectionSid,
        email: sql<string>`${users.email}`.as('user_email'),
        tenantSid: users.tenantSid,
      })
      .from(aliases)
      .innerJoin(users, eq(users.sid, aliases.userSid))
      .where(eq(aliases.emailKey, text))
      .limit(limit),
  })
}
