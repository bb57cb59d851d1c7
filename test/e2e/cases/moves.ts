// A company moves to another IdP, in two browsers: one person proves it, those who have are moved,
// then the rest, and they go back.
import assert from 'node:assert/strict'
import { and, eq, inArray } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { createSetupLink } from '../../../src/access/operations.ts'
import { importMetadata } from '../../../src/connections/metadata/import-metadata.ts'
import { changeState } from '../../../src/connections/operations.ts'
import { addUser } from '../../../src/directory/operations.ts'
import { users } from '../../../src/platform/db/schema.ts'
import { addBreakGlass } from '../../../src/rollout/operations.ts'
import { nominateTesters } from '../../../src/rollout/validation/tester-operations.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { expectAccessible, metadataOf } from './console-steps.ts'
import { alice, bob, carol, expectHeading, logIn } from './steps.ts'
import { openRooms, say, signInOperator, testSignIn } from './validation.ts'

const PHONE = { width: 390, height: 844 }
const DAY = 24 * 3600 * 1000

const MOVERS = [alice, bob, carol]

/** Everybody has SSO alone, through the stage's connection; an owner keeps a password. */
async function enforceEverybody({ database, connectionSid }: Stage): Promise<void> {
  const sids = MOVERS.map(({ userSid }) => userSid)
  await database.client
    .update(users)
    .set({ signInMethod: 'sso_enforced', connectionSid, suspendedAt: null })
    .where(inArray(users.sid, sids))
  const email = `owner-${connectionSid.slice(-8)}@example.org`
  const owner = await addUser(database.ask(), tenantSid, { email })
  assert(owner.ok)
  const exemption = { user: email, reason: 'keeps the keys', expiresAt: Date.now() + 30 * DAY }
  assert((await addBreakGlass(database.ask(), tenantSid, exemption)).ok)
}

/** The people of a connection, by user name. */
async function peopleAt({ database }: Stage, connectionSid: string): Promise<string[]> {
  const rows = await database.client
    .select({ sid: users.sid, method: users.signInMethod })
    .from(users)
    .where(and(eq(users.connectionSid, connectionSid), eq(users.signInMethod, 'sso_enforced')))
  return MOVERS.filter(({ userSid }) => rows.some(({ sid }) => sid === userSid)).map(
    ({ username }) => username,
  )
}

async function openPortalOf({ database, origin, visit }: Stage, connectionSid: string) {
  const page = await (await visit({ viewport: PHONE })).newPage()
  const link = await createSetupLink(database.ask(), connectionSid, {
    name: 'Ann Admin',
    capabilities: ['configure', 'test', 'rollBack'],
    expiresInMinutes: 60,
  })
  assert(link.ok)
  await page.goto(`${origin}/setup/${link.value.secret}`)
  return page
}

