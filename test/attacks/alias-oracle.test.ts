// A setup link maps addresses to a person of its own, to learn which of them exist at other customers.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { sessions, users } from '../../src/platform/db/schema.ts'
import { mapAlias, unmapAlias } from '../../src/rollout/operations.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

describe('alias-oracle', () => {
  it('a customer’s alias of another tenant’s address ends as one of nobody’s', async () => {
    const other = await createWorld()
    const stranger = await other.addUser('zoe@other.example')
    const world = await createWorld({
      connection: { state: 'testing' },
      // Others wait for an operator.
      tenant: { customerChanges: 'apply' },
    })
    await db.update(users).set({ emailKey: 'zoe@other.example' }).where(eq(users.sid, stranger))
    const own = await world.addUser('ann@tenant.example')
    const { tenantSid, connectionSid } = world
    const capabilities = ['configure', 'test'] as const
    const actor = {
      kind: 'customer admin',
      id: 'm',
      name: 'm',
      tenantSid,
      connectionSid,
      capabilities,
    } as const
    const answers = []
    for (const email of ['zoe@other.example', 'nobody@other.example']) {
      const mapped = good(await mapAlias(request(actor), connectionSid, { email, user: own }))
      answers.push({ ...mapped, emailKey: '', createdAt: 0 })
      good(await unmapAlias(request(actor), connectionSid, email))
    }
    expect(answers[0]).toEqual(answers[1])
    const input = { email: 'zoe@other.example', user: own }
    good(await mapAlias(request(actor), connectionSid, input))
    await world.login('zoe@other.example')
    // The IdP of this tenant speaks for its own people alone.
    expect(await db.select().from(sessions).where(eq(sessions.userSid, stranger))).toEqual([])
    expect(await db.select().from(sessions).where(eq(sessions.userSid, own))).toHaveLength(1)
    const byOperator = await mapAlias(request(), connectionSid, {
      ...input,
      user: await world.addUser('ben@tenant.example'),
    })
    expect(codeOf(byOperator)).toEqual(['already_there', 'email'])
  })
})
