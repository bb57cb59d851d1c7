// The SQL of the userinfo and revocation endpoints. Each function is one round trip. The statements
// that write check their own conditions, so that nothing can change in between.
import { and, eq, exists, isNull, lt, sql } from 'drizzle-orm'
import { clients } from '../../clients/tables.ts'
import { connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { batch, readAndNote } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { limitsOf, type Lifetime, type SessionLimits } from '../../sessions/lifetime.ts'
import { noteUse } from '../../sessions/store/session.ts'
import { sessions } from '../../sessions/tables.ts'
import type { ClaimFacts } from '../claims.ts'
import type { GrantToken, TokenKind } from '../grant-token.ts'
import { grants } from '../tables.ts'
import {
  FACTS,
  isGrant,
  provenClient,
  selectClient,
  valuesOfKey,
  valuesOfProof,
  type GrantKeyParameters,
  type Proof,
  type ProofParameters,
} from './proof.ts'
import { isStandingOfSession, isUserOfSession, serves } from './serves.ts'

/** The facts of an access token, while it is valid. Notes the use of its session. */
export async function findAccess(
  db: Database,
  token: GrantToken,
  now: number,
  lifetime: Lifetime,
): Promise<ClaimFacts | undefined> {
  const values = { ...valuesOfKey(token), ...limitsOf(now, lifetime), number: token.number }
  const { use, ...reads } = useAccess(values)
  const { found } = await readAndNote(db, reads, { use })
  return found[0]
}

type AccessParameters = GrantKeyParameters & Placeholders<SessionLimits & { number: number }>

const useAccess = compile('useAccess', (db, values: AccessParameters) => {
  const { grantSid, number, now } = values
  const isEnabled = and(eq(clients.sid, grants.clientSid), isNull(clients.disabledAt))
  const isValid = and(
    isGrant(values),
    isNull(grants.endedAt),
    sql`${clients.accessTokenSeconds} * 1000 > ${now} - ${number}`,
    lt(sql`coalesce(${grants.accessRevokedAt}, 0)`, number),
  )!
  const valid = db
    .select({ sid: grants.sessionSid })
    .from(grants)
    .innerJoin(clients, isEnabled)
    .where(isValid)
  return {
    found: db
      .select(FACTS)
      .from(sessions)
      .innerJoin(users, isUserOfSession)
      .innerJoin(connectionStanding, isStandingOfSession)
      .innerJoin(grants, eq(grants.sessionSid, sessions.sid))
      .innerJoin(clients, isEnabled)
      .where(and(isValid, serves(values))),
    use: noteUse(db, and(eq(sessions.sid, grantSid), exists(valid))!, values),
  }
})

/**
 * Ends the grant of a refresh token with all its tokens. Of an access token, ends it and those that
 * were issued before it (RFC 7009 §2.1).
 */
export async function revoke(
  db: Database,
  proof: Proof,
  token: ({ kind: TokenKind } & GrantToken) | undefined,
  now: number,
) {
  const all = revocation({
    ...valuesOfProof(proof),
    ...valuesOfKey(token),
    number: token?.number ?? 0,
    now,
  })
  const statements = {
    clientRows: all.clientRows,
    found: all.found,
    grant: token?.kind === 'access' ? all.accessTokens : all.grant,
  }
  const { clientRows, found } = await batch(db, statements, { isRepeatable: true })
  return { client: clientRows[0], found: found[0] }
}

type RevocationParameters = ProofParameters &
  GrantKeyParameters &
  Placeholders<{ number: number; now: number }>

const revocation = compile('revocation', (db, values: RevocationParameters) => {
  const { number, now } = values
  const isIt = isGrant(values)
  const isOwn = and(isIt, eq(grants.clientSid, provenClient(db, values)), isNull(grants.endedAt))
  const latest = sql`max(coalesce(${grants.accessRevokedAt}, 0), ${number})`
  return {
    clientRows: selectClient(db, values),
    found: db.select({ clientSid: grants.clientSid }).from(grants).where(isIt),
    accessTokens: db.update(grants).set({ accessRevokedAt: latest }).where(isOwn),
    grant: db.update(grants).set({ endedAt: now }).where(isOwn),
  }
})
