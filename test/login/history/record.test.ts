// What HISTORY keeps of logins: bounded for each connection, whatever comes.
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { insertAttempt, noteMismatch } from '../../../src/login/history/store/record.ts'
import { findAttempt } from '../../../src/login/history/store/attempts.ts'
import { attemptDetails, attempts, dailyLogins } from '../../../src/platform/db/history-schema.ts'
import { createSid } from '../../../src/ids.ts'
import { addAttempt, attemptOf, type AttemptSettings } from '../../support/attempts.ts'
import { countD1 } from '../../support/wrap-d1.ts'
import { openHistory } from '../../../src/platform/db/history.ts'
import { createWorld, history } from '../../support/world.ts'

/** As large as a redacted message may be, with as many checks as there are. */
const LARGE = {
  message: 'x'.repeat(16_000),
  checks: Array.from({ length: 20 }, (_, index) => ({
    code: `check_${index}`,
    ok: true,
    clause: 'SAML Profiles §4.1.4.3',
    expected: 'e'.repeat(60),
    received: 'r'.repeat(60),
  })),
}

const linesOf = (connectionSid: string) =>
  history.select().from(attempts).where(eq(attempts.connectionSid, connectionSid))
const detailsOf = (connectionSid: string) =>
  history
    .select({ ring: attemptDetails.ring, sid: attemptDetails.sid, bytes: attemptDetails.bytes })
    .from(attemptDetails)
    .where(eq(attemptDetails.connectionSid, connectionSid))

/** One after the other, each a second after the one before. */
async function add(count: number, settings: AttemptSettings): Promise<string[]> {
  const sids: string[] = []
  const from = Date.now() - count * 1000
  for (let index = 0; index < count; index++)
    sids.push(await addAttempt({ ...settings, createdAt: from + index * 1000 }))
  return sids
}

async function sizeOf(): Promise<number> {
  return (await env.HISTORY!.prepare('SELECT 1').run()).meta.size_after
}

describe('refusals', () => {
  it('of a connection hold at most 1 MB, the newest of each kind, and push out no other', async () => {
    const [connectionSid, other] = [createSid('CN'), createSid('CN')]
    await addAttempt({ connectionSid: other, code: 'audience', ...LARGE })
    const before = await sizeOf()
    const kinds = [
      { isProven: false, code: 'signature_invalid' },
      { code: 'audience' },
      { code: 'user_unknown' },
    ] as const
    const newest: string[] = []
    for (const kind of kinds)
      newest.push((await add(300, { connectionSid, ...kind, ...LARGE })).at(-1)!)
    expect((await sizeOf()) - before).toBeLessThanOrEqual(1_000_000)
    expect(await linesOf(connectionSid)).toHaveLength(750)
    for (const sid of newest)
      expect(await findAttempt(history, sid)).toMatchObject({ hasDetail: true, ...LARGE })
    expect(await detailsOf(other)).toHaveLength(1)
  })

  it('of small messages have no detail without a line', async () => {
    const connectionSid = createSid('CN')
    await add(300, { connectionSid, isProven: false, code: 'xml_malformed' })
    const lines = new Set((await linesOf(connectionSid)).map(({ sid }) => sid))
    const details = await detailsOf(connectionSid)
    expect(lines.size).toBe(250)
    expect(details.length).toBe(250)
    expect(details.filter(({ sid }) => !lines.has(sid))).toEqual([])
  })

  it('of unknown users of a signed message are in a ring too', async () => {
    const world = await createWorld()
    const login = await world.login('nobody@tenant.example')
    expect(login.arrived.status).toBe(403)
    const [real] = (await world.rows()).attempts
    expect(real).toMatchObject({ code: 'user_unknown', ring: 'person', hasDetail: true })
    const { connectionSid } = world
    await add(620, { connectionSid, code: 'user_unknown', checks: real!.checks })
    expect(await linesOf(connectionSid)).toHaveLength(250)
    const bytes = (await detailsOf(connectionSid)).map((row) => row.bytes)
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(160_000)
  })

  it('by strangers do not push out the tests', async () => {
    const connectionSid = createSid('CN')
    const passed = await addAttempt({ connectionSid, isTest: true, ...LARGE })
    await add(40, {
      connectionSid,
      isTest: true,
      isProven: false,
      code: 'signature_no_key',
      ...LARGE,
    })
    expect(await findAttempt(history, passed)).toMatchObject({ hasDetail: true })
  })
})

describe('accepted logins', () => {
  it('have details of the first 20 of a revision, and of the newest 10', async () => {
    const connectionSid = createSid('CN')
    const sids = await add(45, { connectionSid, ...LARGE })
    const kept = new Set((await detailsOf(connectionSid)).map(({ sid }) => sid))
    expect(sids.filter((sid) => kept.has(sid))).toEqual([...sids.slice(0, 20), ...sids.slice(-10)])
    expect(kept.size).toBe(30)
    expect(await findAttempt(history, sids[25]!)).toMatchObject({
      hasDetail: false,
      checks: [],
      message: null,
    })
    expect(await linesOf(connectionSid)).toHaveLength(45)

    const next = await add(2, { connectionSid, revision: 2, ...LARGE })
    const rings = (await detailsOf(connectionSid)).filter(({ ring }) => ring === 'first')
    expect(rings.map(({ sid }) => sid)).toEqual(next)
  })

  it('write six rows each, one of them a deletion', async () => {
    const connectionSid = createSid('CN')
    const userSid = createSid('US')
    await add(40, { connectionSid, userSid, ...LARGE })
    const { binding, cost } = countD1(env.HISTORY!)
    await insertAttempt(openHistory(binding)!, attemptOf({ connectionSid, userSid, ...LARGE }))
    expect([cost.trips, cost.rowsWritten]).toEqual([1, 6])
  })
})

describe('a login that ends in another browser', () => {
  it.each(['after', 'before'])('is refused where finish is written %s the ACS', async (order) => {
    const connectionSid = createSid('CN')
    const record = attemptOf({ connectionSid, userSid: createSid('US'), verifyMicros: 7 })
    const { sid, createdAt } = record
    const mismatch = () =>
      noteMismatch(history, { sid, connectionSid, userSid: record.userSid!, createdAt })
    if (order === 'before') await mismatch()
    await insertAttempt(history, record)
    if (order === 'after') await mismatch()
    expect(await findAttempt(history, sid)).toMatchObject({
      code: 'browser_mismatch',
      userSid: record.userSid,
      verifyMicros: 7,
      revision: 1,
    })
    const counts = await history
      .select({ code: dailyLogins.code, logins: dailyLogins.logins })
      .from(dailyLogins)
      .where(and(eq(dailyLogins.connectionSid, connectionSid)))
    expect(counts.toSorted((a, b) => (a.code < b.code ? -1 : 1))).toEqual([
      { code: '', logins: 0 },
      { code: 'browser_mismatch', logins: 1 },
    ])
  })
})
