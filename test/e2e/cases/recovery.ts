// A recovery code in a real browser, from the front door, by keyboard and without scripts: it opens
// the password once.
import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { users } from '../../../src/platform/db/schema.ts'
import { addBreakGlass, createOwnCodes, endBreakGlass } from '../../../src/rollout/operations.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { alice, expectHeading } from './steps.ts'

const HOUR = 3600_000

/** Makes Alice, whom SSO is enforced for, an owner; returns her codes. */
export async function makeOwner({ database }: Pick<Stage, 'database'>): Promise<string[]> {
  const ask = database.ask()
  const sid = alice.userSid
  const exemption = { user: sid, reason: 'keeps the keys', expiresAt: Date.now() + HOUR }
  const added = await addBreakGlass(ask, tenantSid, exemption)
  const made = await createOwnCodes(ask, { sid, tenantSid })
  assert(added.ok && made.ok)
  await database.client
    .update(users)
    .set({ signInMethod: 'sso_enforced' })
    .where(eq(users.sid, sid))
  return made.value.codes
}

/** Nobody is exempt any more: other cases enforce Alice. */
export async function unmakeOwner({ database }: Pick<Stage, 'database'>): Promise<void> {
  assert((await endBreakGlass(database.ask(), tenantSid, alice.userSid)).ok)
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Recovery code').fill(code)
  await page.getByLabel('Recovery code').press('Enter')
}

export const recovery: Case[] = [
  {
    name: 'a recovery code opens the password, once, without JavaScript',
    idps: ['demo'],
    async play(stage) {
      const [code = ''] = await makeOwner(stage)
      try {
        const visit = await stage.visit({ javaScriptEnabled: false })
        const page = await visit.newPage()
        const hint = encodeURIComponent(alice.mail)
        await page.goto(`${stage.origin}/login?login_hint=${hint}&return_to=%2F%3Ffrom%3Ddoor`)
        await page.getByRole('link', { name: 'Locked out? Use a recovery code' }).click()
        await expectHeading(page, 'Use a recovery code')
        assert.equal(await page.getByLabel('E-mail').inputValue(), alice.mail)
        await enterCode(page, 'ABCD-EFGH-JKMN-PQRS')
        await page.getByRole('alert').waitFor()
        assert.equal(visit.statusOf(page), 403)
        assert.equal(await page.getByLabel('Recovery code').inputValue(), '')
        await enterCode(page, code.toLowerCase())
        await expectHeading(page, 'Recovery code accepted')
        await page.getByText('You have 9 codes left').waitFor()
        // The front door does not send her to the IdP that is down.
        await page.goto(`${stage.origin}/login`)
        await page.getByLabel('E-mail').fill(alice.mail)
        await page.getByLabel('E-mail').press('Enter')
        await expectHeading(page, 'Sign in with your password')
        await page.goto(`${stage.origin}/login/recovery?login_hint=${hint}`)
        await enterCode(page, code)
        await page.getByRole('alert').waitFor()
      } finally {
        await unmakeOwner(stage)
      }
    },
  },
]
