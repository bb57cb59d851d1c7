// Contacts, previews of mails, and a setup link by mail, where no sender is set up.
import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { contacts, mailLetters } from '../../../src/platform/db/schema.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { expectAccessible, signInToConsole } from './console-steps.ts'
import { expectHeading } from './steps.ts'

type Person = { name: string; email: string; role: string }

async function addContact(page: Page, { name, email, role }: Person): Promise<void> {
  await expectHeading(page, 'Contacts')
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel(role).check()
  await page.getByRole('button', { name: 'Add contact' }).click()
  await page.getByText('Contact added').waitFor()
  await expectAccessible(page)
}

/** A setup link by mail, which nobody sends: the secret of the link. */
async function createLinkByMail({ origin, connectionSid }: Stage, page: Page): Promise<string> {
  await page.goto(`${origin}/console/connections/${connectionSid}/setup-links`)
  await page.getByLabel('Recipient').fill('Ann Berg')
  await page.getByLabel('E-mail').fill('ann@customer.example')
  await page.getByRole('button', { name: 'Create setup link' }).click()
  await expectHeading(page, 'New setup link')
  await page.getByText('The mail was not sent. Copy it and send it yourself.').waitFor()
  await expectAccessible(page)
  const link = await page.getByLabel('Setup link', { exact: true }).inputValue()
  assert.equal(await page.getByLabel('To', { exact: true }).inputValue(), 'ann@customer.example')
  const text = await page.getByLabel('Text', { exact: true }).inputValue()
  assert(text.includes(link), 'the text has the link')
  return link
}

export const mail: Case[] = [
  {
    name: 'a setup link by mail is there to copy without a sender; both sides add contacts, and support reads the mails',
    idps: ['demo'],
    async play(stage) {
      const { origin, database } = stage
      const operator = await (await stage.visit()).newPage()
      await signInToConsole(stage, operator)
      await operator.goto(`${origin}/console/tenants/${tenantSid}/contacts`)
      await addContact(operator, {
        name: 'Ann Berg',
        email: 'ann@customer.example',
        role: 'Technical',
      })
      const link = await createLinkByMail(stage, operator)
      const kept = JSON.stringify(await database.client.select().from(mailLetters))
      assert(!kept.includes(link.split('/').at(-1)!), 'the secret of the link is not stored')

      const customer = await (await stage.visit()).newPage()
      await customer.goto(link)
      await customer.getByRole('link', { name: 'Contacts' }).click()
      await addContact(customer, { name: 'Ben', email: 'ben@customer.example', role: 'Security' })
      await customer.getByRole('link', { name: 'Ben' }).click()
      await expectHeading(customer, 'Ben')
      await customer.getByLabel('Weekly digest').uncheck()
      await customer.getByRole('button', { name: 'Save contact' }).click()
      await expectHeading(customer, 'Contacts')
      await operator.goto(`${origin}/console/tenants/${tenantSid}/contacts`)
      const row = operator.getByRole('row').filter({ hasText: 'ben@customer.example' })
      assert(!(await row.textContent())!.includes('Weekly digest'), 'the digest is off')

      await operator.getByRole('link', { name: 'Mail', exact: true }).click()
      await expectHeading(operator, 'Mail')
      await operator.getByText('No mail is sent').waitFor()
      await operator.getByRole('link', { name: 'Setup link' }).first().click()
      await operator.getByText('so it is not kept').waitFor()
      await expectAccessible(operator)
      await operator.goto(`${origin}/console/mail/templates`)
      await operator.getByRole('link', { name: 'Your turn: review the list of people' }).click()
      const preview = operator.frameLocator('iframe')
      await preview.getByRole('heading', { name: 'Your turn: review the list' }).waitFor()
      await expectAccessible(operator)
      await database.client.delete(contacts).where(eq(contacts.tenantSid, tenantSid))
    },
  },
]
