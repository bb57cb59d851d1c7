// A message that comes again after the ledger was swept, also where the connection's clock skew was
// raised in between.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { connections } from '../../src/platform/db/schema.ts'
import { sweepDatabase } from '../../src/sweeps.ts'
import { db } from '../support/world.ts'
import { deliver, freeze, NOW, open, stranger, type Scene } from './harness.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const LARGEST_SKEW = 300

async function sweepAt(now: number) {
  vi.setSystemTime(now)
  await sweepDatabase(env, now)
}

const raiseSkew = ({ world }: Scene) =>
  db
    .update(connections)
    .set({ clockSkewSeconds: LARGEST_SKEW })
    .where(eq(connections.sid, world.connectionSid))

describe('replay-after-sweep', () => {
  freeze()

  it('is refused: replayed, by the largest skew, though the connection had none', async () => {
    const end = NOW + 30 * MINUTE
    const scene = await open({
      unsolicited: true,
      connection: { clockSkewSeconds: 0 },
      genuine: { confirmations: [{ notOnOrAfter: end }], notOnOrAfter: end },
    })
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
    await raiseSkew(scene)
    const last = end + LARGEST_SKEW * 1000 - 1
    await sweepAt(last)
    expect((await deliver(scene.genuine, stranger(scene))).code).toBe('replayed')
    await sweepAt(last + 1)
    expect((await deliver(scene.genuine, scene)).code).toBe('confirmation_not_on_or_after')
    expect((await scene.world.rows()).sessions).toHaveLength(1)
  })

  it('is refused: replayed, then issue_instant, though it is valid until 9999', async () => {
    const end = '9999-12-31T23:59:59Z'
    const scene = await open({
      unsolicited: true,
      genuine: { confirmations: [{ notOnOrAfter: end }], notOnOrAfter: end },
    })
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
    await raiseSkew(scene)
    const last = NOW + DAY + LARGEST_SKEW * 1000 - 1
    await sweepAt(last)
    expect((await deliver(scene.genuine, stranger(scene))).code).toBe('replayed')
    await sweepAt(last + 2)
    expect((await scene.world.rows()).spent).toEqual([])
    expect((await deliver(scene.genuine, scene)).code).toBe('issue_instant')
  })
})
