// RelayState that leads elsewhere, or that is no handle of ours: an unsolicited login ends on our
// own page.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { freeze, open } from './harness.ts'
import { HOSTILE_URLS } from './hostile-urls.ts'

const HANDLES = ['__proto__', 'constructor', '', '../', 'A'.repeat(43), '*', '%00', '{}', '"']

describe('relay-state-hostile', () => {
  freeze()

  it.each([...HOSTILE_URLS, ...HANDLES])('accept: ends on our own page with %j', async (url) => {
    const { world, genuine } = await open({ unsolicited: true })
    const browser = openBrowser()
    const arrived = await world.deliver(browser, genuine, url)
    expect(arrived.headers.get('location')).toMatch(
      /^\/login\/finish\?code=[0-9a-f]{8}[\w-]{16}\.[\w-]{43}$/,
    )
    const finished = await browser.get(arrived.headers.get('location')!)
    expect(finished.headers.get('location')).toBe('https://sso.vendor.example/')
    expect([...finished.headers.keys()]).not.toContain('b')
  })

  it.each(HOSTILE_URLS)('restart: forgets %j', async (url) => {
    const { world, genuine } = await open({
      unsolicited: true,
      connection: { idpInitiated: 'restart' },
    })
    const arrived = await world.deliver(openBrowser(), genuine, url)
    expect(arrived.headers.get('location')).toBe(`/sso/${world.connectionSid}?restarted=`)
  })

  it.each(HOSTILE_URLS)('answer: %j is no login of ours', async (url) => {
    const { world, genuine } = await open({})
    expect((await world.deliver(openBrowser(), genuine, url)).status).toBe(400)
    expect(await world.rows()).toMatchObject({ spent: [], loginCodes: [], sessions: [] })
  })
})
