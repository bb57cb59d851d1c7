// An answer to a request that another connection has sent.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'
import { attack, freeze } from './harness.ts'

attack('request-other-connection, its ID', {
  message: async ({ respond, browser }) => {
    const { requestID } = await (await createWorld()).begin(browser)
    return respond({ inResponseTo: requestID })
  },
  code: 'in_response_to',
})

describe('request-other-connection, its RelayState', () => {
  freeze()

  it('is refused: relay_state_unknown', async () => {
    const other = await createWorld()
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const browser = openBrowser()
    const { requestID, relayState } = await other.begin(browser)
    const message = await world.idp(requestID).respond()
    expect((await world.deliver(browser, message, relayState)).status).toBe(400)
    const rows = await world.rows()
    expect(rows.attempts).toMatchObject([{ code: 'relay_state_unknown' }])
    expect(rows).toMatchObject({ spent: [], loginCodes: [], sessions: [], nameIDs: [] })
  })
})
