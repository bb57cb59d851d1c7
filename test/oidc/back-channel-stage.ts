// An app that is told when a session ends: its endpoint answers as a test says and keeps what came.
import { env } from 'cloudflare:workers'
import * as jose from 'jose'
import { eq } from 'drizzle-orm'
import { logoutDeliveries, type sessions } from '../../src/platform/db/schema.ts'
import { readConfig } from '../../src/env.ts'
import { deliverLogoutTokens } from '../../src/oidc/back-channel/deliver.ts'
import { readKeySet } from '../../src/oidc/signing-keys/signing-keys.ts'
import { revokeSession } from '../../src/sessions/operations.ts'
import { addClient, addGrant, LIFETIME, openPeople } from '../sessions/stage.ts'
import { fakeNetwork, PUBLIC_V4 } from '../support/fake-network.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'

export const URI = 'https://app.vendor.example/backchannel'
export const config = readConfig(env)

type Network = Parameters<typeof fakeNetwork>[0]

export function openEndpoint(
  answer: () => Response | Promise<Response> = () => new Response(null, { status: 200 }),
  more: Network = {},
) {
  const network = fakeNetwork({
    names: { 'app.vendor.example': [PUBLIC_V4] },
    hosts: { [URI]: answer },
    ...more,
  })
  const tokens = () =>
    network.requests
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => new URLSearchParams(String(body)).get('logout_token')!)
  const deliver = (now = Date.now(), options: Partial<typeof network.options> = {}) =>
    deliverLogoutTokens({ db, config, network: { ...network.options, ...options }, now })
  return { ...network, tokens, deliver }
}

/** Somebody who was signed in to an app, and whose session has been revoked. */
export async function revoked(client: Parameters<typeof addClient>[0] = {}) {
  const { world, people } = await openPeople('ann@tenant.example')
  const { session } = people[0]!
  const clientSid = await addClient(client)
  await addGrant(session, clientSid)
  good(await revokeSession(request(), session.sid, LIFETIME))
  return { world, session, clientSid }
}

export async function deliveryOf(session: Pick<typeof sessions.$inferSelect, 'sid'>) {
  const [row] = await db
    .select()
    .from(logoutDeliveries)
    .where(eq(logoutDeliveries.sessionSid, session.sid))
  return row!
}

/** As an app verifies it. */
export async function verify(token: string, audience: string, now?: number) {
  const keySet = await readKeySet(db, config.keySecrets, Date.now())
  return jose.jwtVerify(token, jose.createLocalJWKSet(keySet as jose.JSONWebKeySet), {
    issuer: config.origin,
    audience,
    typ: 'logout+jwt',
    maxTokenAge: '2 minutes',
    requiredClaims: ['iss', 'aud', 'iat', 'exp', 'jti', 'events'],
    ...(now !== undefined && { currentDate: new Date(now) }),
  })
}
