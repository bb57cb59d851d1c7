// The SQL that several endpoints share: the proof of a client, the grant of a code or a token, and
// the columns of its claims.
import { and, eq, gt, isNull, or, sql, type SQL } from 'drizzle-orm'
import type { Credentials } from '../../clients/authenticate.ts'
import { clients } from '../../clients/tables.ts'
import { connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import type { Database } from '../../platform/db/client.ts'
import type { Placeholders } from '../../platform/db/compile.ts'
import { sessions } from '../../sessions/tables.ts'
import type { GrantKey } from '../grant-token.ts'
import { grants } from '../tables.ts'

export type Proof = { credentials: Credentials; secretHash: string | null }

export type ProofParameters = Placeholders<ReturnType<typeof valuesOfProof>>

export function valuesOfProof({ credentials, secretHash }: Proof) {
  return { clientSid: credentials.clientSid, secretHash }
}

/**
 * The condition on `clients` that the credentials are valid. A query may compare hashes of 256
 * random bits: timing reveals nothing useful.
 */
function isProven(values: ProofParameters & { now: SQL<number> }): SQL {
  const { clientSid, secretHash, now } = values
  return and(
    eq(clients.sid, clientSid),
    isNull(clients.disabledAt),
    or(
      // IS: no secret proves a client that has none, and no other.
      sql`${clients.secretHash} IS ${secretHash}`,
      and(eq(clients.previousSecretHash, secretHash), gt(clients.previousSecretUntil, now)),
    ),
  )!
}

/** The type of the client, and whether the credentials are valid. */
export function selectClient(db: Database, values: ProofParameters & { now: SQL<number> }) {
  return db
    .select({
      clientType: clients.clientType,
      isProven: sql<number | null>`${isProven(values)}`.as('is_proven'),
    })
    .from(clients)
    .where(eq(clients.sid, values.clientSid))
}

/** The SID of the client if the credentials are valid. */
export function provenClient(db: Database, values: ProofParameters & { now: SQL<number> }): SQL {
  const proven = db.select({ sid: clients.sid }).from(clients).where(isProven(values))
  return sql`${proven}`
}

export type GrantKeyParameters = Placeholders<ReturnType<typeof valuesOfKey>>

/** No grant has the empty key. */
export function valuesOfKey(key: GrantKey | undefined) {
  return { grantSid: key?.sid ?? '', grantHash: key?.hash ?? '' }
}

export function isGrant({ grantSid, grantHash }: GrantKeyParameters): SQL {
  return and(eq(grants.sessionSid, grantSid), eq(grants.secretHash, grantHash))!
}

/** The columns of the claims. */
export const FACTS = {
  clientSid: grants.clientSid,
  sessionSid: grants.sessionSid,
  userSid: sessions.userSid,
  connectionSid: sessions.connectionSid,
  tenantSid: connectionStanding.tenantSid,
  email: users.email,
  principal: sessions.principal,
  openedAt: sessions.createdAt,
  scope: grants.scope,
}
