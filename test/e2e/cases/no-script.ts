// A browser without JavaScript: every page that would go on by itself has a button.
import { BOTH, type Case } from '../harness/runner.ts'
import { alice, expectHeading, expectSignedIn, logIn, signedOutURL } from './steps.ts'

export const noScript: Case[] = [
  {
    name: 'without JavaScript, buttons do what scripts would',
    idps: BOTH,
    connection: (idp) => ({
      requestBinding: 'HTTP-POST',
      logoutRedirectURL: idp.kind === 'demo' ? signedOutURL(idp) : null,
    }),
    async play(stage) {
      const visit = await stage.visit({ javaScriptEnabled: false })
      const page = await visit.newPage()
      await page.goto(stage.startURL)
      await expectHeading(page, 'Taking you to your sign-in page')
      await page.getByRole('button', { name: 'Continue' }).click()
      await logIn(page, alice)
      // The IdP's page that posts the response. SimpleSAMLphp's has a hidden button besides, before it.
      await page.locator('noscript button').click()
      await expectSignedIn(stage, page, alice)

      await page.getByRole('button', { name: 'Sign out' }).click()
      if (stage.idp.kind === 'demo') {
        await expectHeading(page, 'Signing you out')
        await page.getByRole('button', { name: 'Continue' }).click()
        await page.getByText('arrived here by POST').waitFor()
      } else await expectHeading(page, 'You are signed out')
    },
  },
]
