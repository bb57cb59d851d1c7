// Somebody comes first with a NameID that is going to be another person's, so that the person is
// locked out, or reaches the wrong user.
import { describe, expect, it } from 'vitest'
import { createWorld } from '../support/world.ts'
import { freeze } from './harness.ts'

describe('name-id-squatting', () => {
  freeze()

  it('does not lock out a newcomer whose e-mail somebody has been bound to', async () => {
    const world = await createWorld()
    const mallory = await world.addUser('mallory@tenant.example')
    // Nobody has the address yet.
    await world.login('mallory@tenant.example', { nameID: 'bob@tenant.example' })
    const bob = await world.addUser('bob@tenant.example')
    await world.login('bob@tenant.example')
    await world.login('mallory@tenant.example', { nameID: 'bob@tenant.example' })
    const { attempts, sessions, nameIDs } = await world.rows()
    expect(attempts.map(({ code }) => code)).toEqual([null, null, 'name_id_of_other'])
    expect(sessions.map(({ userSid }) => userSid).toSorted()).toEqual([mallory, bob].toSorted())
    expect(nameIDs.find(({ userSid }) => userSid === bob)).toMatchObject({ kind: 'email' })
  })

  it('is refused: name_id_of_other, a NameID that somebody is bound to', async () => {
    const world = await createWorld()
    await world.addUser('mallory@tenant.example')
    await world.addUser('bob@tenant.example')
    await world.login('bob@tenant.example', { nameID: 'id-of-bob' })
    await world.login('mallory@tenant.example', { nameID: 'id-of-bob' })
    const { attempts, nameIDs } = await world.rows()
    expect(attempts.map(({ code }) => code)).toEqual([null, 'name_id_of_other'])
    expect(nameIDs).toHaveLength(1)
  })
})
