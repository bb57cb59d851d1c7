// Each limit on what a customer may have: full, refused with words, and free again. Two requests at
// once do not pass it.
import { env } from 'cloudflare:workers'
import { eq, isNull, like, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  addOperator,
  createApiKey,
  createSetupLink,
  removeOperator,
  revokeApiKey,
  revokeSetupLink,
} from '../src/access/operations.ts'
import { ROUTES } from '../src/api/routes.ts'
import { problemResponse } from '../src/api/engine/problem.ts'
import { changeState, createConnection, editConnection } from '../src/connections/operations.ts'
import { declinePendingChange, listPendingChanges } from '../src/connections/pending/operations.ts'
import { readConfig } from '../src/env.ts'
import { tenantAdmin } from '../src/events/actor.ts'
import { createWebhookEndpoint, deleteWebhookEndpoint } from '../src/events/webhooks/operations.ts'
import { messageOf } from '../src/console/kit/words.ts'
import { createDomain, removeDomain } from '../src/directory/domains/operations.ts'
import { createImport, finishImport } from '../src/directory/import/operations.ts'
import { LIMITS, type LimitName } from '../src/limits.ts'
import { addContact, removeContact } from '../src/mail/contacts/operations.ts'
import { mapAlias, unmapAlias, uploadIdpUsers } from '../src/rollout/reconcile/operations.ts'
import {
  listTesters,
  nominateTesters,
  withdrawTester,
} from '../src/rollout/validation/tester-operations.ts'
import { createScimToken, revokeScimToken } from '../src/scim/token-operations.ts'
import { findConnection, updateConnection } from '../src/connections/store.ts'
import { readCertificates } from '../src/connections/certificates/read-certificates.ts'
import { certificates, idpUsers, operators, users } from '../src/platform/db/schema.ts'
import type { Problem } from '../src/problem.ts'
import type { Result } from '../src/result.ts'
import { ENTRA_USER, openService } from './scim/service.ts'
import { certificateOf } from './support/keys.ts'
import { good, request } from './support/request.ts'
import { storedCertificate } from './support/stored-certificate.ts'
import { createWorld, db, type World } from './support/world.ts'

const ALICE = 'alice@tenant.example'

const { keySecrets } = readConfig(env)
let world: World
let number = 0
const { most: MOST_ADDRESSES } = LIMITS.idpUsers
const { most: MOST_PROVISIONED } = LIMITS.scimUsers
afterEach(() => {
  Object.assign(LIMITS.idpUsers, { most: MOST_ADDRESSES })
  Object.assign(LIMITS.scimUsers, { most: MOST_PROVISIONED })
})
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
  /** What the slower one of two learns, where the row of the connection decides who comes first. */
  slower?: 'revision_changed'
  operations: readonly string[]
}

const nth = (text: string) => text.replace('#', `${++number}`)

/** All permissions of the customer at the one connection. */
const customer = () => request(tenantAdmin({ id: 'carla', name: 'carla' }, world.tenantSid))

