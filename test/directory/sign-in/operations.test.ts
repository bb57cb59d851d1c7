// Sign-in decisions from the database: who is told what, and at what cost.
import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { tenantAdmin, type Actor } from '../../../src/events/actor.ts'
import { openDatabase } from '../../../src/platform/db/client.ts'
import { breakGlass, connections, domains, tenants } from '../../../src/platform/db/schema.ts'
import { decideFor, decideSignIns } from '../../../src/directory/sign-in/operations.ts'
import { codeOf, good, request } from '../../support/request.ts'
import { createWorld, db, type World } from '../../support/world.ts'
import { countD1, NO_COST } from '../../support/wrap-d1.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})

async function answers(emails: string[], asked = request()) {
  return good(await decideSignIns(asked, emails))
}

describe('decisions', () => {
  it('come in the order of the question, each e-mail as it was asked', async () => {
    const enabled = await world.addUser('on@tenant.example')
    const enforced = await world.addUser('must@tenant.example', { signInMethod: 'sso_enforced' })
    const off = await world.addUser('off@tenant.example', { signInMethod: 'password' })
    const emails = [
      'MUST@tenant.example',
      'who@x.example',
      'on@Tenant.example',
      'off@tenant.example',
      'no e-mail',
      '',
    ]
    const { connectionSid } = world
    expect(await answers(emails)).toEqual([
      {
        email: emails[0],
        decision: 'sso',
        reason: 'sso_enforced',
        connectionSid,
        secondConnectionSid: null,
        userSid: enforced,
      },
      {
        email: emails[1],
        decision: 'password',
        reason: 'user_unknown',
        connectionSid: null,
        secondConnectionSid: null,
        userSid: null,
      },
      {
        email: emails[2],
        decision: 'choice',
        reason: 'sso_enabled',
        connectionSid,
        secondConnectionSid: null,
        userSid: enabled,
      },
      {
        email: emails[3],
        decision: 'password',
        reason: 'sso_off',
        connectionSid: null,
        secondConnectionSid: null,
        userSid: off,
      },
      {
        email: emails[4],
        decision: 'password',
        reason: 'user_unknown',
        connectionSid: null,
        secondConnectionSid: null,
        userSid: null,
      },
      {
        email: emails[5],
        decision: 'password',
        reason: 'user_unknown',
        connectionSid: null,
        secondConnectionSid: null,
        userSid: null,
      },
    ])
  })

  it('do not tell a tenant’s key who exists elsewhere, nor who has a password', async () => {
    const other = await createWorld()
    await other.addUser('olaf@other.example', { signInMethod: 'sso_enforced' })
    await other.addUser('gone@other.example', { suspendedAt: 1 })
    await world.addUser('off@tenant.example', { signInMethod: 'password' })
    await world.addUser('gone@tenant.example', { suspendedAt: 1 })
    const emails = [
      'olaf@other.example',
      'gone@other.example',
      'off@tenant.example',
      'who@x.example',
      '?',
    ]
    const told = await answers(
      emails,
      request(tenantAdmin({ id: 'ci', name: 'ci' }, world.tenantSid)),
    )
    const nobody = {
      decision: 'password',
      reason: 'sso_off',
      connectionSid: null,
      secondConnectionSid: null,
      userSid: null,
    }
    expect(told).toEqual(emails.map((email) => ({ email, ...nobody })))
    const [own] = await answers(
      ['gone@tenant.example'],
      request(tenantAdmin({ id: 'ci', name: 'ci' }, world.tenantSid)),
    )
    expect(own).toMatchObject({ decision: 'refused', reason: 'user_suspended' })
  })

  describe('in a domain whose newcomers have SSO alone', () => {
    const lead = async (of: World) => {
      const { tenantSid, connectionSid } = of
      await db.delete(domains).where(eq(domains.domain, 'tenant.example'))
      await db
        .update(connections)
        .set({ newcomers: 'sso_enforced' })
        .where(eq(connections.sid, connectionSid))
      await db.insert(domains).values({
        tenantSid,
        domain: 'tenant.example',
        token: 'x',
        connectionSid,
        createdBy: 'operator olga',
        createdAt: 1,
        verifiedAt: 1,
      })
    }

    it('say SSO of an unknown e-mail, and `user_unknown` to operators alone', async () => {
      await lead(world)
      const { connectionSid, tenantSid } = world
      const off = await world.addUser('off@tenant.example', { signInMethod: 'password' })
      const emails = ['who@tenant.example', 'off@tenant.example', 'who@sub.tenant.example']
      const sso = { decision: 'sso', connectionSid, secondConnectionSid: null, userSid: null }
      const password = { decision: 'password', connectionSid: null, secondConnectionSid: null }
      expect(await answers(emails)).toEqual([
        { email: emails[0], ...sso, reason: 'user_unknown' },
        { email: emails[1], ...password, reason: 'sso_off', userSid: off },
        { email: emails[2], ...password, reason: 'user_unknown', userSid: null },
      ])
      const told = await answers(emails, request(tenantAdmin({ id: 'ci', name: 'ci' }, tenantSid)))
      expect(told).toEqual([
        { email: emails[0], ...sso, reason: 'sso_enforced' },
        { email: emails[1], ...sso, reason: 'sso_enforced' },
        { email: emails[2], ...password, reason: 'sso_off', userSid: null },
      ])
    })

    it('do not tell a tenant’s key of another tenant’s connection, nor a link of another one', async () => {
      const other = await createWorld()
      await lead(other)
      const plain = {
        decision: 'password',
        reason: 'sso_off',
        connectionSid: null,
        secondConnectionSid: null,
        userSid: null,
      }
      for (const asked of [
        request(tenantAdmin({ id: 'ci', name: 'ci' }, world.tenantSid)),
        request({
          ...tenantAdmin({ id: 'link', name: 'link' }, other.tenantSid),
          connectionSid: world.connectionSid,
        } as Actor),
      ])
        expect(await answers(['who@tenant.example'], asked)).toEqual([
          { email: 'who@tenant.example', ...plain },
        ])
    })

    it('say the password of everybody while the connection is closed or not tested', async () => {
      await lead(world)
      for (const state of ['draft', 'testing', 'suspended'] as const) {
        await db.update(connections).set({ state }).where(eq(connections.sid, world.connectionSid))
        expect(await decideFor(db, 'who@tenant.example', Date.now()), state).toMatchObject({
          decision: 'password',
        })
      }
    })
  })

  it('follow tenant, connection and exemption as they are now', async () => {
    const userSid = await world.addUser('must@tenant.example', { signInMethod: 'sso_enforced' })
    const reason = async () => {
      const { decision, reason } = await decideFor(db, 'must@tenant.example', Date.now())
      return `${decision} ${reason}`
    }
    const { tenantSid, connectionSid } = world
    expect(await reason()).toBe('sso sso_enforced')
    await db.insert(breakGlass).values({
      tenantSid,
      userSid,
      reason: 'owner',
      createdBy: 'test',
      createdAt: 1,
      expiresAt: Date.now() + 60_000,
    })
    expect(await reason()).toBe('choice break_glass')
    await db.update(breakGlass).set({ endedAt: 1 }).where(eq(breakGlass.userSid, userSid))
    expect(await reason()).toBe('sso sso_enforced')
    await db
      .update(connections)
      .set({ state: 'suspended' })
      .where(eq(connections.sid, connectionSid))
    expect(await reason()).toBe('password connection_suspended')
    await db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, tenantSid))
    expect(await reason()).toBe('password plan_required')
    await db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, tenantSid))
    expect(await reason()).toBe('refused tenant_suspended')
    await db.delete(breakGlass)
  })

  it('never send anybody to another tenant’s IdP', async () => {
    const other = await createWorld()
    await world.addUser('x@tenant.example', {
      signInMethod: 'sso_enforced',
      connectionSid: other.connectionSid,
    })
    expect(await decideFor(db, 'x@tenant.example', Date.now())).toMatchObject({
      decision: 'password',
      connectionSid: null,
    })
  })

  it('are for 1 to 100 e-mails', async () => {
    expect(codeOf(await decideSignIns(request(), []))).toEqual(['input', 'emails'])
    const many = Array.from({ length: 101 }, (_, n) => `${n}@x.example`)
    expect(codeOf(await decideSignIns(request(), many))).toEqual(['input', 'emails'])
    expect(await answers(many.slice(0, 100))).toHaveLength(100)
  })

  it('read a constant number of rows an e-mail, however many users there are', async () => {
    const { binding, cost } = countD1(env.DB)
    const counted = openDatabase(binding)
    const ask = async (emails: string[]) => {
      Object.assign(cost, NO_COST)
      good(await decideSignIns({ ...request(), db: counted }, emails))
      return cost.rowsRead
    }
    for (let n = 0; n < 100; n++)
      await world.addUser(`u${n}@tenant.example`, { signInMethod: 'sso_enforced' })
    const emails = Array.from({ length: 100 }, (_, n) => `u${n}@tenant.example`)
    const before = { one: await ask(['u1@tenant.example']), hundred: await ask(emails) }
    await db.run(sql`INSERT INTO users (sid, tenant_sid, email, email_key, sign_in_method, created_at, updated_at)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
      SELECT 'US' || n, ${world.tenantSid}, n || '@x.example', n || '@x.example', 'password', 1, 1 FROM number`)
    await db.run(sql`INSERT INTO domains (tenant_sid, domain, token, connection_sid, created_by, created_at, verified_at)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 5000)
      SELECT ${world.tenantSid}, n || '.many.example', 't', ${world.connectionSid}, 'x', 1, 1 FROM number`)
    expect({ one: await ask(['u1@tenant.example']), hundred: await ask(emails) }).toEqual(before)
    expect(before).toEqual({ one: 7, hundred: 700 })
    console.log(`rows read by decisions: ${JSON.stringify(before)}`)
    await db.run(sql`DELETE FROM users WHERE created_at = 1 AND tenant_sid = ${world.tenantSid}`)
    await db.run(sql`DELETE FROM domains WHERE created_at = 1 AND tenant_sid = ${world.tenantSid}`)
  })
})