async function knock(stage: Stage, email: string): Promise<Page> {
  const page = await (await stage.visit()).newPage()
  await page.goto(`${stage.origin}/login`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Continue' }).click()
  return page
}

export const moves: Case[] = [
  {
    name: 'a company moves to another IdP: started from the connection’s page, proved by one, moved by proof, then all with the number, one taken back, all taken back',
    idps: ['demo'],
    async play(stage) {
      await enforceEverybody(stage)
      const { database, origin, connectionSid: from } = stage
      const operator = await signInOperator(stage)

      // 1. The operator begins it where people are now.
      await operator.goto(`${origin}/console/connections/${from}#roll-out`)
      await operator.getByRole('link', { name: 'Move to another IdP' }).click()
      await operator.getByLabel('Name of the new connection').waitFor()
      await expectAccessible(operator)
      await operator.getByLabel('Name of the new connection').fill('New IdP')
      await operator.getByRole('button', { name: 'Create draft and move' }).click()
      await expectHeading(operator, 'Move to New IdP')
      await operator.getByText('Next: test the new connection').waitFor()
      const [, to = '', sid = ''] = /(CN[0-9a-f]{32})\/rollouts\/(RO[0-9a-f]{32})/.exec(
        operator.url(),
      )!
      const base = `${origin}/console/connections/${to}/rollouts/${sid}`
      const portal = `${origin}/setup/rollouts/${sid}`

      // 2. The new IdP, a tester who stays enforced at the first one, and both sides' word.
      const idp = await stage.openIdp(to)
      const metadata = new TextEncoder().encode(await metadataOf(idp))
      assert((await importMetadata(database.ask(), to, metadata)).ok)
      assert((await changeState(database.ask(), to, 'begin_testing')).ok)
      assert((await nominateTesters(database.ask(), to, [alice.mail])).ok)
      const second = { ...stage, connectionSid: to, startURL: `${origin}/sso/${to}` }
      await testSignIn(second, alice, 'Single sign-on works')
      assert.deepEqual(await peopleAt(stage, from), ['alice', 'bob', 'carol'])
      const customer = await openPortalOf(stage, to)
      await openRooms(second, { operator, customer })
      await say(operator, 'Pass', 'Alice got in.')
      await say(customer, 'Pass', 'Works from the office.')

      // 3. The list, its review, and the second way.
      await operator.goto(base)
      await operator.getByRole('button', { name: 'Save and freeze version 1' }).click()
      await operator.getByText('List frozen').waitFor()
      await customer.goto(portal)
      await customer.getByLabel('exist in our IdP').check()
      await customer.getByRole('button', { name: 'Confirm review of version 1' }).click()
      await customer.getByText('Version 1 reviewed').waitFor()
      await operator.goto(base)
      await operator.getByRole('button', { name: 'Open the second way for 3 people' }).click()
      await operator.getByText('Second way opened').waitFor()

      // 4. Bob takes it from the front door; Carol goes on as before.
      const bobs = await knock(stage, bob.mail)
      await expectHeading(bobs, 'Sign in through your company')
      await bobs.getByRole('link', { name: 'Try your company’s new sign-in' }).click()
      await bobs.waitForURL(`${new URL(idp.ssoURL).origin}/**`)
      await logIn(bobs, bob)
      await expectHeading(bobs, `Signed in as ${bob.givenName} ${bob.sn}`)
      const carols = await knock(stage, carol.mail)
      await carols.getByRole('link', { name: 'Sign in as before' }).click()
      await carols.waitForURL(`${new URL(stage.idp.ssoURL).origin}/**`)

      // 5. Informed, approved by the customer.
      await operator.goto(`${base}/notice`)
      await operator.getByLabel('Link to try it').fill(`https://sso.vendor.example/sso/${to}`)
      await operator.getByLabel('Start date').fill('Monday, 1 December')
      await operator.getByRole('button', { name: 'Save notice' }).click()
      await operator.getByText('Notice saved').waitFor()
      await operator.goto(base)
      await operator.getByRole('button', { name: 'Record 3 people as informed' }).click()
      await operator.getByText('Everyone included is informed').waitFor()
      await customer.goto(portal)
      await customer.getByRole('button', { name: 'version 1 (3 people)' }).click()
      await customer.getByText('Go-ahead given for version 1').waitFor()

      // 6. Both see both connections, and who would be locked out.
      for (const page of [operator, customer]) {
        await page.goto(page === operator ? `${base}/move` : `${portal}/move`)
        await page.getByText('Next: move people who have signed in').waitFor()
        const dryRun = page.locator('#dry-run')
        await dryRun.getByText('1 person', { exact: true }).first().waitFor()
        await dryRun.getByText(carol.mail).waitFor()
        assert.equal(await dryRun.getByText(bob.mail).count(), 0)
        await expectAccessible(page)
      }

      // 7. Those who have proved it, then the rest with the number.
      await operator.getByRole('link', { name: 'Move', exact: true }).click()
      await operator.getByRole('button', { name: 'Move people' }).click()
      await operator.getByText('People moved').waitFor()
      assert.deepEqual(await peopleAt(stage, to), ['alice', 'bob'])
      assert.deepEqual(await peopleAt(stage, from), ['carol'])
      await operator.getByLabel('Everyone included (3 people)').check()
      await operator.getByLabel('Type 1 to confirm').fill('1')
      await operator.getByRole('button', { name: 'Move people' }).click()
      await operator.getByText('People moved').waitFor()
      assert.deepEqual(await peopleAt(stage, to), ['alice', 'bob', 'carol'])
      const moved = await knock(stage, carol.mail)
      await moved.waitForURL(`${new URL(idp.ssoURL).origin}/**`)

      // 8. The customer takes one back, the operator all.
      await customer.goto(`${portal}/move`)
      await customer.getByRole('link', { name: 'Take back' }).click()
      await customer.getByLabel('One person').check()
      await customer.getByLabel('Login e-mail', { exact: true }).fill(carol.mail)
      await customer.getByRole('button', { name: 'Continue' }).click()
      await customer.getByRole('button', { name: `Take ${carol.mail} back` }).click()
      await customer.getByText('Taken back to the connection before').waitFor()
      assert.deepEqual(await peopleAt(stage, from), ['carol'])
      await operator.goto(`${base}/move`)
      await operator.getByRole('link', { name: 'Take back' }).click()
      await operator.getByRole('button', { name: 'Continue' }).click()
      await operator.getByRole('button', { name: 'Take 2 people back' }).click()
      await operator.getByText('Taken back to the connection before').waitFor()
      assert.deepEqual(await peopleAt(stage, from), ['alice', 'bob', 'carol'])
      assert.deepEqual(await peopleAt(stage, to), [])
      const back = await knock(stage, bob.mail)
      await back.waitForURL(`${new URL(stage.idp.ssoURL).origin}/**`)
    },
  },
]
