// Apps are told of an ended session after the response of the very request that has ended it,
// whatever request that is.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApiKey, createSignInLink } from '../../src/access/operations.ts'
import { changeState } from '../../src/connections/operations.ts'
import { createImport, takeRows } from '../../src/directory/import/operations.ts'
import { editTenant } from '../../src/directory/operations.ts'
import { editUser } from '../../src/directory/user-operations.ts'
import type { OperationContext } from '../../src/events/operation-context.ts'
import { retryLogoutDelivery } from '../../src/oidc/back-channel/operations.ts'
import { logoutDeliveries } from '../../src/platform/db/schema.ts'
import { revokeSession, revokeSessions } from '../../src/sessions/operations.ts'
import { changePerson, createPerson, deletePerson } from '../../src/scim/operations.ts'
import type { ScimContext } from '../../src/scim/store/people.ts'
import { openService } from '../scim/service.ts'
import { addClient, addGrant, LIFETIME, openPeople } from '../sessions/stage.ts'
import { openBrowser } from '../support/browser.ts'
import { PUBLIC_V4 } from '../support/fake-network.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'
import { deliveryOf } from './back-channel-stage.ts'

beforeEach(() => db.delete(logoutDeliveries))
afterEach(() => {
  vi.unstubAllGlobals()
})

/** Two people who are signed in to an app. */
async function open() {
  const { world, people } = await openPeople('ann@tenant.example', 'bob@tenant.example')
  const clientSid = await addClient()
  for (const { session } of people) await addGrant(session, clientSid)
  const { session, browser } = people[0]!
  return { world, session, browser, clientSid, userSid: session.userSid }
}

type Stage = Awaited<ReturnType<typeof open>>

const USER = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'ann@tenant.example',
  emails: [{ value: 'ann@tenant.example', type: 'work' }],
}

async function scim(stage: Stage, context: OperationContext): Promise<ScimContext> {
  await openService(stage.world)
  const { tenantSid, connectionSid } = stage.world
  return { ...context, scope: { tenantSid, connectionSid } }
}

/** Every operation that ends sessions, or makes a delivery due. */
const OPERATIONS: Record<string, (context: OperationContext, stage: Stage) => Promise<unknown>> = {
  revokeSession: async (context, { session }) =>
    good(await revokeSession(context, session.sid, LIFETIME)),
  'revokeSessions of a user': async (context, { userSid }) =>
    good(await revokeSessions(context, { userSid })),
  'revokeSessions of a connection': async (context, { world }) =>
    good(await revokeSessions(context, { connectionSid: world.connectionSid })),
  'revokeSessions of a tenant': async (context, { world }) =>
    good(await revokeSessions(context, { tenantSid: world.tenantSid })),
  'editUser, suspended': async (context, { userSid }) =>
    good(await editUser(context, userSid, { suspended: true })),
  'editTenant, suspended': async (context, { world }) =>
    good(await editTenant(context, world.tenantSid, { suspended: true })),
  'changeState, suspend': async (context, { world }) =>
    good(await changeState(context, world.connectionSid, 'suspend')),
  'importRows with a suspended user': async (context, { world }) => {
    const { sid } = good(await createImport(context, world.tenantSid, { name: 'people.csv' }))
    const rows = [{ email: 'ann@tenant.example', suspended: true }]
    good(await takeRows(context, sid, 0, rows))
  },
  'createPerson by SCIM, inactive': async (context, stage) =>
    createPerson(await scim(stage, context), { ...USER, active: false }),
  'changePerson by SCIM, inactive': async (context, stage) =>
    changePerson(
      await scim(stage, context),
      stage.userSid,
      false,
      { ...USER, active: false },
      undefined,
    ),
  'deletePerson by SCIM': async (context, stage) =>
    deletePerson(await scim(stage, context), stage.userSid, undefined),
  retryLogoutDelivery: async (context, { session }) => {
    good(await revokeSession(request(), session.sid, LIFETIME))
    const { sid } = await deliveryOf(session)
    good(await retryLogoutDelivery(context, sid))
  },
}

