// The front door in a real browser, whose policy applies to the form and every redirect after it:
// people with enforced SSO go straight on, people with enabled SSO choose. With and without
// scripts.
import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { users } from '../../../src/platform/db/schema.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { alice, expectHeading, expectSignedIn, logIn } from './steps.ts'

async function enforce({ database }: Stage): Promise<void> {
  await database.client
    .update(users)
    .set({ signInMethod: 'sso_enforced' })
    .where(eq(users.sid, alice.userSid))
}

async function enter(stage: Stage, page: Page, email: string): Promise<void> {
  await page.goto(`${stage.origin}/login?return_to=${encodeURIComponent('/?from=door')}`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Continue' }).click()
}

export const frontDoor: Case[] = [
  ...(['HTTP-Redirect', 'HTTP-POST'] as const).map((requestBinding): Case => ({
    name: `the front door sends an enforced person to the IdP by ${requestBinding}`,
    idps: ['demo'],
    connection: { requestBinding },
    async play(stage) {
      await enforce(stage)
      const page = await (await stage.visit()).newPage()
      await enter(stage, page, alice.mail.toUpperCase())
      await logIn(page, alice)
      await expectSignedIn(stage, page, alice, { path: '/?from=door' })
    },
  })),
  {
    name: 'the front door lets an enabled person choose, without JavaScript, and says nothing of strangers',
    idps: ['demo'],
    async play(stage) {
      const visit = await stage.visit({ javaScriptEnabled: false })
      const page = await visit.newPage()
      await enter(stage, page, 'nobody@elsewhere.example')
      await expectHeading(page, 'Sign in with your password')
      await page.getByRole('link', { name: 'Use another e-mail' }).click()
      await page.getByLabel('E-mail').fill(alice.mail)
      await page.getByLabel('E-mail').press('Enter')
      await expectHeading(page, 'How would you like to sign in?')
      assert.equal(visit.statusOf(page), 200)
      await page.getByRole('link', { name: 'Sign in through your company' }).click()
      await logIn(page, alice)
      await page.locator('noscript button').click()
      await expectSignedIn(stage, page, alice, { path: '/?from=door' })
    },
  },
]
