// A session in the database, as a login leaves it, and the logout tokens that are queued at its
// end.
import { logoutDeliveries, sessions } from '../../src/platform/db/schema.ts'
import { NAME_ID_FORMAT } from '../../src/saml/names.ts'
import { createSid, createTimedSid } from '../../src/ids.ts'
import { db } from './world.ts'

export async function addSession(
  of: { userSid: string; connectionSid: string },
  more: Partial<typeof sessions.$inferInsert> = {},
): Promise<string> {
  const now = Date.now()
  const sid = createTimedSid('SE', more.createdAt ?? now)
  await db.insert(sessions).values({
    sid,
    tokenHash: sid,
    attemptSid: createSid('AT'),
    principal: {
      nameID: 'ann',
      nameIDFormat: NAME_ID_FORMAT.persistent,
      sessionIndex: null,
      sessionNotOnOrAfter: null,
      authnInstant: now,
      authnContextClassRef: null,
      email: 'ann@tenant.example',
      firstName: 'Ann',
      lastName: 'Example',
    } as typeof sessions.$inferInsert.principal,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + 8 * 3_600_000,
    ...of,
    ...more,
  })
  return sid
}

export async function addDelivery(
  of: { clientSid: string; sessionSid: string; userSid: string },
  more: Partial<typeof logoutDeliveries.$inferInsert> = {},
): Promise<string> {
  const now = Date.now()
  const sid = createTimedSid('LD', more.createdAt ?? now)
  const failed = { tries: 7, failure: 'it answers 500', deadAt: now }
  await db.insert(logoutDeliveries).values({ sid, createdAt: now, ...failed, ...of, ...more })
  return sid
}
