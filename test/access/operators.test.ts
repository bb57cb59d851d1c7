// Operators' accounts: who manages them, the last owner, and sessions that end.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  addOperator,
  createApiKey,
  createSetupLink,
  createSignInLink,
  editOperator,
  getOperator,
  listOperators,
  readSignInLink,
  removeOperator,
} from '../../src/access/operations.ts'
import { actorOfOperator } from '../../src/access/operator-actor.ts'
import { findConsoleSession } from '../../src/access/store/console-sessions.ts'
import { createConnection } from '../../src/connections/operations.ts'
import { addUser, createTenant, editTenant } from '../../src/directory/operations.ts'
import { DEPLOYMENT, may, type Actor } from '../../src/events/actor.ts'
import { recordedEvents } from '../../src/events/store.ts'
import type { Role } from '../../src/events/roles.ts'
import { OPERATORS_TENANT } from '../../src/operators-tenant.ts'
import { apiKeys, tenants } from '../../src/platform/db/schema.ts'
import { hashSecret } from '../../src/platform/secret.ts'
import { addOperatorRow, findOperatorRow, openConsoleSession } from '../support/operators.ts'
import { createOwnIdp } from '../support/own-idp.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { clearDatabase, db } from '../support/world.ts'

beforeEach(clearDatabase)

const as = async (role: Role) => request(actorOfOperator(await addOperatorRow(role)))
const isOpen = async (secret: string) =>
  (await findConsoleSession(db, await hashSecret(secret), Date.now())) !== undefined

describe('operators', () => {
  it('are managed by owners and the command line, and seen by every operator', async () => {
    const { sid } = await addOperatorRow('support')
    const ola = { name: 'Ola', email: 'ola@vendor.example', role: 'support' } as const
    for (const role of ['admin', 'support', 'read-only'] as const) {
      const other = await as(role)
      expect(codeOf(await addOperator(other, ola))).toEqual(['forbidden'])
      expect(codeOf(await editOperator(other, sid, { role: 'owner' }))).toEqual(['forbidden'])
      expect(codeOf(await removeOperator(other, sid))).toEqual(['forbidden'])
      expect(codeOf(await createSignInLink(other, ola))).toEqual(['forbidden'])
      expect(good(await getOperator(other, sid)).name).toBe('Olga Berg')
      expect(good(await listOperators(other, ALL)).items.length).toBeGreaterThan(0)
    }
    for (const context of [await as('owner'), request(DEPLOYMENT)]) {
      const made = good(await addOperator(context, ola))
      expect(codeOf(await addOperator(context, ola))).toEqual(['already_there', 'email'])
      good(await removeOperator(context, made.sid))
      expect(codeOf(await getOperator(context, made.sid))).toEqual(['not_there'])
    }
  })

  it('are known in the audit trail by the SID of their account', async () => {
    const olga = await addOperatorRow('owner', 'Olga')
    const ola = { name: 'Ola', email: 'ola@vendor.example', role: 'admin' } as const
    const { sid } = good(await addOperator(request(actorOfOperator(olga)), ola))
    good(await editOperator(request(DEPLOYMENT), sid, { role: 'support', name: 'Ola B.' }))
    const rows = await db.select().from(recordedEvents)
    expect(rows.map(({ type, actorKind, actorId }) => [type, actorKind, actorId])).toEqual([
      ['operator.invited', 'deployment', null],
      ['operator.invited', 'operator', olga.sid],
      ['operator.updated', 'deployment', null],
      ['operator.role_changed', 'deployment', null],
    ])
    expect(rows[1]!.actor).toBe('operator Olga')
    expect(rows[2]!.actor).toBe('deployment')
  })

  it('last_owner: one owner always keeps links and Access', async () => {
    const olga = await addOperatorRow('owner')
    const context = request(DEPLOYMENT)
    const refusals = () =>
      Promise.all([
        editOperator(context, olga.sid, { role: 'admin' }),
        editOperator(context, olga.sid, { signsInBy: 'own_idp' }),
        removeOperator(context, olga.sid),
      ])
    for (const refused of await refusals()) expect(codeOf(refused)).toEqual(['last_owner', 'role'])
    // Another owner whom a broken IdP would lock out does not count.
    const ola = await addOperatorRow('owner')
    await createOwnIdp()
    good(await editOperator(context, ola.sid, { signsInBy: 'own_idp' }))
    for (const refused of await refusals()) expect(codeOf(refused)).toEqual(['last_owner', 'role'])
    good(await editOperator(context, ola.sid, { signsInBy: 'any' }))
    good(await removeOperator(context, olga.sid))
    expect(codeOf(await removeOperator(context, ola.sid))).toEqual(['last_owner', 'role'])
  })

  it('last_owner: of two owners who go at the same moment, one stays', async () => {
    const both = [await addOperatorRow('owner'), await addOperatorRow('owner')]
    const gone = await Promise.all(both.map(({ sid }) => removeOperator(request(DEPLOYMENT), sid)))
    expect(gone.map((one) => codeOf(one)[0] ?? 'removed').toSorted()).toEqual([
      'last_owner',
      'removed',
    ])
    const rows = await Promise.all(both.map(({ sid }) => findOperatorRow(sid)))
    expect(rows.filter((row) => row?.removedAt === null)).toHaveLength(1)
  })
})

