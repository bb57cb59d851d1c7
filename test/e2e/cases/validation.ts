// Two browsers, an operator's and a customer's, watch the same validation room while testers try
// the connection.
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { createSetupLink } from '../../../src/access/operations.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { expectAccessible, signInToConsole } from './console-steps.ts'
import { alice, carol, expectHeading, logIn } from './steps.ts'

/** What is promised: an attempt is on both sides' pages within two seconds. */
const LIVE = { timeout: 2000 }

const TESTING = { state: 'testing' } as const

type Options = Parameters<Stage['visit']>[0]

/** Before any room is open: what cases write themselves, beside the Worker, may make it wait. */
export async function signInOperator(stage: Stage, options: Options = {}): Promise<Page> {
  const page = await (await stage.visit(options)).newPage()
  await signInToConsole(stage, page)
  return page
}

/** The same, for the customer's administrator. */
export async function openPortal(stage: Stage, options: Options = {}): Promise<Page> {
  const page = await (await stage.visit(options)).newPage()
  const made = await createSetupLink(stage.database.ask(), stage.connectionSid, {
    name: 'Ann Admin',
    capabilities: ['configure', 'test'],
    expiresInMinutes: 60,
  })
  assert(made.ok)
  await page.goto(`${stage.origin}/setup/${made.value.secret}`)
  return page
}

export async function openRooms(stage: Stage, rooms: { operator?: Page; customer?: Page }) {
  const { operator, customer } = rooms
  await operator?.goto(`${stage.origin}/console/connections/${stage.connectionSid}/room`)
  await customer?.getByRole('link', { name: 'Validation room', exact: true }).click()
  const pages = [operator, customer].filter((page) => page !== undefined)
  for (const page of pages) await expectHeading(page, 'Validation room')
  return pages
}

/** In a browser of the person's own, by the link that both rooms show. */
export async function testSignIn(stage: Stage, person: typeof alice, title: string): Promise<void> {
  const page = await (await stage.visit()).newPage()
  await page.goto(`${stage.startURL}?test`)
  await logIn(page, person)
  await expectHeading(page, title)
}

export function attemptsOf(room: Page, person: typeof alice): Locator {
  return room.locator('.attempts > li').filter({ hasText: person.mail })
}

export async function say(room: Page, verdict: 'Pass' | 'Fail', note: string): Promise<void> {
  await room.getByLabel(verdict, { exact: true }).check()
  await room.getByLabel('Note').fill(note)
  await room.getByRole('button', { name: 'Record result' }).click()
  await room.getByText('Result recorded').waitFor()
}

