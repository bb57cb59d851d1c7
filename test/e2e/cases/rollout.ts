// The onboarding story in two browsers, an operator's and a customer's: from the test to everybody
// enforced, and back.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { createRollout, freeze, selectUsers } from '../../../src/rollout/operations.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { createCorp } from '../screens/corp.ts'
import { expectAccessible } from './console-steps.ts'
import { alice, bob, expectHeading } from './steps.ts'
import { attemptsOf, openPortal, openRooms, say, signInOperator, testSignIn } from './validation.ts'

const PHONE = { width: 390, height: 844 }

const pathOf = (page: Page) => new URL(page.url()).pathname

/** The page of the same rollout on the other side, which is at another place. */
const rolloutSidOf = (page: Page) => /\/rollouts\/(RO[0-9a-f]{32})/.exec(page.url())![1]!

/** A rollout of the demo tenant that lists some people. */
async function prepareList({ database, connectionSid }: Stage, users: readonly string[]) {
  const made = await createRollout(database.ask(), connectionSid, { name: 'Everybody' })
  assert(made.ok)
  assert((await selectUsers(database.ask(), made.value.sid, users)).ok)
  assert((await freeze(database.ask(), made.value.sid)).ok)
  return made.value.sid
}

const upload = (name: string, text: string) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
})

async function uploadIdpList(page: Page, text: string): Promise<void> {
  await page.getByLabel('IdP user list').setInputFiles(upload('users.csv', text))
  await page.getByRole('button', { name: 'Upload and compare' }).click()
}

/** On the page that says whom the list puts out. */
async function saveDifference(page: Page, difference = '+0'): Promise<void> {
  await page.getByText(`People included: ${difference}`).waitFor()
  await page.getByRole('button', { name: 'Save list and exclude' }).click()
}

