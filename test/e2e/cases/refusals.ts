// Logins that the IdP vouches for and we do not take, and one that the IdP does not vouch for.
import { BOTH, type Case } from '../harness/runner.ts'
import { carol, expectRefused, logIn } from './steps.ts'

export const refusals: Case[] = [
  {
    name: 'a user whose method is password is refused, with a reference and a way on',
    idps: BOTH,
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(stage.startURL)
      await logIn(page, carol)
      await expectRefused(stage, visit, page, {
        code: 'user_not_enabled',
        title: 'Single sign-on is off for your account',
      })
    },
  },
  {
    name: 'a login cancelled at the IdP is refused, with a reference and no reason',
    // SimpleSAMLphp's login form cannot be cancelled.
    idps: ['demo'],
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(stage.startURL)
      await page.getByRole('button', { name: 'Cancel' }).click()
      await expectRefused(stage, visit, page, { code: 'status' })
    },
  },
]
