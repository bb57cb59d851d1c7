// A return_to that leads elsewhere: no login begins with one.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { freeze, open } from './harness.ts'
import { HOSTILE_URLS } from './hostile-urls.ts'

describe('return-to-hostile', () => {
  freeze()

  it.each(HOSTILE_URLS)('refuses %j', async (url) => {
    const { world } = await open({})
    const path = `/sso/${world.connectionSid}?return_to=${encodeURIComponent(url)}`
    const answer = await openBrowser().get(path)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('location')).toBe(null)
    expect(await answer.text()).not.toContain('attacker.example')
  })

  it('takes what is ours', async () => {
    const { world } = await open({})
    for (const url of ['/', '/a?b=c#d', 'https://app.vendor.example/a'])
      await world.begin(openBrowser(), `?return_to=${encodeURIComponent(url)}`)
  })
})
