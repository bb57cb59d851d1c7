// What the pictures of console and portal show: customers in every state, made by the operations
// that people use.
import { createApiKey } from '../../../src/access/operations.ts'
import {
  editConnection,
  createConnection,
  changeState,
} from '../../../src/connections/operations.ts'
import {
  certificates,
  connections,
  metadataSources,
  quarantinedCertificates,
} from '../../../src/platform/db/schema.ts'
import { addUser, createTenant } from '../../../src/directory/operations.ts'
import type { Problem } from '../../../src/problem.ts'
import type { Result } from '../../../src/result.ts'
import { parseCertificate, storeKey } from '../../../src/saml/signature/certificate.ts'
import type { Database } from '../harness/database.ts'
import { createKeyPair } from '../harness/keys.ts'
import type { Scene } from '../harness/scene.ts'
import { and, eq, ne } from 'drizzle-orm'
import { tenantSid } from '../../../examples/demo/customer.ts'

const DAY = 24 * 3600 * 1000

export async function prepareScenery(database: Database, scene: Scene): Promise<void> {
  const ask = () => database.ask()
  const certificate = async (name: string) => certificateOf((await createKeyPair(name)).certificate)

  const globex = good(
    await createTenant(ask(), {
      name: 'Globex Corporation',
      supportContact: 'identity@globex.example',
    }),
  )
  const initech = good(await createTenant(ask(), { name: 'Initech', plan: 'standard' }))
  const umbrella = good(
    await createTenant(ask(), { name: 'Umbrella Health', supportContact: '+1 555 0100' }),
  )
  void initech

  const entra = good(await createConnection(ask(), globex.sid, { name: 'Entra ID' }))
  good(
    await editConnection(ask(), entra.sid, {
      fields: {
        entityID: 'https://sts.windows.net/6babcaad-604b-40ac-a9d7-9fd97c0b779f/',
        ssoRedirectURL:
          'https://login.microsoftonline.com/6babcaad-604b-40ac-a9d7-9fd97c0b779f/saml2',
        ssoPostURL: 'https://login.microsoftonline.com/6babcaad-604b-40ac-a9d7-9fd97c0b779f/saml2',
      },
      addCertificates: [await certificate('Microsoft Azure Federated SSO Certificate')],
    }),
  )
  // Whatever machine the pictures are taken on may have no way there.
  await database.client
    .update(connections)
    .set({ reachability: null })
    .where(eq(connections.sid, entra.sid))
  good(await changeState(ask(), entra.sid, 'begin_testing'))
  good(await createConnection(ask(), umbrella.sid, { name: 'Okta' }))
  good(await createConnection(ask(), globex.sid, { name: 'ADFS, subsidiary in Spain' }))
  good(
    await addUser(ask(), tenantSid, {
      email: 'dora@example.org',
      firstName: 'Dora',
      lastName: 'Diaz',
    }),
  )
  good(
    await createApiKey(ask(), {
      name: 'Nightly import',
      tenantSid,
      role: 'admin',
      expiresInDays: 180,
    }),
  )
  good(
    await createApiKey(ask(), {
      name: 'Provisioning',
      tenantSid: null,
      role: 'owner',
      expiresInDays: 90,
    }),
  )

  // What a refresh of the metadata would have found.
  const next = await certificate('Identity provider of next year')
  const { client } = database
  await client.update(certificates).set({ notAfter: Date.now() + 29 * DAY })
  await client
    .update(connections)
    .set({ name: 'Demo IdP of a subsidiary' })
    .where(and(eq(connections.tenantSid, tenantSid), ne(connections.sid, scene.connectionSid)))
  await client.insert(metadataSources).values({
    connectionSid: scene.connectionSid,
    url: scene.idp.entityID,
    fetchedAt: Date.now() - 3600_000,
    refreshAt: Date.now() + DAY,
    difference: {
      before: { ssoPostURL: scene.idp.ssoURL },
      after: { ssoPostURL: `${scene.idp.ssoURL}/post` },
    },
    createdAt: Date.now() - 40 * DAY,
  })
  await client.insert(quarantinedCertificates).values({
    connectionSid: scene.connectionSid,
    certificate: next.base64,
    ...storeKey(next),
    createdAt: Date.now() - 3600_000,
  })
}

async function certificateOf(base64: string) {
  const parsed = await parseCertificate(base64)
  if (!parsed.ok) throw new Error(parsed.error.code)
  return parsed.value
}

function good<T>(outcome: Result<T, Problem>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  return outcome.value
}