/** Users by SCIM have a case of their own: their records stay. */
const CASES: Record<Exclude<LimitName, 'scimUsers'>, Case> = {
  certificates: {
    async fill(rows) {
      const stored = await storedCertificate(certificateOf('idp'))
      const row = { ...stored, connectionSid: world.connectionSid, createdAt: 1 }
      for (let there = 1; there < rows; there++)
        await db.insert(certificates).values({ ...row, fingerprint: nth('#') })
    },
    async add() {
      const key = (['idpNext', 'attacker', 'p256', 'p384'] as const)[number++ % 4]!
      const read = good(await readCertificates(certificateOf(key)))
      return editConnection(request(), world.connectionSid, { addCertificates: read })
    },
    remove: (made) =>
      editConnection(request(), world.connectionSid, {
        removeCertificates: (made as { addedCertificates: string[] }).addedCertificates,
      }),
    slower: 'revision_changed',
    operations: ['addCertificates', 'editConnection', 'importMetadata', 'trustCertificate'],
  },
  operators: {
    async fill(rows) {
      const there = await db.$count(operators, isNull(operators.removedAt))
      await db.run(sql`INSERT INTO ${operators}
          (sid, name, email, email_key, role, created_by, created_at, updated_at)
        WITH RECURSIVE row(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < ${rows - there})
        SELECT 'OPlimit' || n, 'Olga', 'limit' || n, 'limit' || n, 'support', 'x', 1, 1 FROM row`)
    },
    add: () =>
      addOperator(request(), {
        name: 'Olga',
        email: nth('limit.o#@vendor.example'),
        role: 'support',
      }),
    remove: (made) => removeOperator(request(), (made as { sid: string }).sid),
    operations: ['inviteOperator', 'createSignInLink'],
  },
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
  contacts: {
    add: () =>
      addContact(request(), world.tenantSid, {
        role: 'technical',
        name: 'Ann',
        email: nth('a#@tenant.example'),
      }),
    remove: (made) => removeContact(request(), (made as { sid: string }).sid),
    operations: ['addContact', 'addOperatorContact'],
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
      createApiKey(request(), {
        name: 'app',
        tenantSid: world.tenantSid,
        role: 'admin',
        expiresInDays: 1,
      }),
    remove: (made) => revokeApiKey(request(), (made as { apiKey: { sid: string } }).apiKey.sid),
    operations: ['createApiKey'],
  },
  webhookEndpoints: {
    add: () => {
      const url = 'https://hooks.tenant.example/'
      const input = { name: 'log', url, types: ['*'], tenantSid: world.tenantSid }
      return createWebhookEndpoint(request(), keySecrets, input)
    },
    remove: (made) =>
      deleteWebhookEndpoint(request(), (made as { endpoint: { sid: string } }).endpoint.sid),
    operations: ['createWebhookEndpoint'],
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

// Other tests add operators too.
afterEach(() => db.delete(operators).where(like(operators.emailKey, 'limit%')))

describe('the limit on', () => {
  it.each(Object.keys(CASES) as (keyof typeof CASES)[])(
    '%s holds for two at once, has words, and lets one in again when one is gone',
    async (name) => {
      const { add, fill, remove, there = 0, slower, operations, ...of } = CASES[name]
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
        if (result !== refused && result.error.code === slower) continue
        expect(result.error).toMatchObject({ code: 'limit_reached', remedy })
        const expected = `at most ${most.toLocaleString('en')} ${things}`
        expect(messageOf(result.error, 'customer')).toBe(
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

  it('certificates counts those that a change takes away, and what the database has', async () => {
    const { connectionSid } = world
    await CASES.certificates.fill!(LIMITS.certificates.most)
    const added = good(await readCertificates(certificateOf('idpNext')))
    const rows = await db
      .select({ fingerprint: certificates.fingerprint })
      .from(certificates)
      .where(eq(certificates.connectionSid, connectionSid))
    expect(rows).toHaveLength(LIMITS.certificates.most)
    const change = { addCertificates: added, removeCertificates: [rows[0]!.fingerprint] }
    good(await editConnection(request(), connectionSid, change))
    // The statement itself, for a change that was planned when there was room.
    const connection = (await findConnection(db, connectionSid))!
    const row = { ...(await storedCertificate(certificateOf('p256'))), connectionSid, createdAt: 1 }
    const late = { row: {}, addCertificates: [row], events: [] }
    expect(await updateConnection(request(), connection, late)).toBe(false)
    await db.delete(certificates).where(eq(certificates.connectionSid, connectionSid))
    expect(await updateConnection(request(), connection, late)).toBe(true)
  })

  it('users by SCIM holds for two at once, has words, and no deletion makes room', async () => {
    const service = await openService(world)
    const create = (name: string) =>
      service.ask('POST', '/Users', {
        ...ENTRA_USER,
        userName: name,
        externalId: name,
        emails: undefined,
      })
    expect((await create('first@tenant.example')).status).toBe(201)
    Object.assign(LIMITS.scimUsers, { most: 2 })
    const both = await Promise.all([create('a@tenant.example'), create('b@tenant.example')])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 403])
    const { body } = both.find(({ status }) => status === 201)!
    expect((await service.ask('DELETE', `/Users/${body.id}`)).status).toBe(204)
    const refused = await create('c@tenant.example')
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      'At most 2 users of a tenant that its IdPs created, those who left included. ' +
        'Provision only people who use the application.',
    ])
    expect(await db.$count(users, eq(users.emailKey, 'c@tenant.example'))).toBe(0)
    // Somebody whom the directory has is no creation.
    await world.addUser('d@tenant.example', { signInMethod: 'password' })
    expect((await create('d@tenant.example')).status).toBe(201)
    const other = await openService()
    const elsewhere = { ...ENTRA_USER, userName: 'x@tenant.example', emails: undefined }
    expect((await other.ask('POST', '/Users', elsewhere)).status).toBe(201)
  })

  it('one tenant leaves the others alone', async () => {
    for (let rows = 0; rows < LIMITS.imports.most; rows++) good(await CASES.imports.add())
    const other = await createWorld()
    good(await createImport(request(), other.tenantSid, { name: 'users.csv' }))
  })
})