export const validation: Case[] = [
  {
    name: 'operator and customer see the same attempts within two seconds, say pass, and the connection is validated on both pages',
    idps: ['demo'],
    connection: TESTING,
    async play(stage) {
      const [operator, customer] = [await signInOperator(stage), await openPortal(stage)]
      const rooms = await openRooms(stage, { operator, customer })
      for (const room of rooms) {
        await room.locator('[data-state=live]').waitFor()
        await room.getByText('No attempts yet').waitFor()
      }

      // The customer nominates: an unknown person is named with the reason.
      const form = await customer.context().newPage()
      await form.goto(`${stage.origin}/setup#test`)
      await form.getByLabel('Login e-mails of testers').fill(`${carol.mail}\nnobody@example.org`)
      await form.getByRole('button', { name: 'Nominate testers' }).click()
      await form.getByText('1 tester nominated, 1 address refused').waitFor()
      await form.getByText('nobody@example.org No user has that login e-mail').waitFor()
      assert.equal(
        await form.getByLabel('Login e-mails of testers').inputValue(),
        'nobody@example.org',
      )
      await form.close()
      for (const room of rooms) await room.locator('#testers').getByText(carol.mail).waitFor(LIVE)

      await testSignIn(stage, carol, 'Single sign-on works')
      // Each side has two seconds of its own, counted from the attempt.
      await Promise.all(
        rooms.map((room) => attemptsOf(room, carol).getByText('Test passed').waitFor(LIVE)),
      )
      for (const room of rooms) {
        await room.getByText(`New attempt, ${carol.mail}: test passed`).waitFor()
        await room.locator('#tester-list').getByText('Signed in').waitFor()
      }

      // What somebody has opened, entered and reached stays when the next one comes.
      const first = attemptsOf(operator, carol)
      await first.locator('summary').first().click()
      await first.getByText('All checks: ').click()
      const note = operator.getByLabel('Note')
      await note.fill('Half a sent')
      await testSignIn(stage, alice, 'Single sign-on works')
      await Promise.all(rooms.map((room) => attemptsOf(room, alice).waitFor(LIVE)))
      assert.equal(await first.getByText('Audience', { exact: true }).isVisible(), true)
      assert.equal(await note.inputValue(), 'Half a sent')
      assert.equal(await operator.evaluate(() => document.activeElement?.id), 'note')

      await say(operator, 'Pass', 'Carol and Alice got in.')
      await customer.locator('#vendor-sign-off').getByText('Passed').waitFor(LIVE)
      await customer.locator('#vendor-sign-off').getByText('Carol and Alice got in.').waitFor()
      await customer.locator('.heading').getByText('Testing').waitFor()
      await say(customer, 'Pass', 'Works from the office and from home.')
      for (const room of rooms) {
        await room.locator('#customer-sign-off').getByText('Passed').waitFor(LIVE)
        await room.locator('.heading').getByText('Validated').waitFor()
        await room.getByText('Both sides passed revision 1').waitFor()
      }

      // Any edit that matters voids both.
      const editor = await operator.context().newPage()
      await editor.goto(`${stage.origin}/console/connections/${stage.connectionSid}/fields`)
      await editor.getByLabel('Identifier').fill('urn:another')
      await editor.getByRole('button', { name: 'Preview changes' }).click()
      await editor.getByText('The connection goes back to testing').waitFor()
      await editor.getByRole('button', { name: 'Save' }).click()
      await editor.getByText('Saved').waitFor()
      for (const room of rooms) {
        await room
          .locator('#vendor-sign-off')
          .getByText('No result for revision 2 yet')
          .waitFor(LIVE)
        await room.locator('.heading').getByText('Testing').waitFor()
        await attemptsOf(room, carol).getByText('Earlier configuration').waitFor()
        await room.close()
      }
      assert.deepEqual(await stage.database.findSessions(stage.connectionSid), [])
    },
  },
  {
    name: 'a refusal is explained in the room, tried out by what-if, taken over, and gone',
    idps: ['demo'],
    connection: { ...TESTING, entityID: 'https://idp.example/metadata/' },
    async play(stage) {
      const room = await openPortal(stage)
      await openRooms(stage, { customer: room })
      await testSignIn(stage, alice, 'Your sign-in was not accepted')
      const refused = room.locator('.attempts > li').first()
      await refused.getByText('Refused').waitFor(LIVE)
      await refused.locator('summary').first().press('Enter')
      const failure = refused.locator('.failure')
      await failure.getByText('https://idp.example/metadata/', { exact: true }).waitFor()
      await failure.getByText(stage.idp.entityID, { exact: true }).waitFor()
      await failure.getByText('How to fix it').waitFor()

      await refused.getByRole('link', { name: 'Try other settings' }).click()
      await expectHeading(room, 'What-if check')
      await room.getByLabel('Identifier').fill(stage.idp.entityID)
      await room.getByRole('button', { name: 'Check response' }).click()
      await room.getByRole('heading', { name: 'Result', exact: true }).waitFor()
      const row = room.getByRole('row').filter({ hasText: 'Issuer of the response' })
      assert.match((await row.innerText()).replaceAll(/\s+/g, ' '), /Fails .* Passes /)
      await room
        .getByText('Signature and attribute values: an attempt does not store them')
        .waitFor()

      await room.getByRole('button', { name: 'Use these settings' }).click()
      await expectHeading(room, 'Preview of the changes')
      // Alice may sign in here already, so an operator compares the change first.
      await room.getByRole('button', { name: 'Propose changes' }).click()
      await expectHeading(room, 'Changes that wait')
      const operator = await signInOperator(stage)
      await operator.goto(`${stage.origin}/console/connections/${stage.connectionSid}/pending`)
      await operator.getByRole('button', { name: 'Accept change' }).click()
      await operator.getByText('Change accepted').waitFor()
      await room.goto(`${stage.origin}/setup`)
      await openRooms(stage, { customer: room })
      await testSignIn(stage, alice, 'Single sign-on works')
      await attemptsOf(room, alice).getByText('Test passed').waitFor(LIVE)
    },
  },
  {
    name: 'the room rests when nobody looks and after an hour, goes on when asked, and says when the sign-in has ended',
    idps: ['demo'],
    connection: TESTING,
    async play(stage) {
      const room = await signInOperator(stage)
      await room.clock.install()
      await openRooms(stage, { operator: room })
      const states = room.locator('[data-state]:visible')
      const expectState = (text: string) => states.filter({ hasText: text }).waitFor()
      await expectState('Changes appear here')
      const look = (hidden: boolean) =>
        room.evaluate((isHidden) => {
          Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true })
          document.dispatchEvent(new Event('visibilitychange'))
        }, hidden)
      await look(true)
      await expectState('Updates continue when you return')
      await testSignIn(stage, alice, 'Single sign-on works')
      assert.equal(await attemptsOf(room, alice).count(), 0)
      await look(false)
      await attemptsOf(room, alice).waitFor(LIVE)
      await expectState('Changes appear here')

      await room.clock.fastForward('01:00:01')
      await expectState('Updates stopped after one hour')
      await room.getByRole('button', { name: 'Continue' }).click()
      await expectState('Changes appear here')
      await room.context().clearCookies()
      await expectState('Stopped')
      assert.equal(await states.count(), 1)
    },
  },
  {
    name: 'without JavaScript, the room is refreshed by its link, opened, and answered',
    idps: ['demo'],
    connection: TESTING,
    async play(stage) {
      const room = await signInOperator(stage, { javaScriptEnabled: false })
      await openRooms(stage, { operator: room })
      await testSignIn(stage, alice, 'Single sign-on works')
      assert.equal(await attemptsOf(room, alice).count(), 0)
      await room.getByRole('link', { name: 'Refresh' }).click()
      await attemptsOf(room, alice).locator('summary').first().click()
      await attemptsOf(room, alice).getByText('Certificate used').waitFor()
      await say(room, 'Fail', 'Too slow.')
      await room.locator('#vendor-sign-off').getByText('Failed').waitFor()
    },
  },
  {
    name: 'the room and what-if have no accessibility violation, in light and dark',
    idps: ['demo'],
    connection: TESTING,
    async play(stage) {
      const base = `${stage.origin}/console/connections/${stage.connectionSid}`
      const phone = { viewport: { width: 390, height: 844 } }
      const operator = await signInOperator(stage)
      const customer = await openPortal(stage, phone)
      const rooms = await openRooms(stage, { operator, customer })
      for (const room of rooms) await expectAccessible(room)
      await testSignIn(stage, alice, 'Single sign-on works')
      for (const room of rooms) {
        const attempt = attemptsOf(room, alice)
        await attempt.waitFor()
        await attempt.locator('summary').first().click()
        for (const fold of await attempt.locator('details details summary').all())
          await fold.click()
        await room.getByRole('button', { name: 'Record result' }).waitFor()
        await expectAccessible(room)
      }
      await attemptsOf(operator, alice).getByRole('link', { name: 'Try other settings' }).click()
      await operator.getByRole('button', { name: 'Check response' }).click()
      await operator.getByRole('heading', { name: 'Result', exact: true }).waitFor()
      await expectAccessible(operator)
      await operator.goto(`${base}/testers`)
      await operator.getByLabel('Login e-mails of testers').fill('nobody@example.org')
      await operator.getByRole('button', { name: 'Nominate testers' }).click()
      await operator.getByText('No testers nominated').waitFor()
      await expectAccessible(operator)
    },
  },
]
