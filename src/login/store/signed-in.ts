// The SQL that reads the session of a browser without noting a use, which would keep it from
// idling: a login that comes again extends nothing.
import { and, eq, isNull } from 'drizzle-orm'
import { connectionStanding } from '../../connections/tables.ts'
import { users } from '../../directory/tables.ts'
import { query } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import type { Principal } from '../../saml/response/verify-response.ts'
import { limitsOf, type Lifetime, type SessionLimits } from '../../sessions/lifetime.ts'
import {
  isOpen,
  isSessionOf,
  valuesOfSession,
  type SessionKey,
  type SessionValues,
} from '../../sessions/store/session.ts'
import { sessions } from '../../sessions/tables.ts'

export type SignedIn = { sid: string; connectionSid: string; principal: Principal }

/** A suspended user, connection or tenant has no open session. */
export async function findSignedIn(
  db: Database,
  key: SessionKey,
  now: number,
  lifetime: Lifetime,
): Promise<SignedIn | undefined> {
  const values = { ...valuesOfSession(key), ...limitsOf(now, lifetime) }
  const [found] = await query(db, selectSignedIn(values).found)
  return found
}

const selectSignedIn = compile(
  'selectSignedIn',
  (db, values: Placeholders<SessionValues & SessionLimits>) => {
    const { sid, connectionSid, principal } = sessions
    const isStanding = and(
      eq(connectionStanding.connectionSid, connectionSid),
      eq(connectionStanding.hasNoSessions, false),
    )
    const found = db
      .select({ sid, connectionSid, principal })
      .from(sessions)
      .innerJoin(users, and(eq(users.sid, sessions.userSid), isNull(users.suspendedAt)))
      .innerJoin(connectionStanding, isStanding)
      .where(and(isSessionOf(values), isOpen(values)))
    return { found }
  },
)
