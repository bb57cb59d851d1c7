// Sessions and logout deliveries over the API: what each answers, page by page, and what it
// refuses.
import { beforeEach, describe, expect, it } from 'vitest'
import { registerClient } from '../support/register-client.ts'
import { addDelivery, addSession } from '../support/sessions.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { logoutDeliveries } from '../../src/platform/db/schema.ts'
import { callerWithKey, type Caller } from './caller.ts'

const HOUR = 3_600_000

let operator: Caller
let world: World
let userSid: string
beforeEach(async () => {
  operator = await callerWithKey(null)
  world = await createWorld()
  userSid = await world.addUser('ann@tenant.example')
})

describe('a session', () => {
  const addOne = (more = {}) => addSession({ userSid, connectionSid: world.connectionSid }, more)

  it('is listed of its user, connection and tenant, found, and ended once', async () => {
    const sid = await addOne()
    const { body: found } = await operator('GET', `/sessions/${sid}`)
    expect(found).toEqual({
      sid,
      userSid,
      email: 'ann@tenant.example',
      connectionSid: world.connectionSid,
      tenantSid: world.tenantSid,
      state: 'open',
      createdAt: expect.any(Number),
      lastSeenAt: expect.any(Number),
      expiresAt: expect.any(Number),
      endedAt: null,
      endedBecause: null,
    })
    for (const path of [
      `/users/${userSid}`,
      '/users/ann@tenant.example',
      `/connections/${world.connectionSid}`,
      `/tenants/${world.tenantSid}`,
    ])
      expect((await operator('GET', `${path}/sessions`)).body).toEqual({
        items: [found],
        next: null,
      })
    const { body: revoked } = await operator('DELETE', `/sessions/${sid}`)
    expect(revoked).toMatchObject({ sid, state: 'ended', endedBecause: 'revoked' })
    expect((await operator('DELETE', `/sessions/${sid}`)).body).toEqual(revoked)
  })

  it('is one of several that end together, by pages and by what is open', async () => {
    const now = Date.now()
    const made = []
    for (let hour = 0; hour < 4; hour++)
      made.push(await addOne({ createdAt: now - hour * HOUR, lastSeenAt: now - hour * HOUR }))
    const path = `/users/${userSid}/sessions`
    const first = await operator('GET', `${path}?limit=3`)
    const second = await operator('GET', `${path}?limit=3&after=${first.body.next}`)
    const sids = [first, second].flatMap(({ body }) =>
      body.items.map((one: { sid: string }) => one.sid),
    )
    expect(sids).toEqual(made)
    const open = await operator('GET', `${path}?open=true`)
    expect(open.body.items.map((one: { sid: string }) => one.sid)).toEqual(made.slice(0, 2))
    expect((await operator('DELETE', path)).body).toEqual({ ended: 4 })
    expect((await operator('GET', `${path}?open=true`)).body.items).toEqual([])
  })

  it('input: takes no other filters', async () => {
    const path = `/users/${userSid}/sessions`
    for (const query of ['open=yes', 'state=open', 'after=x'])
      expect((await operator('GET', `${path}?${query}`)).body.code).toBe('input')
  })
})

describe('a logout delivery', () => {
  it('is listed by client and state, and tried again', async () => {
    await db.delete(logoutDeliveries)
    const [one, other] = [await registerClient(), await registerClient()]
    const sessionSid = await addSession({ userSid, connectionSid: world.connectionSid })
    const of = { clientSid: one.sid, sessionSid, userSid }
    const now = Date.now()
    const dead = await addDelivery(of, { createdAt: now })
    const done = { deadAt: null, failure: null, tries: 1 }
    const sent = await addDelivery(of, { createdAt: now - 1, ...done, sentAt: now })
    const due = await addDelivery(
      { ...of, clientSid: other.sid },
      {
        createdAt: now - 2,
        ...done,
        dueAt: now + HOUR,
      },
    )
    const list = async (query: string) =>
      (await operator('GET', `/logout-deliveries?${query}`)).body.items.map(
        ({ sid, state }: { sid: string; state: string }) => [sid, state],
      )
    expect(await list('')).toEqual([
      [dead, 'dead'],
      [sent, 'sent'],
      [due, 'due'],
    ])
    for (const state of ['dead', 'sent', 'due'])
      expect(await list(`state=${state}`)).toEqual([[{ dead, sent, due }[state], state]])
    expect(await list(`client=${one.sid}`)).toHaveLength(2)
    expect(await list(`client=${one.sid}&state=due`)).toEqual([])

    for (const sid of [dead, due]) {
      const { body } = await operator('POST', `/logout-deliveries/${sid}/retry`)
      expect(body).toMatchObject({ sid, state: 'due', tries: 0, deadAt: null })
      expect(body.dueAt).toBeLessThanOrEqual(Date.now())
    }
    const { body: before } = await operator('GET', `/logout-deliveries/${sent}`)
    expect((await operator('POST', `/logout-deliveries/${sent}/retry`)).body).toEqual(before)
    const told = await operator('GET', `/events?subject=${one.sid}`)
    const retried = told.body.items.filter(
      ({ type }: { type: string }) => type === 'logout_delivery.retried',
    )
    expect(retried.at(-1)).toMatchObject({
      type: 'logout_delivery.retried',
      after: { delivery: dead, failure: 'it answers 500' },
    })
    await db.delete(logoutDeliveries)
  })

  it('not_there: is of nobody', async () => {
    const sid = 'LD0123456789abcdef0123456789abcdef'
    expect((await operator('GET', `/logout-deliveries/${sid}`)).body.code).toBe('not_there')
    expect((await operator('POST', `/logout-deliveries/${sid}/retry`)).body.code).toBe('not_there')
  })
})
