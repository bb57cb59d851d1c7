// Who may sign in through a connection: the predicate in TypeScript and the view in SQL, over every
// state, plan and suspension, and through all that ask them.
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { closedBecause } from '../../src/connections/connection.ts'
import { closedReason, hasNoSessions, isSuspended } from '../../src/connections/standing.ts'
import { findConnection, findConnectionAndKeys } from '../../src/connections/store.ts'
import { decideFor } from '../../src/directory/sign-in/operations.ts'
import { finishLogin } from '../../src/login/store/finish.ts'
import { connectionOfDomain, grantStatements } from '../../src/oidc/store/grants.ts'
import { findAccess } from '../../src/oidc/store/tokens.ts'
import { batch } from '../../src/platform/db/batch.ts'
import * as schema from '../../src/platform/db/schema.ts'
import type { Principal } from '../../src/saml/response/verify-response.ts'
import { useScimToken } from '../../src/scim/store/tokens.ts'
import { findSession } from '../../src/sessions/store/session.ts'
import { clearDatabase, db } from '../support/world.ts'

const NOW = 1_000_000_000
const LATER = NOW + 60_000
const LIFETIME = { absoluteSeconds: 3600, idleSeconds: 3600 }

const STATES = ['draft', 'testing', 'validated', 'live', 'suspended'] as const
const CASES = STATES.flatMap((state) =>
  (['enterprise', 'standard'] as const).flatMap((plan) =>
    [null, NOW - 1].flatMap((suspendedAt) =>
      [['suspension' as const], []].map((endSessionsOn): Case => {
        const ends = endSessionsOn.length > 0 ? 'ends' : 'keeps'
        const key = `${state}-${plan}-${suspendedAt === null ? 'good' : 'suspended'}-${ends}`
        return { key, state, endSessionsOn, tenant: { plan, suspendedAt } }
      }),
    ),
  ),
)

type Case = Parameters<typeof hasNoSessions>[0] & { key: string }

const CLIENT = 'CL0'
const REDIRECT_URI = 'https://app.example/callback'
const principal = { email: 'ann@tenant.example' } as Principal

/** One customer for each case, with a user, a session, a login code and a SCIM token. */
async function insertCase({ key, state, endSessionsOn, tenant }: Case) {
  const [tenantSid, connectionSid, userSid] = [`TN-${key}`, `CN-${key}`, `US-${key}`]
  const times = { createdAt: NOW, updatedAt: NOW }
  const ofLogin = { connectionSid, userSid, principal, expiresAt: LATER }
  await db.batch([
    db.insert(schema.tenants).values({ sid: tenantSid, name: key, ...tenant, createdAt: NOW }),
    db.insert(schema.connections).values({
      sid: connectionSid,
      tenantSid,
      name: key,
      state,
      entityID: key,
      endSessionsOn,
      ...times,
    }),
    db.insert(schema.users).values({
      sid: userSid,
      tenantSid,
      email: `${key}@x.example`,
      emailKey: `${key}@x.example`,
      signInMethod: 'sso_enforced',
      connectionSid,
      ...times,
    }),
    db.insert(schema.domains).values({
      tenantSid,
      domain: `${key}.example`,
      token: '',
      createdBy: '',
      createdAt: NOW,
      verifiedAt: NOW,
    }),
    db.insert(schema.sessions).values({
      sid: `SE-${key}`,
      tokenHash: `session-${key}`,
      attemptSid: `AT-${key}`,
      createdAt: NOW,
      lastSeenAt: NOW,
      ...ofLogin,
    }),
    db.insert(schema.loginCodes).values({
      name: `name-${key}`,
      codeHash: `code-${key}`,
      attemptSid: `AT-${key}`,
      revision: 1,
      ...ofLogin,
    }),
    db.insert(schema.grants).values({
      secretHash: `grant-${key}`,
      clientSid: CLIENT,
      sessionSid: `SE-${key}`,
      redirectURI: REDIRECT_URI,
      scope: 'openid',
      codeChallenge: '',
      codeExpiresAt: LATER,
      createdAt: NOW,
    }),
    db.insert(schema.scimTokens).values({
      sid: `ST-${key}`,
      tenantSid,
      connectionSid,
      name: '',
      secretHash: `scim-${key}`,
      createdBy: '',
      createdAt: NOW,
      expiresAt: LATER,
      lastUsedAt: NOW,
    }),
  ])
}

beforeAll(async () => {
  await clearDatabase()
  await db.insert(schema.clients).values({
    sid: CLIENT,
    name: 'app',
    clientType: 'public',
    redirectURIs: [REDIRECT_URI],
    createdAt: NOW,
    updatedAt: NOW,
  })
  for (const one of CASES) await insertCase(one)
})

describe.each(CASES)('$key', (facts) => {
  const { key } = facts
  const closed = closedReason(facts)
  const suspended = isSuspended(facts)
  const out = hasNoSessions(facts)

  it('stands in the view as in the predicate', async () => {
    const { connectionStanding } = schema
    const [row] = await db
      .select()
      .from(connectionStanding)
      .where(eq(connectionStanding.connectionSid, `CN-${key}`))
    expect(row).toEqual({
      connectionSid: `CN-${key}`,
      tenantSid: `TN-${key}`,
      name: key,
      closedBecause: closed,
      isSuspended: suspended,
      hasNoSessions: out,
    })
  })

  it('is what a login meets, at its beginning and at its end', async () => {
    const connection = await findConnection(db, `CN-${key}`)
    expect(closedBecause(connection!) === undefined).toBe(closed === null)
    const finished = await finishLogin(db, {
      name: `name-${key}`,
      codeHash: `code-${key}`,
      isBound: true,
      earlier: [],
      session: { sid: `SE-new-${key}`, tokenHash: `new-${key}`, expiresAt: LATER },
      now: NOW,
    })
    expect(finished.ok).toBe(closed === null)
  })

  it('is what the sign-in decision says', async () => {
    const { decision, reason } = await decideFor(db, `${key}@x.example`, NOW)
    expect(reason).toBe(closed ?? 'sso_enforced')
    const ended = closed === 'tenant_suspended' ? 'refused' : 'password'
    expect(decision).toBe(closed === null ? 'sso' : ended)
  })

  it('is what a domain leads to', async () => {
    const found = await findConnectionAndKeys(db, connectionOfDomain({ domain: `${key}.example` }))
    expect(found?.connection.sid).toBe(closed === null ? `CN-${key}` : undefined)
  })

  it('lets a session count, and what apps were given in it, unless a suspension ends them', async () => {
    const cookie = { sid: `SE-${key}`, hash: `session-${key}` }
    const session = await findSession(db, cookie, NOW, LIFETIME)
    expect(session === undefined).toBe(out)
    const responseTarget = { clientSid: CLIENT, redirectURI: REDIRECT_URI }
    const ask = { responseTarget, session: cookie, grant: null, now: NOW, lifetime: LIFETIME }
    const { sessionRows } = await batch(db, grantStatements(ask))
    expect(sessionRows.length === 0).toBe(out)
    const token = { sid: `SE-${key}`, hash: `grant-${key}`, number: NOW }
    const access = await findAccess(db, token, NOW, LIFETIME)
    expect(access === undefined).toBe(out)
  })

  it('lets the IdP provision unless the tenant is suspended, and tells of the connection', async () => {
    const used = await useScimToken(db, `scim-${key}`, `CN-${key}`, NOW)
    expect(used === undefined).toBe(closed === 'tenant_suspended')
    if (used) expect(used.isSuspended).toBe(facts.state === 'suspended')
  })
})