describe('an operation that queues logout tokens reports it', () => {
  it.each(Object.keys(OPERATIONS))('%s', async (name) => {
    const stage = await open()
    const context = { ...request(), afterResponse: new Set<'send_logout_tokens'>() }
    await OPERATIONS[name]!(context, stage)
    expect(await deliveryOf(stage.session)).toBeDefined()
    expect([...context.afterResponse]).toEqual(['send_logout_tokens'])
  })

  it('and one that queues none does not', async () => {
    const { userSid, world } = await open()
    const context = { ...request(), afterResponse: new Set<'send_logout_tokens'>() }
    good(await editUser(context, userSid, { firstName: 'Anna' }))
    good(await editTenant(context, world.tenantSid, { name: 'Other' }))
    good(await revokeSessions(context, { userSid }))
    context.afterResponse.clear()
    good(await revokeSessions(context, { userSid }))
    expect([...context.afterResponse]).toEqual([])
  })
})

/** Every surface, as a browser with the session of the first person, and as every other caller. */
const SURFACES: Record<
  string,
  (browser: ReturnType<typeof openBrowser>, stage: Stage) => Promise<unknown>
> = {
  'the API': async (browser, { userSid }) => {
    const { secret } = good(
      await createApiKey(request(), {
        name: 'ci',
        tenantSid: null,
        role: 'owner',
        expiresInDays: 1,
      }),
    )
    return browser.send(`/api/v1/users/${userSid}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ suspended: true }),
    })
  },
  'the console': async (browser, { userSid, world }) => {
    const { secret } = good(
      await createSignInLink(request(), { email: 'olga@vendor.example', name: 'olga' }),
    )
    await browser.post('/console/sign-in', { link: secret })
    return browser.post(`/console/tenants/${world.tenantSid}/users/${userSid}/sessions/revoke`)
  },
  SCIM: async (browser, { userSid, world }) => {
    const { secret, base } = await openService(world)
    return browser.send(`${base}/Users/${userSid}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${secret}` },
    })
  },
  'our own logout': (browser) => browser.post('/logout'),
  'the logout of an app': (browser) => browser.post('/oauth2/logout/confirmed'),
  'a login of somebody else in the same browser': (browser, { world }) =>
    world.login('bob@tenant.example', {}, browser),
}

describe('after the response, tokens go out', () => {
  /** The platform's own fetch, for what runs in the Worker. */
  function publish() {
    const tokens: string[] = []
    vi.stubGlobal('fetch', async (input: RequestInfo | URL, init: RequestInit = {}) => {
      if (String(input).startsWith('https://cloudflare-dns.com/'))
        return Response.json({ Status: 0, Answer: [{ type: 1, data: PUBLIC_V4 }] })
      // Endpoints and senders of other tests hear of events meanwhile.
      const token = new URLSearchParams(String(init.body)).get('logout_token')
      if (token !== null) tokens.push(token)
      return new Response()
    })
    return tokens
  }

  it.each(Object.keys(SURFACES))('of %s', async (name) => {
    const stage = await open()
    const tokens = publish()
    const context = createExecutionContext()
    const browser = openBrowser(env, { context })
    for (const [cookie, value] of stage.browser.cookies) browser.cookies.set(cookie, value)
    await SURFACES[name]!(browser, stage)
    await waitOnExecutionContext(context)
    expect((await deliveryOf(stage.session))?.sentAt).toEqual(expect.any(Number))
    expect(tokens).toHaveLength(1)
  })

  it('sends none if the same person signs in again', async () => {
    const stage = await open()
    const tokens = publish()
    const context = createExecutionContext()
    const browser = openBrowser(env, { context })
    for (const [cookie, value] of stage.browser.cookies) browser.cookies.set(cookie, value)
    await stage.world.login('ann@tenant.example', {}, browser)
    await waitOnExecutionContext(context)
    expect(tokens).toEqual([])
    expect(await deliveryOf(stage.session)).toBeUndefined()
  })
})
