// Webhook endpoints, from the form to the messages: the server that receives them is the example’s.
import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { createConsumer } from '../../../examples/webhook-consumer/consumer.ts'
import { createSetupLink } from '../../../src/access/operations.ts'
import { outbox } from '../../../src/platform/db/schema.ts'
import { findFreePort } from '../harness/ports.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { expectAccessible, signInToConsole } from './console-steps.ts'
import { expectHeading } from './steps.ts'

const SECONDS = 20

/** Fills the form of a new endpoint; the secret that is shown once. */
async function createEndpoint(page: Page, name: string, url: string): Promise<string> {
  await page.getByRole('link', { name: 'New endpoint' }).first().click()
  await expectHeading(page, 'New endpoint')
  await page.getByLabel('Name', { exact: false }).first().fill(name)
  await page.getByLabel('URL').first().fill(url)
  await page.getByLabel('All events of the audit trail').check()
  await page.getByRole('button', { name: 'Create endpoint' }).click()
  await expectHeading(page, `${name}: signing secret`)
  await expectAccessible(page)
  return page.getByLabel('Signing secret', { exact: true }).inputValue()
}

async function openReceiver(secret: string, port: number) {
  const types: string[] = []
  const server = createConsumer({ secret, take: ({ type }) => void types.push(type) })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { server, types }
}

/** What comes after the response of the page that caused it. */
async function waitFor(types: readonly string[], type: string): Promise<void> {
  for (let tries = 0; tries < SECONDS * 10 && !types.includes(type); tries++) await delay(100)
  assert(types.includes(type), `${type} has not come, but ${types.join(', ') || 'nothing'}`)
}

/** As three days without an answer would leave it. */
async function giveUp({ database }: Stage, endpointSid: string): Promise<void> {
  await database.client
    .update(outbox)
    .set({ outcome: 'dead', lastError: 'unreachable', attempts: 10, expiresAt: Date.now() + 1e9 })
    .where(eq(outbox.target, endpointSid))
}

function close({ server }: { server: Server }): void {
  server.close()
  server.closeAllConnections()
}

export const webhooks: Case[] = [
  {
    name: 'an operator makes a webhook endpoint, tests it, finds what did not arrive, and sends it again',
    idps: ['demo'],
    async play(stage) {
      const page = await (await stage.visit()).newPage()
      await signInToConsole(stage, page)
      await page.getByRole('link', { name: 'Webhooks' }).click()
      await expectHeading(page, 'Webhooks')
      const port = await findFreePort()
      const secret = await createEndpoint(page, 'Audit log', `http://127.0.0.1:${port}/`)
      await page.getByRole('link', { name: 'Continue to the endpoint' }).click()
      await expectHeading(page, 'Audit log')
      const endpointPage = page.url()
      // Nobody listens yet.
      await page.getByRole('button', { name: 'Send test message' }).click()
      await page.getByText('Test message not delivered').waitFor()
      await expectAccessible(page)
      const receiver = await openReceiver(secret, port)
      try {
        await page.goto(endpointPage)
        await page.getByRole('button', { name: 'Send test message' }).click()
        await page.getByText('The endpoint answered 204').waitFor()
        await waitFor(receiver.types, 'webhook.test')
        await giveUp(stage, new URL(endpointPage).pathname.split('/').at(-1)!)
        await page.goto(endpointPage)
        await page.getByText('Given up').first().waitFor()
        await page.getByRole('link', { name: 'Show them' }).click()
        await expectHeading(page, 'Deliveries')
        await expectAccessible(page)
        await page.getByRole('button', { name: 'Send all again' }).click()
        await expectHeading(page, 'Audit log')
        await waitFor(receiver.types, 'webhook_endpoint.created')
        await page.goto(endpointPage)
        await page.getByText('Delivered').first().waitFor()
        await page.getByRole('button', { name: 'Delete endpoint' }).click()
        await expectHeading(page, 'Webhooks')
      } finally {
        close(receiver)
      }
    },
  },
  {
    name: 'a customer’s administrator makes one in the portal, which gets the events of the connection',
    idps: ['demo'],
    async play(stage) {
      const link = await createSetupLink(stage.database.ask(), stage.connectionSid, {
        name: 'Ann',
        capabilities: ['configure'],
        expiresInMinutes: 60,
      })
      assert(link.ok)
      const page = await (await stage.visit()).newPage()
      await page.goto(`${stage.origin}/setup/${link.value.secret}`)
      await page.getByRole('link', { name: 'Webhooks' }).click()
      await expectHeading(page, 'Webhooks')
      await expectAccessible(page)
      const port = await findFreePort()
      const secret = await createEndpoint(page, 'Our SIEM', `http://127.0.0.1:${port}/`)
      const receiver = await openReceiver(secret, port)
      try {
        await page.goto(`${stage.origin}/setup/webhooks`)
        await page.getByRole('link', { name: 'Our SIEM' }).click()
        await page.getByRole('button', { name: 'Send test message' }).click()
        await page.getByText('The endpoint answered 204').waitFor()
        await waitFor(receiver.types, 'webhook_endpoint.tested')
        // The console shows it to the vendor with the other endpoints of the tenant.
        const operator = await (await stage.visit()).newPage()
        await signInToConsole(stage, operator)
        await operator.goto(`${stage.origin}/console/tenants/${tenantSid}/webhooks`)
        await operator.getByRole('link', { name: 'Our SIEM' }).click()
        await operator.getByRole('button', { name: 'Delete endpoint' }).click()
        await expectHeading(operator, 'Webhooks')
      } finally {
        close(receiver)
      }
    },
  },
]
