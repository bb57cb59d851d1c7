// An answer to the request of one browser, posted and finished by another.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { freeze, open } from './harness.ts'

describe('request-other-browser', () => {
  freeze()

  it('is refused: browser_mismatch, a browser with a login of its own underway', async () => {
    const { world, genuine, relayState } = await open({})
    const other = openBrowser()
    await world.begin(other)
    const arrived = await world.deliver(other, genuine, relayState)
    expect((await other.get(arrived.headers.get('location')!)).status).toBe(403)
    const rows = await world.rows()
    expect(rows.sessions).toEqual([])
    expect(rows.attempts).toMatchObject([{ code: 'browser_mismatch' }])
  })
})
