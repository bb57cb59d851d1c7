// A newcomer signs in for the first time, in a browser: an operator lets first logins create users,
// a person without a user enters the address at the front door, and console and portal show it.
import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import { tenantSid } from '../../../examples/demo/customer.ts'
import {
  createDomain,
  leadDomain,
  removeDomain,
  vouchForDomain,
} from '../../../src/directory/domains/operations.ts'
import { users } from '../../../src/platform/db/schema.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { expectAccessible } from './console-steps.ts'
import { alice, carol, expectHeading, logIn } from './steps.ts'
import { openPortal, signInOperator } from './validation.ts'

const DOMAIN = 'example.org'
const PHONE = { width: 390, height: 844 }

/** Somebody whom the IdP knows and the directory does not, until `forget`. */
async function makeUnknown({ database, connectionSid }: Stage) {
  const address = (sid: string, emailKey: string) =>
    database.client.update(users).set({ email: emailKey, emailKey }).where(eq(users.sid, sid))
  await address(carol.userSid, 'carol-before@example.org')
  const made = await createDomain(database.ask(), tenantSid, { domain: DOMAIN })
  assert(made.ok)
  const vouch = { reason: 'Named in the contract' }
  assert((await vouchForDomain(database.ask(), tenantSid, DOMAIN, vouch)).ok)
  assert((await leadDomain(database.ask(), tenantSid, DOMAIN, { connectionSid })).ok)
  return async () => {
    const [created] = await database.client.select().from(users).where(eq(users.email, carol.mail))
    if (created) await address(created.sid, `${created.sid}@example.org`)
    await address(carol.userSid, carol.mail)
    await removeDomain(database.ask(), tenantSid, DOMAIN)
  }
}

export const newcomers: Case[] = [
  {
    name: 'a newcomer signs in for the first time, from the front door, and is there in console and portal',
    idps: ['demo'],
    async play(stage) {
      const { origin, connectionSid, database } = stage
      const forget = await makeUnknown(stage)
      try {
        const operator = await signInOperator(stage)
        await operator.goto(`${origin}/console/connections/${connectionSid}/settings`)
        const settings = operator.getByRole('region', { name: 'Sign-in method of newcomers' })
        await settings.getByLabel('SSO alone, at once').check()
        await settings.getByLabel('New users an hour').fill('20')
        await expectAccessible(operator)
        await operator.getByRole('button', { name: 'Save settings' }).click()
        await operator.getByText('Saved', { exact: true }).waitFor()

        const visit = await stage.visit()
        const page = await visit.newPage()
        await page.goto(`${origin}/login`)
        await page.getByRole('button', { name: 'Use a password' }).waitFor()
        await expectAccessible(page)
        await page.getByLabel('E-mail').fill(carol.mail)
        await page.getByRole('button', { name: 'Continue' }).click()
        await logIn(page, carol)
        await expectHeading(page, `Signed in as ${carol.givenName} ${carol.sn}`)

        // The person with a password in the same domain uses the other button.
        const other = await (await stage.visit()).newPage()
        await other.goto(`${origin}/login`)
        await other.getByLabel('E-mail').fill('carol-before@example.org')
        await other.getByRole('button', { name: 'Use a password' }).click()
        await expectHeading(other, 'Sign in with your password')

        const [created] = await database.client
          .select()
          .from(users)
          .where(eq(users.email, carol.mail))
        assert(created)
        assert.notEqual(created.sid, carol.userSid)
        assert.equal(created.signInMethod, 'sso_enforced')
        await operator.goto(`${origin}/console/tenants/${tenantSid}/users/${created.sid}`)
        await expectHeading(operator, carol.mail)
        await operator.getByText('With SSO only').waitFor()
        await operator.goto(`${origin}/console/audit`)
        const event = operator.getByText(`login ${stage.idp.name}`).first()
        await event.waitFor()

        const portal = await openPortal(stage, { viewport: PHONE })
        await portal.goto(`${origin}/setup/domains`)
        const section = portal.getByRole('region', { name: DOMAIN })
        await section.getByText('First logins create up to 20 users an hour').waitFor()
        await expectAccessible(portal)

        // An operator excepts a contractor; the customer sees it.
        await operator.goto(`${origin}/console/tenants/${tenantSid}/users/${alice.userSid}`)
        const exception = operator.getByRole('region', { name: 'Exception from SSO' })
        await exception.getByText('Add exception').click()
        await exception.getByLabel('Reason').fill('Contractor until May')
        await expectAccessible(operator)
        await exception.getByRole('button', { name: 'Save exception' }).click()
        await exception.getByRole('button', { name: 'End exception' }).waitFor()
        await portal.reload()
        await portal.getByRole('row').filter({ hasText: 'Contractor until May' }).waitFor()
        await expectAccessible(portal)
        await exception.getByRole('button', { name: 'End exception' }).click()
        await exception.getByText('Add exception').waitFor()
      } finally {
        await forget()
      }
    },
  },
]
