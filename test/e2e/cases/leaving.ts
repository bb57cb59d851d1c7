// The ways that stay open, in a browser of the customer's: passwords given back by a setup link, and
// recovery codes that an owner makes, prints and tries out.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { eq, inArray } from 'drizzle-orm'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { createSetupLink } from '../../../src/access/operations.ts'
import { breakGlass, rolloutMembers, users } from '../../../src/platform/db/schema.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import {
  addBreakGlass,
  createRollout,
  freeze,
  selectUsers,
} from '../../../src/rollout/operations.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { expectAccessible } from './console-steps.ts'
import { enterCode, unmakeOwner } from './recovery.ts'
import { alice, bob, expectHeading, logIn } from './steps.ts'

const PHONE = { width: 390, height: 844 }
const HOUR = 3600_000

/** Alice and Bob enforced by a rollout; the app has no password of Bob's. */
async function enforceBoth({ database, connectionSid }: Stage): Promise<string> {
  const both = [alice.userSid, bob.userSid]
  const made = await createRollout(database.ask(), connectionSid, { name: 'Everybody' })
  assert(made.ok)
  const { sid } = made.value
  assert((await selectUsers(database.ask(), sid, both)).ok)
  assert((await freeze(database.ask(), sid)).ok)
  const { client } = database
  await client
    .update(rolloutMembers)
    .set({ enforcedAt: Date.now() })
    .where(eq(rolloutMembers.rolloutSid, sid))
  const enforced = { signInMethod: 'sso_enforced' as const, connectionSid }
  await client.update(users).set(enforced).where(inArray(users.sid, both))
  await client.update(users).set({ hasPassword: false }).where(eq(users.sid, bob.userSid))
  return sid
}

async function methodOf({ database }: Stage, sid: string) {
  const [user] = await database.client.select().from(users).where(eq(users.sid, sid))
  return user!.signInMethod
}

export const leaving: Case[] = [
  {
    name: 'a customer gives passwords back at any hour: to one person, then to everybody but those whom the app has no password of',
    idps: ['demo'],
    async play(stage) {
      const { database, connectionSid, origin } = stage
      const sid = await enforceBoth(stage)
      try {
        const link = await createSetupLink(database.ask(), connectionSid, {
          name: 'Ann Admin',
          capabilities: ['rollBack'],
          expiresInMinutes: 60,
        })
        assert(link.ok)
        const page = await (await stage.visit()).newPage()
        await page.goto(`${origin}/setup/${link.value.secret}`)
        await page.goto(`${origin}/setup/rollouts/${sid}`)
        await page.getByRole('link', { name: 'Give passwords back', exact: true }).click()
        await expectHeading(page, 'Give passwords back')
        await page.getByText('No password in the app: 1 person').waitFor()
        await page.getByText('2 people may use SSO only. Cancels the go-ahead.').waitFor()
        await expectAccessible(page)
        await page.setViewportSize(PHONE)
        await expectAccessible(page)

        // One person: the confirmation names her, and a wrong address is said beside the field.
        await page.getByLabel('One person').check()
        await page.getByLabel('Login e-mail', { exact: true }).fill('nobody@demo.example')
        await page.getByRole('button', { name: 'Continue' }).click()
        await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
        await page.getByLabel('Login e-mail', { exact: true }).fill(alice.mail)
        await page.getByRole('button', { name: 'Continue' }).click()
        await page.getByRole('button', { name: `Give ${alice.mail} the password back` }).click()
        await page.getByText('Their passwords work again').waitFor()
        assert.equal(await methodOf(stage, alice.userSid), 'sso_enabled')
        assert.equal(await methodOf(stage, bob.userSid), 'sso_enforced')

        // Everybody else: Bob stays on SSO, then returns too, and the app is told of him.
        const everybody = async (choice: string) => {
          await page.goto(`${origin}/setup/rollouts/${sid}/roll-back`)
          await page.getByRole('button', { name: 'Continue' }).click()
          await page.getByText(bob.mail).waitFor()
          await expectAccessible(page)
          await page.getByLabel(choice).check()
          await page.getByRole('button', { name: 'Give 1 person the password back' }).click()
          await page.getByText('Passwords given back').waitFor()
        }
        await everybody('Stay on SSO')
        assert.equal(await methodOf(stage, bob.userSid), 'sso_enforced')
        await everybody('Give back like the others')
        assert.equal(await methodOf(stage, bob.userSid), 'sso_enabled')
        const told = await database.client
          .select()
          .from(recordedEvents)
          .where(eq(recordedEvents.type, 'user.password_reset_offered'))
        assert.deepEqual(
          told.map(({ subjectSid, actor }) => [subjectSid, actor]),
          [[bob.userSid, 'customer admin Ann Admin']],
        )
      } finally {
        await database.client.update(users).set({ hasPassword: true })
      }
    },
  },
  {
    name: 'an owner makes recovery codes on their own page, prints and downloads them, and tries one out as the drill',
    idps: ['demo'],
    async play(stage) {
      const { database, origin } = stage
      const exemption = { user: alice.userSid, reason: 'keeps the keys' }
      const expiresAt = Date.now() + HOUR
      assert((await addBreakGlass(database.ask(), tenantSid, { ...exemption, expiresAt })).ok)
      try {
        const page = await (await stage.visit()).newPage()
        await page.goto(stage.startURL)
        await logIn(page, alice)
        await expectHeading(page, `Signed in as ${alice.givenName} ${alice.sn}`)
        await page.goto(`${origin}/recovery-codes`)
        await expectHeading(page, 'Recovery codes')
        await page.getByText('You have no codes yet.').waitFor()
        await expectAccessible(page)
        await page.getByRole('button', { name: 'Create codes' }).click()
        await expectHeading(page, `Recovery codes for ${alice.mail}`)
        const codes = await page.locator('.codes code').allTextContents()
        assert.equal(new Set(codes).size, 10)
        await expectAccessible(page)
        // On paper as on the screen.
        await page.emulateMedia({ media: 'print' })
        for (const code of codes) assert(await page.getByText(code, { exact: true }).isVisible())
        await page.emulateMedia({ media: 'screen' })
        const started = page.waitForEvent('download')
        await page.getByRole('link', { name: 'Download codes' }).click()
        const file = await started
        assert.equal(file.suggestedFilename(), 'recovery-codes.txt')
        const text = await readFile(await file.path(), 'utf8')
        for (const code of codes) assert(text.includes(code), 'a code is not in the file')

        // The date of the drill has come: the first code that is used is the drill.
        await database.client
          .update(breakGlass)
          .set({ drillAt: Date.now() - HOUR })
          .where(eq(breakGlass.userSid, alice.userSid))
        await page.goto(`${origin}/recovery-codes`)
        await page.getByText('Your drill has been due since').waitFor()
        await page.goto(`${origin}/login/recovery?login_hint=${encodeURIComponent(alice.mail)}`)
        await enterCode(page, codes[0]!)
        await expectHeading(page, 'Recovery code accepted')
        await page.getByText('The drill is recorded.').waitFor()
        await page.goto(`${origin}/recovery-codes`)
        await page.getByText('You have 9 unused codes.').waitFor()
        assert.equal(await page.getByText('Your drill has been due').count(), 0)
      } finally {
        await unmakeOwner(stage)
      }
    },
  },
]