/** At the front door with an e-mail. */
async function knock(stage: Stage, email: string): Promise<Page> {
  const page = await (await stage.visit()).newPage()
  await page.goto(`${stage.origin}/login`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Continue' }).click()
  return page
}

export const rollout: Case[] = [
  {
    name: 'the onboarding story: tested, signed off, reviewed, enabled, informed, approved; the right thirty-six are enforced, and given back',
    idps: ['demo'],
    connection: { state: 'testing' },
    async play(stage) {
      const others = [alice.userSid, bob.userSid]
      const place = { tenantSid, connectionSid: stage.connectionSid, domain: 'story.example' }
      const corp = await createCorp(stage.database, { ...place, others })
      const [operator, customer] = [await signInOperator(stage), await openPortal(stage)]
      const base = `${stage.origin}/console/connections/${stage.connectionSid}`

      // Both watch the same room, and say pass of what they saw.
      const rooms = await openRooms(stage, { operator, customer })
      await testSignIn(stage, alice, 'Single sign-on works')
      await Promise.all(rooms.map((room) => attemptsOf(room, alice).waitFor({ timeout: 2000 })))
      await say(operator, 'Pass', 'Alice got in.')
      await say(customer, 'Pass', 'Works from the office.')

      // 1. The operator chooses: what is wrong is named beside the field, what is right is taken.
      await operator.goto(`${base}#roll-out`)
      await operator.getByRole('link', { name: 'Create rollout' }).click()
      await operator.getByLabel('Name').fill('Everybody')
      await operator.getByRole('button', { name: 'Create rollout' }).click()
      await expectHeading(operator, 'Everybody')
      const names = corp.accounts.map(({ externalID }) => externalID)
      await operator.getByLabel('Accounts').fill([...names, 'nobody'].join('\n'))
      await operator.getByLabel('Login e-mail domains').fill('story.example')
      await operator.getByRole('button', { name: 'Save and freeze version 1' }).click()
      await operator.getByText('“nobody” was not found.').waitFor()
      await operator
        .getByText('“story.example” is not a verified domain of this customer.')
        .waitFor()
      await operator.goto(`${stage.origin}${pathOf(operator).replace(/\/choose$/, '')}`)
      await operator.getByRole('button', { name: 'Save and freeze version 1' }).click()
      await operator.getByText('List frozen').waitFor()
      const path = pathOf(operator)

      // 2. The customer holds it against the IdP's list, cures one, leaves one out, and says that it is reviewed.
      await customer.goto(`${stage.origin}/setup/rollouts/${rolloutSidOf(operator)}`)
      const portal = pathOf(customer)
      assert.equal(await customer.getByRole('button', { name: 'Enable SSO' }).count(), 0)
      await uploadIdpList(customer, `${corp.idpList}\r\nA,${alice.mail}\r\nB,${bob.mail}`)
      await saveDifference(customer)
      await customer.getByText('uploaded and compared').waitFor()
      await customer.getByText('37 people included').waitFor()
      await customer.getByRole('link', { name: 'Not in IdP list' }).click()
      await customer.getByRole('button', { name: 'Map anna.bell@hq.story.example' }).click()
      await customer.getByText('Alias mapped and person included').waitFor()
      await customer.goto(`${stage.origin}${portal}/list`)
      const [leaver] = corp.people
      await customer.getByLabel(leaver!.email).check()
      await customer.getByRole('button', { name: 'Exclude', exact: true }).click()
      await customer.getByRole('heading', { name: 'There is a problem' }).waitFor()
      assert(await customer.getByLabel(leaver!.email).isChecked(), 'the tick is lost')
      await customer.getByLabel('Reason for selected rows').fill('has left the company')
      await customer.getByRole('button', { name: 'Exclude', exact: true }).click()
      await customer.getByText('“has left the company”').waitFor()
      await customer.goto(stage.origin + portal)
      await customer.getByLabel('exist in our IdP').check()
      await customer.getByLabel('excluded automatically').check()
      await customer.getByRole('button', { name: 'Confirm review of version 1' }).click()
      await customer.getByText('Version 1 reviewed').waitFor()

      // 3. and 4. SSO beside the password; a notice, sent by the company itself.
      await operator.goto(stage.origin + path)
      await operator.getByRole('button', { name: 'Enable SSO for 37 people' }).click()
      await operator.getByText('SSO enabled for everyone included').waitFor()
      await customer.goto(`${stage.origin}${portal}/notice`)
      await customer.getByLabel('Start date').fill('Monday, 1 December')
      await customer.getByLabel('Link to try it').fill('https://sso.vendor.example/login')
      await customer.getByRole('button', { name: 'Preview notice' }).click()
      await customer.getByText('You can try it now: https://sso.vendor.example/login').waitFor()
      await customer.getByRole('button', { name: 'Save notice' }).click()
      await customer.getByText('Notice saved').waitFor()
      await operator.goto(stage.origin + path)
      await operator.getByRole('button', { name: 'Record 37 people as informed' }).click()
      await operator.getByText('Everyone included is informed').waitFor()

      // 5. The go-ahead waits for an owner who keeps a password.
      await customer.goto(stage.origin + portal)
      await customer
        .locator('#go-ahead')
        .getByText('A break-glass owner keeps a password')
        .waitFor()
      assert.equal(await customer.getByRole('button', { name: 'Give go-ahead' }).count(), 0)
      await operator.locator('#go-ahead').getByRole('link', { name: 'Break-glass owners' }).click()
      await operator.getByLabel('Login e-mail').fill(corp.owner.email)
      await operator.getByLabel('Reason').fill('runs the account')
      await operator.getByRole('button', { name: 'Add owner' }).click()
      await operator.getByText(corp.owner.email).first().waitFor()
      assert.equal(await operator.getByRole('button', { name: 'Create codes' }).count(), 0)
      await customer.reload()
      await customer.getByRole('button', { name: 'version 1 (37 people)' }).click()
      await customer.getByText('Go-ahead given for version 1').waitFor()

      // 6. By the day all but three have tried it.
      const proved = [...corp.people.slice(1, -2), corp.aliases[0]!]
      await corp.prove([...proved.map(({ sid }) => sid), alice.userSid])
      await operator.goto(stage.origin + path)
      const locked = '3 of 37 people have not logged in through this IdP yet'
      await operator.getByText(locked).waitFor()
      await operator.getByLabel('Everyone included (36 people)').check()
      await operator.getByRole('button', { name: 'Enforce SSO', exact: true }).click()
      await operator.getByRole('heading', { name: 'There is a problem' }).waitFor()
      const enforced = async () =>
        [...(await corp.methods())].filter(([, method]) => method === 'sso_enforced').length
      assert.equal(await enforced(), 0)
      await operator.getByLabel('People who have logged in').check()
      await operator.getByRole('button', { name: 'Enforce SSO', exact: true }).click()
      await operator.getByText('SSO enforced').waitFor()
      assert.equal(await enforced(), 33)
      await operator.getByLabel('Everyone included (').check()
      await operator.getByLabel('Type 3 to confirm').fill('3')
      await operator.getByRole('button', { name: 'Enforce SSO', exact: true }).click()
      await operator.getByText('36 of 37 people').first().waitFor()
      assert.equal(await enforced(), 36)
      const methods = await corp.methods()
      assert.equal(methods.get(corp.owner.email), 'sso_enabled')
      for (const person of [leaver!, corp.aliases[1]!, corp.contractor])
        assert.equal(methods.get(person.email), 'password')

      const door = await knock(stage, alice.mail)
      await door.waitForURL(`${new URL(stage.idp.ssoURL).origin}/**`)
      await expectHeading(await knock(stage, corp.contractor.email), 'Sign in with your password')

      // 7. Who never signed in gets the password back; then one action, and it counts for all.
      await operator.goto(stage.origin + path)
      await operator.getByRole('link', { name: 'Give 3 people the password back' }).click()
      await operator.getByRole('button', { name: 'Give 3 people the password back' }).click()
      await operator.getByText('Passwords given back').waitFor()
      assert.equal(await enforced(), 33)
      await operator.getByRole('link', { name: 'Give passwords back', exact: true }).click()
      await operator.getByRole('button', { name: 'Continue' }).click()
      await operator.getByRole('button', { name: 'Give 33 people the password back' }).click()
      await operator.getByText('Passwords given back').waitFor()
      assert.equal(await enforced(), 0)
      await expectHeading(await knock(stage, alice.mail), 'How would you like to sign in?')
    },
  },
  ...[true, false].map((javaScriptEnabled): Case => ({
    name: `a list of 20,500 addresses is uploaded in parts, ${javaScriptEnabled ? 'which go on by themselves' : 'by a button without scripts'}`,
    idps: ['demo'],
    async play(stage) {
      const sid = await prepareList(stage, [alice.userSid, bob.userSid])
      const page = await openPortal(stage, { javaScriptEnabled })
      await page.goto(`${stage.origin}/setup/rollouts/${sid}`)
      const others = Array.from({ length: 20_499 }, (_, index) => `user.${index}@example.org`)
      await uploadIdpList(page, ['mail', alice.mail, ...others].join('\n'))
      if (!javaScriptEnabled) {
        await expectHeading(page, 'Uploading IdP user list')
        await page.getByText('20,000 of 20,500 addresses').waitFor()
        await page.getByRole('button', { name: 'Continue' }).click()
      }
      await saveDifference(page, '+0 / −1')
      await page.getByText('uploaded and compared').waitFor()
      await page.getByText('1 person included').waitFor()
    },
  })),
  {
    name: 'a list is reviewed by keyboard alone',
    idps: ['demo'],
    async play(stage) {
      const sid = await prepareList(stage, [alice.userSid, bob.userSid])
      const page = await openPortal(stage)
      await page.goto(`${stage.origin}/setup/rollouts/${sid}`)
      const tabTo = async (name: string) => {
        for (let presses = 0; presses < 80; presses++) {
          await page.keyboard.press('Tab')
          const label = await page.evaluate(() => {
            const element = document.activeElement as HTMLInputElement | null
            return element?.labels?.[0]?.innerText ?? element?.innerText ?? ''
          })
          if (label.includes(name)) return
        }
        assert.fail(`${name} is not reached with the Tab key`)
      }
      await tabTo('Open list')
      await page.keyboard.press('Enter')
      await expectHeading(page, 'List version 1')
      await tabTo('Reason for selected rows')
      await tabTo(bob.mail)
      await page.keyboard.press('Space')
      await page.getByLabel('Reason for selected rows').focus()
      await page.keyboard.type('is on leave')
      // Enter excludes.
      await page.keyboard.press('Enter')
      await page.getByText('“is on leave”').waitFor()
      await page.goto(`${stage.origin}/setup/rollouts/${sid}`)
      await tabTo('in our IdP')
      await page.keyboard.press('Space')
      await tabTo('Confirm review of version 1')
      await page.keyboard.press('Enter')
      await page.getByText('Version 1 reviewed').waitFor()
    },
  },
  {
    name: 'no page of a rollout has an accessibility violation, in light and dark',
    idps: ['demo'],
    async play(stage) {
      const domain = 'pages.example'
      const place = { tenantSid, connectionSid: stage.connectionSid, domain }
      const corp = await createCorp(stage.database, place)
      await corp.live()
      const listed = [corp.people[0]!, corp.people[1]!, ...corp.aliases, corp.contractor]
      const sid = await prepareList(
        stage,
        listed.map((person) => person.sid),
      )
      const operator = await signInOperator(stage)
      const customer = await openPortal(stage, { viewport: PHONE })
      await customer.goto(`${stage.origin}/setup/rollouts/${sid}`)
      await uploadIdpList(customer, corp.idpList)
      await customer.getByRole('button', { name: 'Save list and exclude' }).waitFor()
      await expectAccessible(customer)
      await saveDifference(customer)
      await customer.getByText('uploaded and compared').waitFor()
      await expectAccessible(customer)
      await customer.goto(`${stage.origin}/setup/rollouts/${sid}/list`)
      await expectAccessible(customer)
      const base = `${stage.origin}/console/connections/${stage.connectionSid}/rollouts`
      for (const path of [
        base,
        `${base}/new`,
        `${base}/${sid}`,
        `${base}/${sid}/list?finding=alias`,
        `${base}/${sid}/versions`,
        `${base}/${sid}/aliases`,
        `${base}/${sid}/notice`,
        `${base}/${sid}/history`,
        `${stage.origin}/console/tenants/${tenantSid}/break-glass`,
      ]) {
        await operator.goto(path)
        await expectAccessible(operator)
      }
      await operator.goto(`${base}/${sid}`)
      await operator.getByText('Show as table').click()
      await operator.getByText('Change selection').click()
      await operator.getByLabel('Accounts').fill('nobody')
      await operator.getByRole('button', { name: 'Save selection', exact: true }).click()
      await operator.getByText('“nobody” was not found.').waitFor()
      await expectAccessible(operator)
    },
  },
]
