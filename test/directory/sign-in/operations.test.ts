// Sign-in decisions from the database: who is told what, and at what cost.
import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { tenantAdmin } from '../../../src/events/actor.ts'
import { openDatabase } from '../../../src/platform/db/client.ts'
import { breakGlass, connections, tenants } from '../../../src/platform/db/schema.ts'
import { decideFor, decideSignIns } from '../../../src/directory/sign-in/operations.ts'
import { codeOf, good, request } from '../../support/request.ts'
import { createWorld, db, type World } from '../../support/world.ts'

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
        userSid: enforced,
      },
      {
        email: emails[1],
        decision: 'password',
        reason: 'user_unknown',
        connectionSid: null,
        userSid: null,
      },
      {
        email: emails[2],
        decision: 'choice',
        reason: 'sso_enabled',
        connectionSid,
        userSid: enabled,
      },
      {
        email: emails[3],
        decision: 'password',
        reason: 'sso_off',
        connectionSid: null,
        userSid: off,
      },
      {
        email: emails[4],
        decision: 'password',
        reason: 'user_unknown',
        connectionSid: null,
        userSid: null,
      },
      {
        email: emails[5],
        decision: 'password',
        reason: 'user_unknown',
        connectionSid: null,
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
    const told = await answers(emails, request(tenantAdmin('ci', world.tenantSid)))
    const nobody = { decision: 'password', reason: 'sso_off', connectionSid: null, userSid: null }
    expect(told).toEqual(emails.map((email) => ({ email, ...nobody })))
    const [own] = await answers(
      ['gone@tenant.example'],
      request(tenantAdmin('ci', world.tenantSid)),
    )
    expect(own).toMatchObject({ decision: 'refused', reason: 'user_suspended' })
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
    let rowsRead = 0
    const prepare = (query: string) => {
      const wrap = (statement: D1PreparedStatement): D1PreparedStatement =>
        ({
          bind: (...values: unknown[]) => wrap(statement.bind(...values)),
          async raw() {
            const { results, meta } = await statement.all<Record<string, unknown>>()
            rowsRead += meta.rows_read
            return results.map((row) => Object.values(row))
          },
        }) as unknown as D1PreparedStatement
      return wrap(env.DB.prepare(query))
    }
    const counted = openDatabase({ prepare } as unknown as D1Database)
    const ask = async (emails: string[]) => {
      rowsRead = 0
      good(await decideSignIns({ ...request(), db: counted }, emails))
      return rowsRead
    }
    for (let n = 0; n < 100; n++)
      await world.addUser(`u${n}@tenant.example`, { signInMethod: 'sso_enforced' })
    const emails = Array.from({ length: 100 }, (_, n) => `u${n}@tenant.example`)
    const before = { one: await ask(['u1@tenant.example']), hundred: await ask(emails) }
    await db.run(sql`INSERT INTO users (sid, tenant_sid, email, email_key, sign_in_method, created_at, updated_at)
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
      SELECT 'US' || n, ${world.tenantSid}, n || '@x.example', n || '@x.example', 'password', 1, 1 FROM number`)
    expect({ one: await ask(['u1@tenant.example']), hundred: await ask(emails) }).toEqual(before)
    expect(before).toEqual({ one: 4, hundred: 400 })
    console.log(`rows read by decisions: ${JSON.stringify(before)}`)
    await db.run(sql`DELETE FROM users WHERE created_at = 1 AND tenant_sid = ${world.tenantSid}`)
  })
})
