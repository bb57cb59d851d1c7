// Each limit on what a customer may have: full, refused with words, and free again. Two requests at
// once do not pass it.
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createApiKey,
  createSetupLink,
  revokeApiKey,
  revokeSetupLink,
} from '../src/access/operations.ts'
import { ROUTES } from '../src/api/routes.ts'
import { problemResponse } from '../src/api/engine/problem.ts'
import { changeState, createConnection, editConnection } from '../src/connections/operations.ts'
import { declinePendingChange, listPendingChanges } from '../src/connections/pending/operations.ts'
import { tenantAdmin } from '../src/events/actor.ts'
import { messageOf } from '../src/console/kit/words.ts'
import { createDomain, removeDomain } from '../src/directory/domains/operations.ts'
import { createImport, finishImport } from '../src/directory/import/operations.ts'
import { LIMITS, type LimitName } from '../src/limits.ts'
import { mapAlias, unmapAlias, uploadIdpUsers } from '../src/rollout/reconcile/operations.ts'
import {
  listTesters,
  nominateTesters,
  withdrawTester,
} from '../src/rollout/validation/tester-operations.ts'
import { createScimToken, revokeScimToken } from '../src/scim/token-operations.ts'
import { idpUsers } from '../src/platform/db/schema.ts'
import type { Problem } from '../src/problem.ts'
import type { Result } from '../src/result.ts'
import { good, request } from './support/request.ts'
import { createWorld, db, type World } from './support/world.ts'

const ALICE = 'alice@tenant.example'

let world: World
let number = 0
const { most: MOST_ADDRESSES } = LIMITS.idpUsers
afterEach(() => void Object.assign(LIMITS.idpUsers, { most: MOST_ADDRESSES }))
beforeEach(async () => {
  world = await createWorld()
  await world.addUser(ALICE)
})

type Case = {
  /** One more. */
  add: () => Promise<Result<unknown, Problem>>
  /** Rows that are there already. */
  there?: number
  /** Many at once, where adding one by one takes too long. The limit is `most` then. */
  most?: number
  fill?: (rows: number) => Promise<unknown>
  remove: (added: unknown) => Promise<Result<unknown, Problem>>
  operations: readonly string[]
}

const nth = (text: string) => text.replace('#', `${++number}`)

/** All permissions of the customer at the one connection. */
const customer = () => request(tenantAdmin('carla', world.tenantSid))

const CASES: Record<LimitName, Case> = {
  pendingChanges: {
    add: () =>
      editConnection(customer(), world.connectionSid, { fields: { entityID: nth('id#') } }),
    remove: async () => {
      const [first] = good(await listPendingChanges(request(), world.connectionSid))
      return declinePendingChange(request(), world.connectionSid, first!.sid)
    },
    operations: ['addCertificates', 'editConnection', 'importMetadata', 'removeCertificate'],
  },
  connections: {
    there: 1,
    add: () => createConnection(request(), world.tenantSid, { name: 'one more' }),
    remove: (made) => changeState(request(), (made as { sid: string }).sid, 'suspend'),
    operations: ['createConnection', 'changeState'],
  },
  domains: {
    add: () => createDomain(request(), world.tenantSid, { domain: nth('d#.example') }),
    remove: (made) => removeDomain(request(), world.tenantSid, (made as { domain: string }).domain),
    operations: ['createDomain'],
  },
  aliases: {
    add: () =>
      mapAlias(request(), world.connectionSid, { email: nth('a#@idp.example'), user: ALICE }),
    remove: (made) =>
      unmapAlias(request(), world.connectionSid, (made as { emailKey: string }).emailKey),
    operations: ['mapAlias'],
  },
  testers: {
    async add() {
      const email = nth('t#@tenant.example')
      await world.addUser(email, { signInMethod: 'password' })
      return nominateTesters(request(), world.connectionSid, [email])
    },
    async remove() {
      const [tester] = good(await listTesters(request(), world.connectionSid))
      return withdrawTester(request(), world.connectionSid, tester!.user.sid)
    },
    operations: ['nominateTesters'],
  },
  scimTokens: {
    add: () => createScimToken(request(), world.connectionSid, { name: 'idp', expiresInDays: 1 }),
    remove: (made) =>
      revokeScimToken(request(), (made as { scimToken: { sid: string } }).scimToken.sid),
    operations: ['createScimToken'],
  },
  apiKeys: {
    add: () =>
      createApiKey(request(), { name: 'app', tenantSid: world.tenantSid, expiresInDays: 1 }),
    remove: (made) => revokeApiKey(request(), (made as { apiKey: { sid: string } }).apiKey.sid),
    operations: ['createApiKey'],
  },
  setupLinks: {
    add: () => {
      const input = { name: 'carla', capabilities: [], expiresInMinutes: 60 }
      return createSetupLink(request(), world.connectionSid, input)
    },
    remove: (made) =>
      revokeSetupLink(request(), (made as { setupLink: { sid: string } }).setupLink.sid),
    operations: ['createSetupLink'],
  },
  imports: {
    add: () => createImport(request(), world.tenantSid, { name: 'users.csv' }),
    remove: (made) => finishImport(request(), (made as { sid: string }).sid),
    operations: ['createImport'],
  },
  idpUsers: {
    most: 20_000,
    fill: (rows) =>
      db.run(sql`INSERT INTO ${idpUsers} (connection_sid, email_key, upload)
        WITH RECURSIVE row(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < ${rows})
        SELECT ${world.connectionSid}, printf('u%07d@idp.example', n), 'unfinished' FROM row`),
    add: () => {
      const emails = [nth('i#@idp.example')]
      return uploadIdpUsers(request(), world.connectionSid, {
        upload: 'new',
        emails,
        isLast: false,
      })
    },
    async remove() {
      const input = { upload: 'whole', emails: ['u0000001@idp.example'], isLast: true }
      let step = await uploadIdpUsers(request(), world.connectionSid, input)
      while (step.ok && !step.value.done)
        step = await uploadIdpUsers(request(), world.connectionSid, { ...input, emails: [] })
      return step
    },
    operations: ['uploadIdpUsers'],
  },
}

