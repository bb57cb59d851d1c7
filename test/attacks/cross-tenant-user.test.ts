// An IdP that asserts somebody who is not its to assert.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { as, createWorld } from '../support/world.ts'
import { freeze } from './harness.ts'

describe('cross-tenant-user', () => {
  freeze()

  it('is refused: user_unknown, a user of another tenant', async () => {
    const attacker = await createWorld()
    const victim = await createWorld()
    await victim.addUser('bob@victim.example')
    const { arrived } = await attacker.login('bob@victim.example')
    expect(arrived.status).toBe(403)
    expect((await attacker.rows()).attempts).toMatchObject([
      { code: 'user_unknown', userSid: null },
    ])
    expect(await attacker.rows()).toMatchObject({ loginCodes: [], sessions: [], nameIDs: [] })
    expect(await victim.rows()).toMatchObject({ loginCodes: [], sessions: [], attempts: [] })
  })

  it('is refused: user_not_enabled, a user of another connection of the tenant', async () => {
    const world = await createWorld()
    const other = await createWorld()
    await world.addUser('bob@tenant.example', { connectionSid: other.connectionSid })
    const { arrived } = await world.login('bob@tenant.example')
    expect(arrived.status).toBe(403)
    expect((await world.rows()).attempts).toMatchObject([{ code: 'user_not_enabled' }])
  })

  it('is refused: name_id_of_other, the NameID of one with the e-mail of another', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    await world.addUser('bob@tenant.example')
    await world.login('alice@tenant.example')
    const { arrived } = await world.login('alice@tenant.example', {
      attributes: { email: 'bob@tenant.example', firstName: 'B', lastName: 'B' },
    })
    expect(arrived.status).toBe(403)
    const { attempts, sessions } = await world.rows()
    expect(attempts.map(({ code }) => code)).toEqual([null, 'name_id_of_other'])
    expect(sessions).toHaveLength(1)
  })

  it('is refused: name_id_changed, another NameID with an e-mail that is bound', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    await world.login('alice@tenant.example')
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const message = await world
      .idp(requestID)
      .respond({ ...as('alice@tenant.example'), nameID: 'mallory' })
    expect((await world.deliver(browser, message, relayState)).status).toBe(403)
    const { attempts } = await world.rows()
    expect(attempts.map(({ code }) => code)).toEqual([null, 'name_id_changed'])
  })
})
