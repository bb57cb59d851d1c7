// A colleague who can change her e-mail attribute at the IdP comes with her own NameID and somebody
// else's e-mail. Her own address as NameID gives her away, bound or not.
import { describe, expect, it } from 'vitest'
import { aliases } from '../../src/platform/db/schema.ts'
import { createWorld, db } from '../support/world.ts'
import { freeze } from './harness.ts'

const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const VICTIM = {
  attributes: { email: 'alice@tenant.example', firstName: 'Alice', lastName: 'A' },
}

describe('name-id-of-colleague', () => {
  freeze()

  async function open(bound: { alice: boolean; mallory: boolean }) {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const mallory = await world.addUser('mallory@tenant.example')
    if (bound.alice) await world.login('alice@tenant.example')
    if (bound.mallory) await world.login('mallory@tenant.example')
    const { sessions } = await world.rows()
    return { world, mallory, before: sessions.length }
  }

  it.each([
    { alice: false, mallory: false },
    { alice: true, mallory: false },
    { alice: false, mallory: true },
    { alice: true, mallory: true },
  ])('is refused: name_id_of_other, bound: %o', async (bound) => {
    const { world, before } = await open(bound)
    for (const nameID of ['mallory@tenant.example', 'MALLORY@Tenant.Example'])
      for (const nameIDFormat of [null, PERSISTENT])
        await world.login('alice@tenant.example', { ...VICTIM, nameID, nameIDFormat })
    const { attempts, sessions, nameIDs } = await world.rows()
    expect(attempts.slice(before).map(({ code }) => code)).toEqual(
      Array(4).fill('name_id_of_other'),
    )
    expect(sessions).toHaveLength(before)
    expect(nameIDs).toHaveLength(before)
  })

  it('is refused: name_id_of_other, her alias', async () => {
    const { world, mallory } = await open({ alice: false, mallory: false })
    const alias = { emailKey: 'mal@corp.example', userSid: mallory, createdBy: 'x', createdAt: 1 }
    await db.insert(aliases).values({ ...alias, connectionSid: world.connectionSid })
    await world.login('alice@tenant.example', { ...VICTIM, nameID: 'mal@corp.example' })
    expect((await world.rows()).attempts.at(-1)!.code).toBe('name_id_of_other')
  })

  it('is refused: name_id_of_other, the login e-mail of a user of another tenant', async () => {
    const { world } = await open({ alice: false, mallory: false })
    const other = await createWorldBeside(world)
    await other.addUser('eve@other.example')
    await world.login('alice@tenant.example', { ...VICTIM, nameID: 'eve@other.example' })
    expect((await world.rows()).attempts.at(-1)!.code).toBe('name_id_of_other')
  })
})

/** A second tenant, without taking the addresses of the first from it. */
async function createWorldBeside(world: Awaited<ReturnType<typeof createWorld>>) {
  const other = await createWorld()
  await world.addUser('alice@tenant.example')
  return other
}
