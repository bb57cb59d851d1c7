// A webhook endpoint in the database, with a delivery that was given up.
import { env } from 'cloudflare:workers'
import { inArray, isNull } from 'drizzle-orm'
import { readConfig } from '../../src/env.ts'
import { createWebhookEndpoint } from '../../src/events/webhooks/operations.ts'
import {
  outbox,
  webhookEndpoints,
  webhookEndpointTenants,
  webhookEndpointTypes,
} from '../../src/platform/db/schema.ts'
import { createSid } from '../../src/ids.ts'
import { good, request } from './request.ts'
import { db } from './world.ts'

/** `tenantSid`: null for the vendor's. By default it gets no event that a test causes. */
export async function addWebhookEndpoint(
  tenantSid: string | null,
  {
    types = ['account.created'],
    actor,
  }: { types?: string[]; actor?: Parameters<typeof request>[0] } = {},
) {
  const url = 'https://idp.customer.example/hooks'
  const input = { name: 'Audit log', url, types, tenantSid }
  const { keySecrets } = readConfig(env)
  const { endpoint, secret } = good(await createWebhookEndpoint(request(actor), keySecrets, input))
  return { sid: endpoint.sid, secret, deliverySid: await addWebhookDelivery(endpoint.sid) }
}

export async function addWebhookDelivery(
  target: string,
  more: Partial<typeof outbox.$inferInsert> = {},
): Promise<string> {
  const sid = createSid('OB')
  await db.insert(outbox).values({
    sid,
    eventSid: createSid('EV'),
    channel: 'webhook',
    target,
    attempts: 10,
    nextAt: Date.now(),
    outcome: 'dead',
    lastError: 'status_500',
    createdAt: Date.now(),
    expiresAt: Date.now() + 30 * 86_400_000,
    ...more,
  })
  return sid
}

/** Other tests have no endpoint, so that their events go nowhere; `of`: or the vendor none. */
export async function forgetWebhooks(of: 'all' | 'vendor' = 'all'): Promise<void> {
  const isForgotten = of === 'all' ? undefined : isNull(webhookEndpoints.tenantSid)
  const forgotten = db
    .select({ sid: webhookEndpoints.sid })
    .from(webhookEndpoints)
    .where(isForgotten)
  await db.batch([
    db.delete(outbox).where(inArray(outbox.target, forgotten)),
    db.delete(webhookEndpointTypes).where(inArray(webhookEndpointTypes.endpointSid, forgotten)),
    db.delete(webhookEndpointTenants).where(inArray(webhookEndpointTenants.endpointSid, forgotten)),
    db.delete(webhookEndpoints).where(isForgotten),
  ])
}