describe('the limit on', () => {
  it.each(Object.keys(CASES) as LimitName[])(
    '%s holds for two at once, has words, and lets one in again when one is gone',
    async (name) => {
      const { add, fill, remove, there = 0, operations, ...of } = CASES[name]
      Object.assign(LIMITS[name], of)
      const { most, things, remedy } = LIMITS[name]
      if (fill) await fill(most - 1)
      else for (let rows = there; rows < most - 1; rows++) good(await add())
      const both = await Promise.all([add(), add()])
      expect(both.map(({ ok }) => ok).toSorted()).toEqual([false, true])
      const last = both.find(({ ok }) => ok)!
      const refused = await add()
      for (const result of [refused, ...both.filter(({ ok }) => !ok)]) {
        if (result.ok) throw new Error('one too many')
        expect(result.error).toMatchObject({ code: 'limit_reached', remedy })
        const expected = `at most ${most.toLocaleString('en')} ${things}`
        expect(messageOf(result.error)).toBe(
          `There are as many as there may be: ${expected}. ${remedy}`,
        )
        const answer = problemResponse(result.error, 'ref')
        expect(answer.status).toBe(409)
        expect(await answer.json()).toMatchObject({
          code: 'limit_reached',
          detail: remedy,
          expected,
        })
      }
      good(await remove(good(last)))
      good(await add())
      for (const operation of operations)
        expect(ROUTES.find(({ operationId }) => operationId === operation)?.problems).toContain(
          'limit_reached',
        )
    },
    60_000,
  )

  it('connections holds for one that is resumed', async () => {
    good(await changeState(request(), world.connectionSid, 'suspend'))
    for (let rows = 0; rows < LIMITS.connections.most - 1; rows++)
      good(await CASES.connections.add())
    const resume = () => changeState(request(), world.connectionSid, 'resume')
    const both = await Promise.all([resume(), CASES.connections.add()])
    expect(both.map((one) => (one.ok ? 'ok' : one.error.code)).toSorted()).toEqual([
      'limit_reached',
      'ok',
    ])
  })

  it('addresses lets the same list come again when it is full', async () => {
    await CASES.idpUsers.fill!(LIMITS.idpUsers.most)
    const again = { upload: 'again', emails: ['u0000001@idp.example'], isLast: false }
    good(await uploadIdpUsers(request(), world.connectionSid, again))
  })

  it('one tenant leaves the others alone', async () => {
    for (let rows = 0; rows < LIMITS.imports.most; rows++) good(await CASES.imports.add())
    const other = await createWorld()
    good(await createImport(request(), other.tenantSid, { name: 'users.csv' }))
  })
})
