// Through testing, on both sides: the room, an attempt with every check, what-if, testers, and both
// sides' sign-off.
import type { Page } from 'playwright-core'
import { expectHeading } from '../cases/steps.ts'
import type { Shot } from './console-tour.ts'
import type { Room } from './validation-scenery.ts'

export async function tourValidation(
  origin: string,
  { connectionSid, secret }: Room,
  operator: Page,
  customer: Page,
  shot: Shot,
): Promise<void> {
  const base = `${origin}/console/connections/${connectionSid}`
  await operator.goto(`${base}/room`)
  await operator.locator('[data-state=live]').waitFor()
  await shot('console-room', operator)
  const refused = operator.locator('.attempts > li').filter({ hasText: 'another service' }).first()
  const denied = operator.locator('.attempts > li').filter({ hasText: 'not assigned' }).first()
  await denied.locator('summary').first().click()
  await shot('console-room-status', operator)
  await denied.locator('summary').first().click()
  await refused.locator('summary').first().click()
  await refused.getByText('All checks: ').click()
  await shot('console-room-attempt', operator)

  await customer.goto(`${origin}/setup/${secret}`)
  await customer.goto(`${origin}/setup/room`)
  await customer.locator('[data-state=live]').waitFor()
  await shot('setup-room', customer)
  const issuer = customer.locator('.attempts > li').last()
  await issuer.locator('summary').first().click()
  await issuer.getByRole('link', { name: 'Try other settings' }).click()
  await expectHeading(customer, 'What-if check')
  await customer
    .getByLabel('Identifier')
    .fill('https://sts.windows.net/6babcaad-604b-40ac-a9d7-9fd97c0b779f')
  await customer.getByRole('button', { name: 'Check response' }).click()
  await customer.getByRole('heading', { name: 'Result', exact: true }).waitFor()
  await shot('setup-what-if-judged', customer)
  await customer.goto(`${origin}/setup/testers`)
  await customer.getByLabel('Login e-mails of testers').fill('nobody@contoso.example')
  await customer.getByRole('button', { name: 'Nominate testers' }).click()
  await shot('setup-testers-refused', customer)
  await customer.goto(`${origin}/setup/room`)
  await customer.getByLabel('Pass', { exact: true }).check()
  await customer.getByLabel('Note').fill('Works from the office and from home.')
  await customer.getByRole('button', { name: 'Record result' }).click()
  await customer.getByText('Result recorded').waitFor()
  await shot('setup-room-validated', customer)
}
