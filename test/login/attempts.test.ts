// What administrators see of attempts: those at connections they may see.
import { describe, expect, it } from 'vitest'
import { tenantAdmin, type Actor } from '../../src/events/actor.ts'
import { getAttempt, listAttempts } from '../../src/login/operations.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { createWorld } from '../support/world.ts'

async function worldWithAttempts() {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  await world.login('alice@tenant.example')
  await world.login('nobody@tenant.example')
  await world.login('alice@tenant.example')
  return world
}

describe('attempts', () => {
  it('are listed newest first, page by page, and found by their SID', async () => {
    const { connectionSid } = await worldWithAttempts()
    const all = good(await listAttempts(request(), connectionSid, ALL))
    expect(all.items.map(({ code }) => code)).toEqual(
      expect.arrayContaining([null, 'user_unknown', null]),
    )
    expect(all.next).toBeNull()
    const first = good(await listAttempts(request(), connectionSid, { limit: 2, after: null }))
    const second = good(
      await listAttempts(request(), connectionSid, { limit: 2, after: first.next }),
    )
    expect([...first.items, ...second.items]).toEqual(all.items)
    expect(all.items.map(({ createdAt }) => createdAt)).toEqual(
      all.items.map(({ createdAt }) => createdAt).toSorted((left, right) => right - left),
    )
    const [newest] = all.items
    expect(good(await getAttempt(request(), newest!.sid))).toEqual(newest)
  })

  it('not_there: of other tenants and of other connections, guessed or not', async () => {
    const world = await worldWithAttempts()
    const other = await worldWithAttempts()
    const { items } = good(await listAttempts(request(), world.connectionSid, ALL))
    const { sid } = items[0]!
    const link = (connectionSid: string, tenantSid = world.tenantSid): Actor => ({
      kind: 'customer admin',
      id: 'lin',
      name: 'lin',
      tenantSid,
      connectionSid,
      capabilities: [],
    })
    for (const actor of [
      tenantAdmin({ id: 'carl', name: 'carl' }, world.tenantSid),
      link(world.connectionSid),
    ]) {
      expect(good(await listAttempts(request(actor), world.connectionSid, ALL)).items).toEqual(
        items,
      )
      expect(good(await getAttempt(request(actor), sid)).sid).toBe(sid)
    }
    for (const actor of [
      tenantAdmin({ id: 'eve', name: 'eve' }, other.tenantSid),
      link(other.connectionSid),
    ]) {
      expect(codeOf(await listAttempts(request(actor), world.connectionSid, ALL))).toEqual([
        'not_there',
      ])
      expect(codeOf(await getAttempt(request(actor), sid))).toEqual(['not_there'])
    }
    expect(codeOf(await getAttempt(request(), `AT${'0'.repeat(32)}`))).toEqual(['not_there'])
    expect(codeOf(await listAttempts(request(), `CN${'0'.repeat(32)}`, ALL))).toEqual(['not_there'])
  })
})
