// A setup link says that the IdP knows another person by an address of its own.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createSetupLink } from '../../src/access/operations.ts'
import type { Capability } from '../../src/events/actor.ts'
import { aliases, rollouts, sessions } from '../../src/platform/db/schema.ts'
import { createRollout, mapAlias, unmapAlias } from '../../src/rollout/operations.ts'
import { openBrowser } from '../support/browser.ts'
import { codeOf, good, request } from '../support/request.ts'
import { followLink } from '../support/setup-link.ts'
import { createWorld, db, type World } from '../support/world.ts'

const MALLORY = 'mallory@private.example'

/** Of a customer whose changes apply at once: the others' wait for an operator. */
const TRUSTING = {
  connection: { state: 'testing' },
  tenant: { customerChanges: 'apply' },
} as const

function linkOf({ tenantSid, connectionSid }: World, ...capabilities: Capability[]) {
  return {
    kind: 'customer admin',
    id: 'm',
    name: 'm',
    tenantSid,
    connectionSid,
    capabilities,
  } as const
}

const aliasesOf = ({ connectionSid }: World) =>
  db.select().from(aliases).where(eq(aliases.connectionSid, connectionSid))

describe('alias-take-over', () => {
  it('forbidden: a link that may only test maps and removes no alias', async () => {
    const world = await createWorld({ connection: { state: 'testing' } })
    const boss = await world.addUser('boss@tenant.example')
    const { sid } = good(await createRollout(request(), world.connectionSid, { name: 'All' }))
    const link = good(
      await createSetupLink(request(), world.connectionSid, {
        name: 'mallory',
        capabilities: ['test'],
        expiresInMinutes: 60,
      }),
    )
    const browser = openBrowser()
    await followLink(browser, link.secret)
    const path = `/setup/rollouts/${sid}/aliases`
    const answer = await browser.post(path, { user: boss, email: MALLORY })
    expect(answer.status).toBe(403)
    expect(await (await browser.get(path)).text()).not.toContain('Map an address')
    const actor = linkOf(world, 'test')
    const mapping = { email: MALLORY, user: boss }
    const mapped = await mapAlias(request(actor), world.connectionSid, mapping)
    expect(codeOf(mapped)).toEqual(['forbidden'])
    expect(await aliasesOf(world)).toEqual([])
    good(await mapAlias(request(), world.connectionSid, { email: MALLORY, user: boss }))
    const removed = await browser.post(`${path}/remove`, { email: MALLORY })
    expect(removed.status).toBe(403)
    const refused = await unmapAlias(request(actor), world.connectionSid, MALLORY)
    expect(codeOf(refused)).toEqual(['forbidden'])
    expect(await aliasesOf(world)).toHaveLength(1)
    expect(await db.select().from(rollouts).where(eq(rollouts.sid, sid))).toHaveLength(1)
  })

  it('already_there: the login e-mail of a colleague stays that person’s', async () => {
    const world = await createWorld(TRUSTING)
    const boss = await world.addUser('boss@tenant.example')
    await world.addUser('mallory@tenant.example')
    const actor = linkOf(world, 'configure', 'test')
    const input = { email: 'mallory@tenant.example', user: boss }
    const refused = await mapAlias(request(actor), world.connectionSid, input)
    expect(codeOf(refused)).toEqual(['already_there', 'email'])
    await world.login('mallory@tenant.example')
    expect(await db.select().from(sessions).where(eq(sessions.userSid, boss))).toEqual([])
  })
})
