// Which rows are whose: of people, of connections, of a tenant. In the order in which they can be
// deleted: rows that refer to others first. Erasure, off-boarding and exports read these lists.
import { and, eq, or, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { apiKeys, setupLinks } from '../../access/tables.ts'
import { certificates, quarantinedCertificates } from '../../connections/certificates/tables.ts'
import { metadataSources } from '../../connections/metadata/tables.ts'
import { pendingChanges } from '../../connections/pending/tables.ts'
import { connections } from '../../connections/tables.ts'
import { addressClaims } from '../../directory/claims/tables.ts'
import { domains } from '../../directory/domains/tables.ts'
import { exceptions } from '../../directory/exceptions/tables.ts'
import { imports } from '../../directory/import/tables.ts'
import { moves } from '../../directory/moves/tables.ts'
import { awaitedProofs, newcomerCounts } from '../../directory/newcomers/tables.ts'
import { userCounts } from '../../directory/words/tables.ts'
import { accounts, memberships, users } from '../../directory/tables.ts'
import { conditions, outbox } from '../../events/tables.ts'
import {
  webhookEndpoints,
  webhookEndpointTenants,
  webhookEndpointTypes,
} from '../../events/webhooks/tables.ts'
import { loginCodes, nameIDs, proofs } from '../../login/tables.ts'
import { contacts } from '../../mail/contacts/tables.ts'
import { mailLetters, mails } from '../../mail/post/tables.ts'
import { appSessions } from '../../oidc/back-channel/tables.ts'
import { grants } from '../../oidc/tables.ts'
import { revocationSources } from '../../revocation/tables.ts'
import { breakGlass, recoveryCodes } from '../../rollout/break-glass/tables.ts'
import { rollouts, rolloutSelections } from '../../rollout/cohort/tables.ts'
import { rolloutMembers } from '../../rollout/list/tables.ts'
import { aliases, idpUsers } from '../../rollout/reconcile/tables.ts'
import { turns } from '../../rollout/turns/tables.ts'
import { signOffs, testers } from '../../rollout/validation/tables.ts'
import { scimCounts, scimTokens, scimUsers } from '../../scim/tables.ts'
import { sessions } from '../../sessions/tables.ts'

export type OwnedRows = { table: SQLiteTable; where: SQL }

const rows = (table: SQLiteTable, where: SQL | undefined): OwnedRows => {
  return { table, where: where! }
}
const within = (column: SQLiteColumn, sids: SQL) => sql`${column} IN (${sids})`

const sidsOf = (tables: SQL, column: SQLiteColumn, where: SQL) =>
  sql`SELECT ${column} FROM ${tables} WHERE ${where}`

export const connectionsOf = (tenantSid: string) =>
  sidsOf(sql`${connections}`, connections.sid, eq(connections.tenantSid, tenantSid))

export const rolloutsOf = (tenantSid: string) =>
  sidsOf(sql`${rollouts}`, rollouts.sid, eq(rollouts.tenantSid, tenantSid))

/** `people`: a query of their SIDs, all of that tenant. Their own rows come last. */
export function rowsOfPeople(people: SQL, tenantSid: string): OwnedRows[] {
  const ofConnection = (table: SQLiteTable, columns: ConnectionAndUser) =>
    rows(
      table,
      and(within(columns.connectionSid, connectionsOf(tenantSid)), within(columns.userSid, people)),
    )
  const theirSessions = sidsOf(sql`${sessions}`, sessions.sid, within(sessions.userSid, people))
  return [
    rows(grants, within(grants.sessionSid, theirSessions)),
    rows(sessions, within(sessions.userSid, people)),
    ofConnection(appSessions, appSessions),
    rows(loginCodes, within(loginCodes.userSid, people)),
    ofConnection(testers, testers),
    rows(aliases, within(aliases.userSid, people)),
    rows(moves, within(moves.userSid, people)),
    ofConnection(nameIDs, nameIDs),
    ofConnection(proofs, proofs),
    rows(recoveryCodes, within(recoveryCodes.userSid, people)),
    rows(breakGlass, and(eq(breakGlass.tenantSid, tenantSid), within(breakGlass.userSid, people))),
    rows(exceptions, within(exceptions.userSid, people)),
    rows(awaitedProofs, within(awaitedProofs.userSid, people)),
    rows(addressClaims, within(addressClaims.userSid, people)),
    rows(scimUsers, within(scimUsers.userSid, people)),
    rows(
      rolloutSelections,
      and(
        within(rolloutSelections.rolloutSid, rolloutsOf(tenantSid)),
        within(rolloutSelections.userSid, people),
      ),
    ),
    rows(rolloutMembers, within(rolloutMembers.userSid, people)),
    rows(memberships, within(memberships.userSid, people)),
    rows(users, within(users.sid, people)),
  ]
}

type ConnectionAndUser = { connectionSid: SQLiteColumn; userSid: SQLiteColumn }

/**
 * Rows that name one person by address or id, in their tenant: `emails` in lower case, `receivers`
 * as the mail log has them.
 */
export function rowsByAddress(
  { emails, receivers, ids }: { emails: SQL; receivers: SQL; ids: SQL },
  tenantSid: string,
): OwnedRows[] {
  const theirMails = and(eq(mails.tenantSid, tenantSid), within(mails.receiverHash, receivers))!
  return [
    rows(contacts, and(eq(contacts.tenantSid, tenantSid), within(contacts.emailKey, emails))),
    rows(
      idpUsers,
      and(
        within(idpUsers.connectionSid, connectionsOf(tenantSid)),
        within(idpUsers.emailKey, emails),
      ),
    ),
    rows(
      aliases,
      and(
        within(aliases.connectionSid, connectionsOf(tenantSid)),
        within(aliases.emailKey, emails),
      ),
    ),
    rows(
      addressClaims,
      and(
        eq(addressClaims.tenantSid, tenantSid),
        or(within(addressClaims.emailKey, emails), within(addressClaims.externalID, ids)),
      ),
    ),
    rows(mailLetters, within(mailLetters.mailSid, sidsOf(sql`${mails}`, mails.sid, theirMails))),
    rows(mails, theirMails),
  ]
}

/** `of`: a query of rollouts. */
export function rowsOfRollouts(of: SQL): OwnedRows[] {
  return [
    rows(rolloutMembers, within(rolloutMembers.rolloutSid, of)),
    rows(rolloutSelections, within(rolloutSelections.rolloutSid, of)),
    rows(moves, within(moves.rolloutSid, of)),
    rows(turns, within(turns.subjectSid, of)),
    rows(rollouts, within(rollouts.sid, of)),
  ]
}

/** `of`: a query of connections that no user signs in through any more. */
export function rowsOfConnections(of: SQL): OwnedRows[] {
  const theirSessions = sidsOf(sql`${sessions}`, sessions.sid, within(sessions.connectionSid, of))
  const theirRollouts = sidsOf(
    sql`${rollouts}`,
    rollouts.sid,
    or(within(rollouts.connectionSid, of), within(rollouts.fromConnectionSid, of))!,
  )
  const theirEndpoints = sidsOf(
    sql`${webhookEndpoints}`,
    webhookEndpoints.sid,
    within(webhookEndpoints.connectionSid, of),
  )
  const ofThem = (table: SQLiteTable & { connectionSid: SQLiteColumn }) =>
    rows(table, within(table.connectionSid, of))
  return [
    rows(grants, within(grants.sessionSid, theirSessions)),
    ofThem(sessions),
    ofThem(appSessions),
    ofThem(loginCodes),
    ofThem(testers),
    ofThem(aliases),
    ofThem(idpUsers),
    ofThem(signOffs),
    ofThem(moves),
    ofThem(nameIDs),
    ofThem(proofs),
    ofThem(scimUsers),
    ofThem(scimTokens),
    ofThem(setupLinks),
    ...rowsOfRollouts(theirRollouts),
    ofThem(turns),
    ofThem(pendingChanges),
    ofThem(quarantinedCertificates),
    ofThem(certificates),
    ofThem(metadataSources),
    ofThem(revocationSources),
    ofThem(newcomerCounts),
    rows(addressClaims, within(addressClaims.source, of)),
    ...rowsOfEndpoints(theirEndpoints),
    rows(conditions, within(conditions.subject, of)),
    rows(connections, within(connections.sid, of)),
  ]
}

function rowsOfEndpoints(of: SQL): OwnedRows[] {
  return [
    rows(webhookEndpointTypes, within(webhookEndpointTypes.endpointSid, of)),
    rows(webhookEndpointTenants, within(webhookEndpointTenants.endpointSid, of)),
    rows(outbox, within(outbox.target, of)),
    rows(webhookEndpoints, within(webhookEndpoints.sid, of)),
  ]
}

/** What is left when people and connections are gone. The tenant itself is not among them. */
export function rowsOfTenant(tenantSid: string): OwnedRows[] {
  const ofTenant = (table: SQLiteTable & { tenantSid: SQLiteColumn }) =>
    rows(table, eq(table.tenantSid, tenantSid))
  const theirAccounts = sidsOf(sql`${accounts}`, accounts.sid, eq(accounts.tenantSid, tenantSid))
  const theirMails = sidsOf(sql`${mails}`, mails.sid, eq(mails.tenantSid, tenantSid))
  const theirEndpoints = sidsOf(
    sql`${webhookEndpoints}`,
    webhookEndpoints.sid,
    eq(webhookEndpoints.tenantSid, tenantSid),
  )
  return [
    rows(memberships, within(memberships.accountSid, theirAccounts)),
    ofTenant(accounts),
    ofTenant(userCounts),
    ofTenant(domains),
    ofTenant(contacts),
    ofTenant(apiKeys),
    ofTenant(setupLinks),
    ofTenant(scimTokens),
    ofTenant(imports),
    ofTenant(addressClaims),
    ofTenant(scimCounts),
    ofTenant(turns),
    rows(mailLetters, within(mailLetters.mailSid, theirMails)),
    ofTenant(mails),
    ...rowsOfEndpoints(theirEndpoints),
    ofTenant(webhookEndpointTenants),
  ]
}

/** All of a tenant, for counting: `connections` and `people` as queries. */
export function rowsOfTenantAll(tenantSid: string): OwnedRows[] {
  const people = sidsOf(sql`${users}`, users.sid, eq(users.tenantSid, tenantSid))
  const all = [
    ...rowsOfPeople(people, tenantSid),
    ...rowsOfConnections(connectionsOf(tenantSid)),
    ...rowsOfTenant(tenantSid),
  ]
  return [...new Map(all.map((one) => [one.table, one])).values()]
}

/** Of an account: the members stay. */
export function rowsOfAccount(sid: string): OwnedRows[] {
  return [rows(memberships, eq(memberships.accountSid, sid)), rows(accounts, eq(accounts.sid, sid))]
}

/** Lists of people that SQL has in one parameter. */
export const listOf = (values: readonly string[]): SQL =>
  sql`SELECT value FROM json_each(${JSON.stringify(values)})`

/** Some of a tenant’s people, so that a statement stays small. */
export const somePeople = (tenantSid: string, most: number): SQL =>
  sql`SELECT ${users.sid} FROM ${users} WHERE ${users.tenantSid} = ${tenantSid}
    ORDER BY ${users.createdAt}, ${users.sid} LIMIT ${most}`
