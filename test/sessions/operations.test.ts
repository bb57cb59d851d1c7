import { and, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { tenantAdmin, type Actor } from '../../src/events/actor.ts'
import { connections, sessions } from '../../src/platform/db/schema.ts'
import type { EventType } from '../../src/events/catalogue.ts'
import { recordedEvents } from '../../src/events/store.ts'
import {
  getSession,
  listSessions,
  revokeSession,
  revokeSessions,
} from '../../src/sessions/operations.ts'
import type { PageRequest } from '../../src/platform/db/page.ts'
import type { SessionsOf } from '../../src/sessions/store/list.ts'
import { createSid, createTimedSid } from '../../src/ids.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { LIFETIME, openPeople, sessionRow, signIn } from './stage.ts'

const list = async (of: SessionsOf, actor?: Actor, open = false, page: PageRequest = ALL) =>
  good(await listSessions(request(actor), of, page, LIFETIME, open))
const sidsOf = ({ items }: { items: readonly { sid: string }[] }) => items.map(({ sid }) => sid)

/** Somebody with a setup link. */
const linkTo = ({ tenantSid, connectionSid }: World, capabilities = ['configure']): Actor => ({
  kind: 'customer admin',
  id: 'ann',
  name: 'ann',
  tenantSid,
  connectionSid,
  capabilities: capabilities as ('configure' | 'test')[],
})

async function secondConnection({ tenantSid, connectionSid }: World): Promise<string> {
  const [row] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
  const sid = createSid('CN')
  await db.insert(connections).values({ ...row!, sid, tenantSid })
  return sid
}

async function copyTo(sid: string, more: Partial<typeof sessions.$inferInsert>): Promise<string> {
  const row = await sessionRow(sid)
  const createdAt = more.createdAt ?? row.createdAt
  const tokenHash = crypto.randomUUID()
  const copy = { ...row, sid: createTimedSid('SE', createdAt), tokenHash, ...more }
  await db.insert(sessions).values(copy)
  return copy.sid
}

describe('the list of sessions', () => {
  it('is of a user, of a connection, of a tenant, newest first', async () => {
    const { world, people } = await openPeople('ann@tenant.example', 'bob@tenant.example')
    const [ann, bob] = people.map(({ session }) => session)
    const second = await secondConnection(world)
    const later = await copyTo(ann!.sid, {
      connectionSid: second,
      createdAt: bob!.createdAt + 1000,
    })
    expect(sidsOf(await list({ userSid: ann!.userSid }))).toEqual([later, ann!.sid])
    expect(sidsOf(await list({ connectionSid: world.connectionSid }))).toEqual([bob!.sid, ann!.sid])
    expect(sidsOf(await list({ tenantSid: world.tenantSid }))).toEqual([later, bob!.sid, ann!.sid])
    const { items } = await list({ userSid: bob!.userSid })
    expect(items).toEqual([
      {
        sid: bob!.sid,
        userSid: bob!.userSid,
        email: 'bob@tenant.example',
        connectionSid: world.connectionSid,
        connectionName: 'Tenant IdP',
        tenantSid: world.tenantSid,
        createdAt: bob!.createdAt,
        lastSeenAt: bob!.lastSeenAt,
        expiresAt: bob!.expiresAt,
        endedAt: null,
        endedBecause: null,
        state: 'open',
      },
    ])
  })

  it('goes by pages, also across the connections of a tenant', async () => {
    const { world, people } = await openPeople('ann@tenant.example')
    const { sid, createdAt } = people[0]!.session
    const second = await secondConnection(world)
    const made = [sid]
    for (let minute = 1; minute < 6; minute++)
      made.unshift(
        await copyTo(sid, {
          createdAt: createdAt + minute,
          connectionSid: minute % 2 ? second : world.connectionSid,
        }),
      )
    const seen: string[] = []
    let page: PageRequest | undefined = { limit: 2, after: null }
    while (page) {
      const { items, next } = await list({ tenantSid: world.tenantSid }, undefined, false, page)
      expect(items.length).toBeLessThanOrEqual(2)
      seen.push(...items.map((item) => item.sid))
      page = next ? { limit: 2, after: next } : undefined
    }
    expect(seen).toEqual(made)
  })

  it('has only open sessions on request', async () => {
    const { world, people } = await openPeople('ann@tenant.example')
    const { sid, userSid, createdAt } = people[0]!.session
    const past = createdAt - 3 * 3600_000
    const idle = await copyTo(sid, { createdAt: past, lastSeenAt: past })
    const expired = await copyTo(sid, { createdAt: past - 1, expiresAt: createdAt - 1 })
    const ended = await copyTo(sid, { createdAt: past - 2, endedAt: createdAt })
    for (const of of [
      { userSid },
      { connectionSid: world.connectionSid },
      { tenantSid: world.tenantSid },
    ]) {
      const all = await list(of)
      expect(sidsOf(all)).toEqual([sid, idle, expired, ended])
      expect(all.items.map(({ state }) => state)).toEqual(['open', 'idle', 'expired', 'ended'])
      expect(sidsOf(await list(of, undefined, true))).toEqual([sid])
    }
  })

  it('not_there: neither of other tenants nor of unknown ones', async () => {
    const { world, people } = await openPeople('ann@tenant.example')
    const { sid, userSid } = people[0]!.session
    const stranger = tenantAdmin(
      { id: 'mallory', name: 'mallory' },
      (await createWorld()).tenantSid,
    )
    const { tenantSid, connectionSid } = world
    for (const of of [{ userSid }, { connectionSid }, { tenantSid }]) {
      const asked = await listSessions(request(stranger), of, ALL, LIFETIME)
      expect(codeOf(asked)).toEqual(['not_there'])
      expect(codeOf(await revokeSessions(request(stranger), of))).toEqual(['not_there'])
    }
    for (const of of [
      { userSid: createSid('US') },
      { connectionSid: createSid('CN') },
      { tenantSid: createSid('TN') },
    ])
      expect(codeOf(await listSessions(request(), of, ALL, LIFETIME))).toEqual(['not_there'])
    expect(codeOf(await getSession(request(stranger), sid, LIFETIME))).toEqual(['not_there'])
    expect(codeOf(await revokeSession(request(stranger), sid, LIFETIME))).toEqual(['not_there'])
    expect((await sessionRow(sid)).endedAt).toBeNull()
  })

  it('shows a person with a setup link their own connection only', async () => {
    const { world, people } = await openPeople('ann@tenant.example')
    const { sid, userSid } = people[0]!.session
    const elsewhere = await copyTo(sid, { connectionSid: await secondConnection(world) })
    const ann = linkTo(world)
    expect(sidsOf(await list({ userSid }, ann))).toEqual([sid])
    expect(codeOf(await getSession(request(ann), elsewhere, LIFETIME))).toEqual(['not_there'])
    const { tenantSid } = world
    expect(codeOf(await listSessions(request(ann), { tenantSid }, ALL, LIFETIME))).toEqual([
      'not_there',
    ])
    expect(good(await revokeSessions(request(ann), { userSid }))).toEqual({ ended: 1 })
    expect((await sessionRow(elsewhere)).endedAt).toBeNull()
  })
})

describe('revoking', () => {
  const eventsOf = (subjectSid: string, type: EventType) =>
    db
      .select()
      .from(recordedEvents)
      .where(and(eq(recordedEvents.subjectSid, subjectSid), eq(recordedEvents.type, type)))

  it('ends one session and records it', async () => {
    const { world, people } = await openPeople('ann@tenant.example', 'bob@tenant.example')
    const [ann, bob] = people
    const { sid, userSid } = ann!.session
    const revoked = good(await revokeSession(request(), sid, LIFETIME))
    expect(revoked).toMatchObject({ sid, state: 'ended', endedBecause: 'revoked' })
    expect(await (await ann!.browser.get('/')).text()).toContain('You are not signed in')
    expect(await (await bob!.browser.get('/')).text()).toContain('Signed in as')
    expect(await eventsOf(world.connectionSid, 'session.revoked')).toMatchObject([
      {
        actor: 'operator olga',
        tenantSid: world.tenantSid,
        after: { session: sid, userSid, sessions: 1 },
      },
    ])
    // Once is enough: it stays ended when it was, and nothing more is told.
    const { endedAt } = await sessionRow(sid)
    good(await revokeSession(request(), sid, LIFETIME))
    expect((await sessionRow(sid)).endedAt).toBe(endedAt)
    expect(await eventsOf(world.connectionSid, 'session.revoked')).toHaveLength(1)
  })

  it.each(['userSid', 'connectionSid', 'tenantSid'] as const)(
    'ends all of one %s, and no other',
    async (kind) => {
      const { world, people } = await openPeople('ann@tenant.example', 'bob@tenant.example')
      const [ann, bob] = people.map(({ session }) => session)
      const other = await copyTo(ann!.sid, { connectionSid: await secondConnection(world) })
      const stranger = await signIn(await createWorld(), 'eve@other.example')
      const sid = { userSid: ann!.userSid, ...world }[kind]
      const expected = {
        userSid: [ann!.sid, other],
        connectionSid: [ann!.sid, bob!.sid],
        tenantSid: [ann!.sid, bob!.sid, other],
      }[kind]
      const of = { [kind]: sid } as SessionsOf
      expect(good(await revokeSessions(request(), of))).toEqual({ ended: expected.length })
      for (const one of [ann!.sid, bob!.sid, other, stranger.session.sid])
        expect((await sessionRow(one)).endedBecause).toBe(expected.includes(one) ? 'revoked' : null)
      expect(await eventsOf(sid, 'session.all_revoked')).toMatchObject([
        { after: { sessions: expected.length } },
      ])
      expect(good(await revokeSessions(request(), of))).toEqual({ ended: 0 })
      expect(await eventsOf(sid, 'session.all_revoked')).toHaveLength(1)
    },
  )

  it('forbidden: is for who may configure the connection', async () => {
    const { world, people } = await openPeople('ann@tenant.example')
    const { sid, userSid } = people[0]!.session
    const looker = linkTo(world, ['test'])
    expect(sidsOf(await list({ userSid }, looker))).toEqual([sid])
    expect(codeOf(await revokeSession(request(looker), sid, LIFETIME))).toEqual(['forbidden'])
    expect(codeOf(await revokeSessions(request(looker), { userSid }))).toEqual(['forbidden'])
    expect((await sessionRow(sid)).endedAt).toBeNull()
    const key = tenantAdmin({ id: 'ci', name: 'ci' }, world.tenantSid)
    expect(good(await revokeSession(request(key), sid, LIFETIME)).state).toBe('ended')
  })

  it('ends those that have run out too: their apps may not know', async () => {
    const { people } = await openPeople('ann@tenant.example')
    const { sid, userSid } = people[0]!.session
    const expired = await copyTo(sid, { expiresAt: 1 })
    expect(good(await revokeSessions(request(), { userSid }))).toEqual({ ended: 2 })
    expect((await sessionRow(expired)).endedBecause).toBe('revoked')
  })
})
