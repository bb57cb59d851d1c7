// An operation that leaves everything as it is records no event.
import { count } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createApiKey, revokeApiKey } from '../../src/access/operations.ts'
import { disableClient, editClient, enableClient } from '../../src/clients/operations.ts'
import { editConnection } from '../../src/connections/operations.ts'
import { editTenant, setSignInMethod } from '../../src/directory/operations.ts'
import { editUser, putUser } from '../../src/directory/user-operations.ts'
import { editWebhookEndpoint } from '../../src/events/webhooks/operations.ts'
import { addContact, editContact } from '../../src/mail/contacts/operations.ts'
import { events } from '../../src/platform/db/schema.ts'
import type { Problem } from '../../src/problem.ts'
import type { Result } from '../../src/result.ts'
import { createRollout, editSelectors, setNotice } from '../../src/rollout/operations.ts'
import { registerClient } from '../support/register-client.ts'
import { good, request } from '../support/request.ts'
import { addWebhookEndpoint } from '../support/webhook-endpoint.ts'
import { createWorld, db } from '../support/world.ts'

const EMAIL = 'ann@tenant.example'
const NOTICE = { subject: 'Sign-in changes', text: 'Soon.', link: null, date: null }

type Scene = Awaited<ReturnType<typeof createScene>>
type Operation = (scene: Scene) => Promise<Result<unknown, Problem>>

async function createScene() {
  const world = await createWorld()
  await world.addUser(EMAIL, { signInMethod: 'password', firstName: 'Ann' })
  const { tenantSid, connectionSid } = world
  const ask = request()
  return {
    ask,
    tenantSid,
    connectionSid,
    clientSid: (await registerClient()).sid,
    endpointSid: (await addWebhookEndpoint(tenantSid)).sid,
    apiKeySid: good(
      await createApiKey(ask, { name: 'k', tenantSid, role: 'admin', expiresInDays: 2 }),
    ).apiKey.sid,
    rolloutSid: good(await createRollout(ask, connectionSid, { name: 'All' })).sid,
    contactSid: good(
      await addContact(ask, tenantSid, { role: 'technical', name: 'Ann', email: EMAIL }),
    ).sid,
  }
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'editConnection, a name': ({ ask, connectionSid }) =>
    editConnection(ask, connectionSid, { fields: { name: 'Other' } }),
  'editConnection, nothing': ({ ask, connectionSid }) =>
    editConnection(ask, connectionSid, { fields: {} }),
  'editTenant, a name': ({ ask, tenantSid }) => editTenant(ask, tenantSid, { name: 'Other' }),
  'editTenant, suspended': ({ ask, tenantSid }) => editTenant(ask, tenantSid, { suspended: true }),
  'editTenant, not suspended': ({ ask, tenantSid }) =>
    editTenant(ask, tenantSid, { suspended: false }),
  'editUser, a name': ({ ask }) => editUser(ask, EMAIL, { firstName: 'Anna' }),
  'editUser, suspended': ({ ask }) => editUser(ask, EMAIL, { suspended: true }),
  'editUser, nothing': ({ ask }) => editUser(ask, EMAIL, {}),
  putUser: ({ ask, tenantSid }) =>
    putUser(ask, tenantSid, { externalID: 'x1', email: EMAIL, lastName: 'Berg' }),
  'setSignInMethod, the password': ({ ask }) =>
    setSignInMethod(ask, EMAIL, { signInMethod: 'password' }),
  'editClient, a name': ({ ask, clientSid }) => editClient(ask, clientSid, { name: 'Other' }),
  'editClient, nothing': ({ ask, clientSid }) => editClient(ask, clientSid, {}),
  disableClient: ({ ask, clientSid }) => disableClient(ask, clientSid),
  enableClient: ({ ask, clientSid }) => enableClient(ask, clientSid),
  'editWebhookEndpoint, a name': ({ ask, endpointSid }) =>
    editWebhookEndpoint(ask, endpointSid, { name: 'Other' }),
  'editWebhookEndpoint, off': ({ ask, endpointSid }) =>
    editWebhookEndpoint(ask, endpointSid, { isActive: false }),
  editContact: ({ ask, contactSid }) => editContact(ask, contactSid, { name: 'Anna' }),
  editSelectors: ({ ask, rolloutSid }) => editSelectors(ask, rolloutSid, { everybody: true }),
  setNotice: ({ ask, rolloutSid }) => setNotice(ask, rolloutSid, NOTICE),
  revokeApiKey: ({ ask, apiKeySid }) => revokeApiKey(ask, apiKeySid),
}

it.each(Object.entries(OPERATIONS))('%s: once more records nothing', async (_name, operation) => {
  const scene = await createScene()
  good(await operation(scene))
  const before = await countEvents()
  const ask = { ...scene.ask, now: scene.ask.now + 1000 }
  good(await operation({ ...scene, ask }))
  expect(await countEvents()).toBe(before)
})

async function countEvents(): Promise<number> {
  const [row] = await db.select({ rows: count() }).from(events)
  return row!.rows
}