describe('a session of the console', () => {
  it('ends with the role and with the account, and so do links', async () => {
    await addOperatorRow('owner')
    await createOwnIdp()
    for (const end of [
      (sid: string) => editOperator(request(DEPLOYMENT), sid, { role: 'read-only' }),
      (sid: string) => editOperator(request(DEPLOYMENT), sid, { signsInBy: 'own_idp' }),
      (sid: string) => removeOperator(request(DEPLOYMENT), sid),
    ]) {
      const operator = await addOperatorRow('admin')
      const secret = await openConsoleSession(operator)
      const link = good(await createSignInLink(request(DEPLOYMENT), operator))
      good(await editOperator(request(DEPLOYMENT), operator.sid, { name: 'Another' }))
      expect(await isOpen(secret)).toBe(true)
      good(await end(operator.sid))
      expect(await isOpen(secret)).toBe(false)
      const stranger = { db, now: Date.now() }
      expect(codeOf(await readSignInLink(stranger, link.secret))).toEqual(['sign_in_link'])
    }
  })
})

describe('API keys', () => {
  it('end with the account of the operator who made them, and with the role', async () => {
    const owner = await addOperatorRow('owner')
    const { sid: tenantSid } = good(await createTenant(request(), { name: 'Customer' }))
    const olga = await addOperatorRow('admin')
    const make = async (role: Role, actor: Actor, tenant: string | null = null) =>
      good(
        await createApiKey(request(actor), {
          name: 'ci',
          tenantSid: tenant,
          role,
          expiresInDays: 1,
        }),
      ).apiKey
    const own = actorOfOperator(olga)
    const admin = await make('admin', own)
    const support = await make('support', own)
    const customers = await make('support', own, tenantSid)
    const byKey = await make('support', { ...own, id: admin.sid, name: 'key ci' })
    const others = await make('admin', actorOfOperator(owner))
    const revoked = async () => {
      const rows = await db.select().from(apiKeys)
      return rows.flatMap(({ sid, revokedAt }) => (revokedAt === null ? [] : [sid])).toSorted()
    }
    good(await editOperator(request(DEPLOYMENT), olga.sid, { role: 'support' }))
    expect(await revoked()).toEqual([admin.sid])
    good(await removeOperator(request(DEPLOYMENT), olga.sid))
    const ended = [admin, support, customers, byKey].map(({ sid }) => sid).toSorted()
    expect(await revoked()).toEqual(ended)
    const rows = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.type, 'api_key.revoked'))
    expect(rows.map(({ subjectSid }) => subjectSid).toSorted()).toEqual(ended)
    expect(ended).not.toContain(others.sid)
    const ofTenant = rows.filter(({ subjectSid }) => subjectSid === customers.sid)
    expect(ofTenant.map((row) => row.tenantSid)).toEqual([tenantSid])
  })
})

describe('a role', () => {
  it('is given to a key by who has it, and never as owner to a customer’s', async () => {
    const key = { name: 'ci', tenantSid: null, expiresInDays: 1 }
    const admin = await as('admin')
    expect(codeOf(await createApiKey(admin, { ...key, role: 'owner' }))).toEqual(['input', 'role'])
    expect(good(await createApiKey(admin, { ...key, role: 'admin' })).apiKey.role).toBe('admin')
    expect(codeOf(await createApiKey(await as('support'), { ...key, role: 'support' }))).toEqual([
      'forbidden',
    ])
  })
})

describe('the tenant of the operators’ own sign-in', () => {
  const resource = { tenantSid: OPERATORS_TENANT, connectionSid: null }

  it('is changed by owners alone', async () => {
    for (const how of ['configure', 'test', 'operate', 'tokens', 'delete'] as const) {
      expect(may(actorOfOperator(await addOperatorRow('admin')), how, resource)).toBe(false)
      expect(may(actorOfOperator(await addOperatorRow('owner')), how, resource)).toBe(true)
    }
    await db.insert(tenants).values({
      sid: OPERATORS_TENANT,
      name: 'Operators',
      plan: 'enterprise',
      createdAt: 1,
    })
    const admin = await as('admin')
    const name = { name: 'Okta' }
    expect(codeOf(await createConnection(admin, OPERATORS_TENANT, name))).toEqual(['forbidden'])
    expect(codeOf(await editTenant(admin, OPERATORS_TENANT, name))).toEqual(['forbidden'])
    const user = { email: 'eve@vendor.example' }
    expect(codeOf(await addUser(admin, OPERATORS_TENANT, user))).toEqual(['forbidden'])
    good(await createConnection(await as('owner'), OPERATORS_TENANT, name))
  })

  it('operators_tenant: has neither setup links nor keys, for owners too', async () => {
    await db.insert(tenants).values({
      sid: OPERATORS_TENANT,
      name: 'Operators',
      plan: 'enterprise',
      createdAt: 1,
    })
    const owner = await as('owner')
    const { sid } = good(await createConnection(owner, OPERATORS_TENANT, { name: 'Okta' }))
    const link = { name: 'ann', capabilities: [], expiresInMinutes: 60 }
    expect(codeOf(await createSetupLink(owner, sid, link))).toEqual(['operators_tenant'])
    const key = {
      name: 'ci',
      tenantSid: OPERATORS_TENANT,
      role: 'admin',
      expiresInDays: 1,
    } as const
    expect(codeOf(await createApiKey(owner, key))).toEqual(['operators_tenant'])
  })
})
