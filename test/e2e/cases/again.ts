// Logins that come again: by the back button, a second post, a reload, another account, many tabs.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { BOTH, type Case, type Stage } from '../harness/runner.ts'
import type { Visit } from '../harness/visit.ts'
import { alice, carol, expectHeading, expectSignedIn, logIn } from './steps.ts'

const TARGET = '/?from=deep'
const TABS = 40

/** Alice, signed in at a deep link. */
async function signIn(stage: Stage): Promise<{ visit: Visit; page: Page }> {
  const visit = await stage.visit()
  const page = await visit.newPage()
  await page.goto(startAt(stage, TARGET))
  await logIn(page, alice)
  await expectSignedIn(stage, page, alice, { path: TARGET })
  return { visit, page }
}

const startAt = (stage: Stage, target: string) =>
  `${stage.startURL}?${new URLSearchParams({ return_to: target })}`

/** Where she was, by the same session, and no new one was opened. */
async function expectSameSession(stage: Stage, page: Page): Promise<void> {
  await expectHeading(page, `Signed in as ${alice.givenName} ${alice.sn}`)
  assert.equal(page.url(), stage.origin + TARGET)
  assert.equal((await stage.database.findSessions(stage.connectionSid)).length, 1)
}

export const again: Case[] = [
  {
    name: 'the back button to the IdP, and on again: to where the login led',
    idps: ['demo'],
    async play(stage) {
      const { visit, page } = await signIn(stage)
      await page.goBack()
      await logIn(page, alice)
      await expectSameSession(stage, page)
      assert.equal(visit.requestsTo(`${stage.origin}/login/repeated?`).length, 1)
      assert.equal(visit.requestsTo(stage.startURL).length, 1)
    },
  },
  {
    name: 'the response posted a second time: to where the login led',
    idps: BOTH,
    async play(stage) {
      const { visit, page } = await signIn(stage)
      const [posted] = visit.requestsTo(`${stage.origin}/saml/`)
      const fields = [...new URLSearchParams(posted!.postData()!)].map(
        ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
      )
      // Another site posts it, as the IdP's page does. The values are base64 and base64url.
      await page.goto('about:blank')
      const button = '<button>Post it again</button>'
      await page.setContent(
        `<form method="post" action="${posted!.url()}">${fields.join('')}${button}</form>`,
      )
      await page.getByRole('button').click()
      await page.waitForURL(stage.origin + TARGET)
      await expectSameSession(stage, page)
    },
  },
  {
    name: 'the end of a login loaded again: to where the login led',
    idps: ['demo'],
    async play(stage) {
      const { visit, page } = await signIn(stage)
      const [finished] = visit.requestsTo(`${stage.origin}/login/finish?`)
      await page.goto('about:blank')
      await page.goto(finished!.url())
      await expectSameSession(stage, page)
    },
  },
  {
    name: 'another account after one that may not sign in: to where the login led',
    idps: ['demo'],
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(startAt(stage, TARGET))
      await logIn(page, carol)
      await expectHeading(page, 'Single sign-on is off for your account')
      await page.getByRole('link', { name: 'Use another account' }).click()
      await logIn(page, alice)
      await expectSameSession(stage, page)
    },
  },
  {
    name: 'forty tabs: the first and the last end where they should',
    idps: ['demo'],
    async play(stage) {
      const visit = await stage.visit()
      const [first, last] = [await visit.newPage(), await visit.newPage()]
      await first.goto(startAt(stage, '/?tab=1'))
      // The tabs between them: the same cookies, and nobody goes on.
      for (let tab = 2; tab < TABS; tab++)
        await visit.context.request.get(startAt(stage, `/?tab=${tab}`), { maxRedirects: 0 })
      await last.goto(startAt(stage, `/?tab=${TABS}`))
      const cookies = await visit.context.cookies(stage.origin)
      assert.equal(cookies.filter(({ name }) => /login-/.test(name)).length, 8)
      await logIn(first, alice)
      await expectSignedIn(stage, first, alice, { path: '/?tab=1' })
      await logIn(last, alice)
      await expectSignedIn(stage, last, alice, { path: `/?tab=${TABS}`, logins: 2 })
    },
  },
]
