// Login CSRF: a person who gets another person's login code cannot use it, and has spent it.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { BOTH, type Case, type Stage } from '../harness/runner.ts'
import { alice, expectHeading, expectRefused, logIn } from './steps.ts'

export const otherBrowser: Case[] = [
  {
    name: 'a login finished in another browser is refused, and the first cannot finish it any more',
    idps: BOTH,
    async play(stage) {
      const first = await stage.visit()
      const page = await first.newPage()
      await page.goto(stage.startURL)
      const held = holdFinish(stage, page)
      await logIn(page, alice)
      const finishURL = await held
      assert.deepEqual(await stage.database.findSessions(stage.connectionSid), [])

      const second = await stage.visit()
      const otherPage = await second.newPage()
      // With a login of its own under way: a cookie, but another one.
      await otherPage.goto(stage.startURL)
      await otherPage.goto(finishURL)
      const title = 'This sign-in was started in another browser'
      await expectRefused(stage, second, otherPage, { code: 'browser_mismatch', title })
      await otherPage.goto(`${stage.origin}/`)
      await expectHeading(otherPage, 'You are not signed in')

      await page.goto(finishURL)
      await expectHeading(page, 'This sign-in was already finished')
      assert.equal(first.statusOf(page), 400)
      assert.deepEqual(await stage.database.findSessions(stage.connectionSid), [])
    },
  },
]

/** Resolves to where the ACS sends the browser, which does not go there. */
function holdFinish({ origin, connectionSid }: Stage, page: Page): Promise<string> {
  return new Promise((resolve, reject) => {
    const hold = page.route(`${origin}/saml/${connectionSid}/acs`, async (route) => {
      const response = await route.fetch({ maxRedirects: 0 })
      const { location } = response.headers()
      await route.fulfill({ contentType: 'text/plain', body: 'held' })
      if (location) resolve(new URL(location, origin).href)
      else reject(new Error(`the ACS answered ${response.status()}`))
    })
    hold.catch(reject)
  })
}
