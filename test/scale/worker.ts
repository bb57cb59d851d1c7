// The Worker as it is deployed, which says in a header of each answer what it has asked of D1. For
// test/scale alone: it also takes SQL from every caller, and makes what a deployment makes for
// itself.
import { createApiKey } from '../../src/access/operations.ts'
import { createApp } from '../../src/app.ts'
import { CHANNELS } from '../../src/channels.ts'
import { wakeDelivery } from '../../src/deliver-events.ts'
import { deliverOutbox } from '../../src/events/outbox/deliver.ts'
import { recordEvent } from '../../src/events/store.ts'
import { createSid } from '../../src/ids.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { publicNetwork } from '../../src/platform/network/public-network.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { prepareKeyPair, rotateKeyPairs } from '../../src/keys/operations.ts'
import type { OperationContext as Asked } from '../../src/events/operation-context.ts'
import { countD1 } from '../support/wrap-d1.ts'

const app = createApp()

export default {
  async fetch(request, env, context): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/scale/sql') {
      const { results } = await env.DB.prepare(await request.text()).all()
      return Response.json(results)
    }
    if (pathname === '/scale/keys') return Response.json(await makeKeys(env))
    if (pathname === '/scale/minute')
      return Response.json(await deliverLater(env, Number(await request.text())))
    if (pathname === '/scale/events') {
      await recordTogether(env, Number(await request.text()))
      const network = publicNetwork(true)
      // As the app does it after the response to a change.
      context.waitUntil(wakeDelivery({ env, network, offers: [] }))
      return Response.json(null)
    }
    const { binding, cost } = countD1(env.DB)
    const answer = await app.fetch(request, { ...env, DB: binding }, context)
    const told = new Response(answer.body, answer)
    told.headers.set('x-d1', JSON.stringify(cost))
    return told
  },
} satisfies ExportedHandler<Env>

/** The job of the minute, so many milliseconds from now. */
function deliverLater(env: Env, milliseconds: number) {
  const [db, now] = [openDatabase(env.DB), Date.now() + milliseconds]
  return deliverOutbox({ env, db, network: publicNetwork(true), now }, CHANNELS)
}

/** So many events in one batch, as if one change had caused them. */
async function recordTogether(env: Env, count: number): Promise<void> {
  const db = openDatabase(env.DB)
  const actor = { kind: 'operator', id: 'scale', name: 'scale', role: 'owner' } as const
  const one = () =>
    recordEvent(db, {
      actor,
      now: Date.now(),
      tenantSid: null,
      type: 'tenant.created',
      subjectSid: createSid('TN'),
    })
  await db.batch([one(), ...Array.from({ length: count - 1 }, one)])
}

/** Three key pairs of our own, as in the middle of a rotation, and an operator's key of the API. */
async function makeKeys(env: Env): Promise<{ secret: string }> {
  const asked = {
    db: openDatabase(env.DB),
    history: null,
    actor: { kind: 'operator', id: 'scale', name: 'scale', role: 'owner' },
    now: Date.now(),
    network: { fetch, resolver: '', allowLocal: false, timeoutSeconds: 1 },
  } satisfies Asked
  const { keySecrets } = readConfig(env)
  const steps = [prepareKeyPair, prepareKeyPair, rotateKeyPairs, prepareKeyPair]
  for (const step of steps) {
    const made = await step(asked, keySecrets)
    if (!made.ok) throw new Error(made.error.code)
  }
  const input = { name: 'scale', tenantSid: null, role: 'owner' as const, expiresInDays: 2 }
  const key = await createApiKey(asked, input)
  if (!key.ok) throw new Error(key.error.code)
  return { secret: key.value.secret }
}
