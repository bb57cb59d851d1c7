// An owner whom the IdP alone has deactivated keeps the way in, and the customer is told: once.
import { and, eq } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { breakGlass, tenants, users } from '../../src/platform/db/schema.ts'
import { addBreakGlass } from '../../src/rollout/break-glass/operations.ts'
import { tellOfKeptWays } from '../../src/rollout/operations.ts'
import type { MailMessage } from '../../src/platform/mail/message.ts'
import type { SendResult } from '../../src/platform/mail/senders.ts'
import { contactTeller } from '../../src/mail/tell-contacts.ts'
import { ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'

const HOUR = 3600_000

async function owners() {
  const world = await createWorld()
  const { tenantSid } = world
  // Owners of other files are told first.
  await tellOfKeptWays({ db, now: Date.now() })
  const sids: string[] = []
  for (const email of ['ann@tenant.example', 'ben@tenant.example']) {
    sids.push(await world.addUser(email))
    const expiresAt = Date.now() + 30 * 24 * HOUR
    good(await addBreakGlass(request(), tenantSid, { user: email, reason: 'runs it', expiresAt }))
  }
  const supportContact = 'help@vendor.example'
  await db.update(tenants).set({ supportContact }).where(eq(tenants.sid, tenantSid))
  return { world, ann: sids[0]! }
}

const isOwner = ({ tenantSid }: World, userSid: string) =>
  and(eq(breakGlass.tenantSid, tenantSid), eq(breakGlass.userSid, userSid))

async function keep(world: World, userSid: string, hours: number) {
  const keptUntil = Date.now() + hours * HOUR
  await db.update(users).set({ suspendedAt: Date.now() }).where(eq(users.sid, userSid))
  await db
    .update(breakGlass)
    .set({ keptUntil, keptBecause: 'deactivated' })
    .where(isOwner(world, userSid))
}

async function told(result: SendResult = { ok: true }, now = Date.now()) {
  const sent: MailMessage[] = []
  const lines: string[] = []
  const spy = vi.spyOn(console, 'warn').mockImplementation((line) => void lines.push(String(line)))
  const send = async (message: MailMessage) => {
    if (result.ok) sent.push(message)
    return result
  }
  const mailer = { isIdempotent: true, send }
  const tell = contactTeller({ db, now: Date.now() }, { mailer, origin: ORIGIN, product: 'Vendor' })
  await tellOfKeptWays({ db, now, tell })
  spy.mockRestore()
  return { sent, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('a kept way', () => {
  it('is told to every owner and to support, once, and again when it is longer', async () => {
    const { world, ann } = await owners()
    expect(await told()).toEqual({ sent: [], lines: [] })
    await keep(world, ann, 72)
    const { sent, lines } = await told()
    expect(sent.map(({ to }) => to).toSorted()).toEqual([
      'ann@tenant.example',
      'ben@tenant.example',
      'help@vendor.example',
    ])
    expect(sent[0]!.text).toContain('ann@tenant.example can sign in by password until ')
    expect(sent[0]!.text).toContain('ask support to end the exemption')
    expect(lines).toMatchObject([{ event: 'owner_kept_way', userSid: ann, failed: 0 }])
    expect(JSON.stringify(lines)).not.toContain('@')
    expect(await told()).toEqual({ sent: [], lines: [] })
    await keep(world, ann, 96)
    expect((await told()).sent).toHaveLength(3)
  })

  it('is told once by two runs at the same time', async () => {
    const { world, ann } = await owners()
    await keep(world, ann, 72)
    const runs = await Promise.all([told(), told()])
    expect(runs.flatMap(({ sent }) => sent)).toHaveLength(3)
  })

  it('that is over is told to nobody, and a message that fails stops nothing', async () => {
    const { world, ann } = await owners()
    await keep(world, ann, 72)
    expect((await told(undefined, Date.now() + 73 * HOUR)).sent).toEqual([])
    const refused = { ok: false, code: 'refused', isFinal: true } as const
    expect((await told(refused)).lines).toMatchObject([{ event: 'owner_kept_way', failed: 3 }])
  })
})
