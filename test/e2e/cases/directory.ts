// The directory in the console: a domain, a file of users, one of them found and shut out, with
// scripts and without.
import assert from 'node:assert/strict'
import { getDomain } from '../../../src/directory/domains/operations.ts'
import { getUser } from '../../../src/directory/operations.ts'
import { tenantSid } from '../../../examples/demo/customer.ts'
import type { Case } from '../harness/runner.ts'
import { createSetupLink, expectAccessible, signInToConsole } from './console-steps.ts'
import { expectHeading } from './steps.ts'

export const directory: Case[] = ([true, false] as const).map((javaScriptEnabled) => ({
  name: `an operator adds a domain, imports a file, finds a user and suspends it${javaScriptEnabled ? '' : ', without JavaScript'}`,
  idps: ['demo'],
  async play(stage) {
    const { origin, connectionSid, database } = stage
    const run = `run${Date.now()}`
    const domain = `${run}.example`
    const email = `ann@${domain}`
    const page = await (await stage.visit({ javaScriptEnabled })).newPage()
    const check = () => (javaScriptEnabled ? expectAccessible(page) : undefined)
    await signInToConsole(stage, page)
    await page.goto(`${origin}/console/tenants/${tenantSid}`)

    await page.getByRole('link', { name: 'Domains' }).click()
    await page.getByRole('textbox', { name: 'Domain' }).fill('gmail.com')
    await page.getByRole('button', { name: 'Add domain' }).click()
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    await page.getByRole('textbox', { name: 'Domain' }).fill(domain)
    await page.getByRole('button', { name: 'Add domain' }).click()
    const section = page.getByRole('region', { name: domain })
    await section.getByText('Not verified').waitFor()
    const found = await getDomain(database.ask(), tenantSid, domain)
    assert(found.ok)
    assert.equal(await section.getByLabel('Value').inputValue(), found.value.record.value)
    await section.getByText('Verify without a record or remove').click()
    await section.getByLabel('Reason').fill('Named in the contract')
    await check()
    await section.getByRole('button', { name: 'Verify domain' }).click()
    await section.getByText('Verified manually').waitFor()

    // The customer's administrator sees the same, and has no word of that kind.
    const operator = await (await stage.visit()).newPage()
    await signInToConsole(stage, operator)
    await operator.goto(`${origin}/console/connections/${connectionSid}`)
    const link = await createSetupLink(operator, 'Ann Admin')
    const customer = await (await stage.visit({ javaScriptEnabled })).newPage()
    await customer.goto(link)
    await customer.getByRole('link', { name: 'Domains' }).click()
    await customer.getByRole('region', { name: domain }).getByText('Verified manually').waitFor()
    assert.equal(await customer.getByText('Verify without a record').count(), 0)

    await page.goto(`${origin}/console/tenants/${tenantSid}`)
    await page.getByRole('link', { name: 'Import' }).click()
    const csv = `email,first_name,external_id,accounts\n${email},Ann,${run}-1,${run}\nnonsense,Bob,${run}-2,\n`
    const file = { name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) }
    await page.getByLabel('CSV or NDJSON').setInputFiles(file)
    await page.getByLabel('Create missing accounts').check()
    await check()
    await page.getByRole('button', { name: 'Import users', exact: true }).click()
    await expectHeading(page, 'Import of users.csv')
    await page.getByText('1 created, 0 updated, 0 unchanged, 1 refused.').waitFor()
    await page.getByRole('row').filter({ hasText: 'nonsense' }).waitFor()
    await check()
    await page.getByRole('link', { name: 'Choose another file' }).click()
    await page.getByRole('row').filter({ hasText: 'users.csv' }).first().waitFor()

    await page.goto(`${origin}/console/tenants/${tenantSid}/users`)
    await page.getByLabel('Name or e-mail').fill(`${run}-1`)
    await page.getByLabel('Name or e-mail').press('Enter')
    await page.getByRole('link', { name: email }).waitFor()
    await check()
    await page.getByRole('link', { name: email }).click()
    await expectHeading(page, email)
    await check()
    await page.getByRole('button', { name: 'Suspend' }).click()
    await page.getByText('User suspended').first().waitFor()
    await page.getByText('Not allowed (user suspended)').waitFor()
    const user = await getUser(database.ask(), email)
    assert(user.ok && user.value.suspendedAt !== null)
  },
}))
