// Sessions in a real database, opened by real logins.
import { eq } from 'drizzle-orm'
import { clients, grants, logoutDeliveries, sessions } from '../../src/platform/db/schema.ts'
import { createSid } from '../../src/ids.ts'
import { createWorld, db, type World } from '../support/world.ts'

export const LIFETIME = { absoluteSeconds: 8 * 3600, idleSeconds: 2 * 3600 }

/** Signs somebody in; adds the user where nobody has it. */
export async function signIn(world: World, email: string, isNew = true) {
  if (isNew) await world.addUser(email)
  const { browser } = await world.login(email)
  const all = (await world.rows()).sessions
  const session = all.toSorted((left, right) => left.createdAt - right.createdAt).at(-1)!
  return { browser, session, email }
}

export async function openPeople(...emails: string[]) {
  const world = await createWorld({ connection: { state: 'live' } })
  const people = []
  for (const email of emails) people.push(await signIn(world, email))
  return { world, people }
}

export async function sessionRow(sid: string) {
  const [row] = await db.select().from(sessions).where(eq(sessions.sid, sid))
  return row!
}

/** An app. With `backchannelLogoutURI: null` it wants no logout tokens. */
export async function addClient(more: Partial<typeof clients.$inferInsert> = {}): Promise<string> {
  const sid = createSid('CL')
  await db.insert(clients).values({
    sid,
    name: 'App',
    clientType: 'confidential',
    redirectURIs: ['https://app.vendor.example/callback'],
    postLogoutRedirectURIs: ['https://app.vendor.example/bye'],
    backchannelLogoutURI: 'https://app.vendor.example/backchannel',
    createdAt: Date.now(),
    updatedAt: Date.now(),
    ...more,
  })
  return sid
}

/** Signs somebody in to an app: what the authorization and the token endpoint leave behind. */
export async function addGrant(
  session: typeof sessions.$inferSelect,
  clientSid: string,
  more: Partial<typeof grants.$inferInsert> = {},
): Promise<string> {
  const secretHash = crypto.randomUUID()
  await db.insert(grants).values({
    secretHash,
    clientSid,
    sessionSid: session.sid,
    redirectURI: 'https://app.vendor.example/callback',
    scope: 'openid',
    codeChallenge: 'x',
    codeExpiresAt: session.createdAt + 60_000,
    spentAt: session.createdAt,
    createdAt: session.createdAt,
    ...more,
  })
  return secretHash
}

export async function grantRow(secretHash: string) {
  const [row] = await db.select().from(grants).where(eq(grants.secretHash, secretHash))
  return row!
}

/** What is to be sent, or was, of a session. */
export function deliveriesOf(sessionSid: string) {
  return db.select().from(logoutDeliveries).where(eq(logoutDeliveries.sessionSid, sessionSid))
}
