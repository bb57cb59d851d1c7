// Logout: our session ends first, then the browser is sent on by POST, or stays with us.
import assert from 'node:assert/strict'
import { BOTH, type Case } from '../harness/runner.ts'
import { alice, expectHeading, expectSignedIn, logIn, signedOutURL } from './steps.ts'

const SESSION_COOKIE = 'local-session'

export const logout: Case[] = [
  {
    name: 'logout ends our session, then posts to the Redirect URL',
    idps: BOTH,
    connection: (idp) => ({ logoutRedirectURL: signedOutURL(idp) }),
    async play(stage) {
      const { connectionSid, database, idp, origin } = stage
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(stage.startURL)
      await logIn(page, alice)
      await expectSignedIn(stage, page, alice)
      const cookies = await visit.context.cookies(origin)
      const cookie = cookies.find(({ name }) => name === SESSION_COOKIE)
      assert(cookie?.httpOnly && cookie.sameSite === 'Lax')

      let endedBefore: unknown
      await page.route(signedOutURL(idp), async (route) => {
        const [session] = await database.findSessions(connectionSid)
        endedBefore = session?.endedAt
        // SimpleSAMLphp has no page of that kind.
        if (idp.kind === 'demo') await route.continue()
        else await route.fulfill({ contentType: 'text/html', body: '<h1>Goodbye</h1>' })
      })
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL(signedOutURL(idp))
      if (idp.kind === 'demo') await page.getByText('arrived here by POST').waitFor()
      assert.equal(typeof endedBefore, 'number', 'the session was open when the browser left')
      const [departure] = visit.requestsTo(signedOutURL(idp))
      assert.equal(departure?.method(), 'POST')
      assert.equal(departure.postData() ?? '', '')

      const left = await visit.context.cookies(origin)
      assert(!left.some(({ name }) => name === SESSION_COOKIE), 'the cookie is still there')
      await visit.context.addCookies([cookie])
      await page.goto(`${origin}/`)
      await expectHeading(page, 'You are not signed in')
    },
  },
  {
    name: 'logout without a Redirect URL ends on our own page',
    idps: BOTH,
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(stage.startURL)
      await logIn(page, alice)
      await expectSignedIn(stage, page, alice)
      await page.goto(`${stage.origin}/logout`)
      await page.getByRole('button', { name: 'Sign out' }).click()
      await expectHeading(page, 'You are signed out')
      const [session] = await stage.database.findSessions(stage.connectionSid)
      assert.equal(typeof session?.endedAt, 'number')
      await page.goto(`${stage.origin}/`)
      await expectHeading(page, 'You are not signed in')
    },
  },
]
