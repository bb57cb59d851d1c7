// A link of one connection removes a domain on which another connection of the tenant stands.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { removeDomain } from '../../src/directory/domains/operations.ts'
import { domains } from '../../src/platform/db/schema.ts'
import { createRollout, editSelectors } from '../../src/rollout/operations.ts'
import { addConnection, openService, verifyDomain } from '../scim/service.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'

const DOMAIN = 'tenant.example'

const STANDS: Record<string, (world: World) => Promise<unknown>> = {
  'the provisioning': (world) => openService(world),
  'a rollout': async ({ tenantSid, connectionSid }) => {
    await verifyDomain(tenantSid, DOMAIN)
    const { sid } = good(await createRollout(request(), connectionSid, { name: 'All' }))
    good(await editSelectors(request(), sid, { domains: [DOMAIN] }))
  },
}

describe('domain-other-connection', () => {
  it.each(Object.keys(STANDS))('domain_in_use: %s of another connection stands', async (what) => {
    const world = await createWorld()
    const { tenantSid } = world
    await STANDS[what]!(world)
    const left = () => db.select().from(domains).where(eq(domains.tenantSid, tenantSid))
    const capabilities = ['configure', 'test'] as const
    const linkTo = (connectionSid: string) =>
      ({
        kind: 'customer admin',
        id: 'm',
        name: 'm',
        tenantSid,
        connectionSid,
        capabilities,
      }) as const
    const mallory = request(linkTo(await addConnection(tenantSid)))
    expect(codeOf(await removeDomain(mallory, tenantSid, DOMAIN))).toEqual([
      'domain_in_use',
      'domain',
    ])
    expect(await left()).toHaveLength(1)
    // The connection's own link, which loses by it, may.
    good(await removeDomain(request(linkTo(world.connectionSid)), tenantSid, DOMAIN))
    expect(await left()).toEqual([])
  })
})
