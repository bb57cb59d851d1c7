// Lists by pages: every one of them, and stable while others insert.
import { beforeAll, describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/routes.ts'
import { createApiKey, createSetupLink } from '../../src/access/operations.ts'
import { tenants } from '../../src/platform/db/schema.ts'
import { createSid } from '../../src/ids.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'
import { callerWithKey, type Caller } from './caller.ts'
import { openStage, type Stage } from './stage.ts'

let operator: Caller
let stage: Stage
beforeAll(async () => {
  operator = await callerWithKey(null)
  stage = await openStage()
})

describe('a list', () => {
  it('is walked page by page, newest first, each once, while others insert', async () => {
    const { connectionSid } = stage
    const make = async () => {
      const input = { name: 'bob', capabilities: [], expiresInMinutes: 60 }
      return good(await createSetupLink(request(), connectionSid, input)).setupLink.sid
    }
    const made: string[] = [stage.setupLinkSid]
    for (let times = 0; times < 6; times++) made.push(await make())
    const seen: string[] = []
    let path = `/connections/${connectionSid}/setup-links?limit=2`
    const first = path
    for (;;) {
      const { body } = await operator('GET', path)
      expect(body.items.length).toBeLessThanOrEqual(2)
      seen.push(...body.items.map(({ sid }: { sid: string }) => sid))
      if (body.next === null) break
      path = `${first}&after=${body.next}`
      // Somebody else adds one meanwhile: it is on no page that comes after.
      await make()
    }
    expect(seen.toSorted()).toEqual(made.toSorted())
  })

  it('keeps rows of one millisecond apart', async () => {
    const name = createSid('TN')
    const rows = Array.from({ length: 5 }, () => ({
      sid: createSid('TN'),
      name,
      plan: 'standard' as const,
      createdAt: 1_700_000_000_000,
    }))
    await db.insert(tenants).values(rows)
    const seen: string[] = []
    let after = ''
    do {
      const { body } = await operator('GET', `/tenants?search=${name}&limit=2${after}`)
      seen.push(...body.items.map(({ sid }: { sid: string }) => sid))
      after = body.next === null ? '' : `&after=${body.next}`
    } while (after)
    expect(seen).toEqual(
      rows
        .map(({ sid }) => sid)
        .toSorted()
        .toReversed(),
    )
  })

  it('has 50 items by default', async () => {
    const name = createSid('TN')
    await db.batch(
      Array.from({ length: 51 }, () =>
        db.insert(tenants).values({ sid: createSid('TN'), name, plan: 'standard', createdAt: 1 }),
      ) as never,
    )
    const { body } = await operator('GET', `/tenants?search=${name}`)
    expect([body.items.length, typeof body.next]).toEqual([50, 'string'])
  })

  it('ends where it ends', async () => {
    const { body } = await operator('GET', `/tenants/${stage.tenantSid}/users?limit=2`)
    expect(body.next).toBeNull()
    good(
      await createApiKey(request(), {
        name: 'two',
        tenantSid: stage.tenantSid,
        role: 'admin',
        expiresInDays: 1,
      }),
    )
    const keys = await operator('GET', `/api-keys?tenant=${stage.tenantSid}&limit=1`)
    expect(keys.body.items).toHaveLength(1)
    expect(keys.body.next).not.toBeNull()
  })

  const paged = ROUTES.filter(({ query }) => query && 'after' in query.def.shape)
  it.each(paged.map((route) => [route.path]))(
    '%s refuses cursors that are not ours',
    async (path) => {
      const values = {
        tenant: stage.tenantSid,
        connection: stage.connectionSid,
        user: stage.userSid,
      }
      const filled = path.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => values[name as keyof typeof values],
      )
      for (const wrong of [
        '',
        'x',
        btoa('1 2 3'),
        btoa('x TN0').replace('=', ''),
        '%00',
        'a'.repeat(500),
      ]) {
        const answer = await operator('GET', `${filled}?after=${wrong}`)
        expect([wrong, answer.status, answer.body.code, answer.body.field]).toEqual([
          wrong,
          400,
          'input',
          'after',
        ])
      }
    },
  )
})
