// Off-boarding a tenant and deleting single things: what is refused, what goes, and who stays.
import { env } from 'cloudflare:workers'
import { eq, getTableColumns, getTableName, is, sql } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { changeState } from '../../src/connections/operations.ts'
import { editClient } from '../../src/clients/operations.ts'
import { getTenant } from '../../src/directory/operations.ts'
import { readConfig } from '../../src/env.ts'
import { chainEvents } from '../../src/events/chain/extend.ts'
import { verifyChain } from '../../src/events/chain/operations.ts'
import {
  accounts,
  clients,
  connections,
  rollouts,
  sessions,
  users,
} from '../../src/platform/db/schema.ts'
import { deleteThing, previewDeletion, type NamedThing } from '../../src/privacy/deletions.ts'
import { exportTenant, exportUser } from '../../src/privacy/export-operations.ts'
import { continueErasures } from '../../src/privacy/operations.ts'
import { codeOf, good, request } from '../support/request.ts'
import { clearDatabase, createWorld, db, history } from '../support/world.ts'
import { TABLES } from './scan.ts'
import { createWholePerson, TRACES, type WholePerson } from './whole-person.ts'

let person: WholePerson
let other: Awaited<ReturnType<typeof createWorld>>
beforeAll(async () => {
  await clearDatabase()
  person = await createWholePerson()
  other = await createWorld()
  await other.addUser('eve@other.example')
  await other.login('eve@other.example')
}, 120_000)

/** `table.column` of each that names the SID. */
async function findSid(sid: string): Promise<string[]> {
  const found: string[] = []
  for (const table of TABLES.filter((one) => is(one, SQLiteTable)))
    for (const { name } of Object.values(getTableColumns(table))) {
      const where = sql`SELECT 1 FROM ${table}
        WHERE instr(CAST(${sql.identifier(name)} AS TEXT), ${sid}) > 0 LIMIT 1`
      const isThere = (database: typeof db) => database.all(where).catch(() => [])
      const rows = [...(await isThere(db)), ...(await isThere(history))]
      if (rows.length > 0) found.push(`${getTableName(table)}.${name}`)
    }
  return found
}

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const line of lines) text += line
  return text
}

const confirmed = (thing: NamedThing, confirm: string, withoutExport?: boolean) =>
  deleteThing(request(), thing, { confirm, withoutExport })

describe('an export', () => {
  it('of a person has all that is held, and no secret', async () => {
    const text = await textOf(good(await exportUser(request(), person.userSid)))
    for (const trace of TRACES) expect(text.toLowerCase()).toContain(trace.toLowerCase())
    expect(text).not.toMatch(/hash"|secret"|unsubscribe/i)
    const tables = new Set(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { table?: string }).table),
    )
    for (const table of ['users', 'sessions', 'name_ids', 'recovery_codes', 'events', 'attempts'])
      expect([...tables]).toContain(table)
  })

  it('of a tenant comes in parts, has every table, and nothing of another tenant', async () => {
    const { tenantSid } = person.world
    let text = ''
    let parts = 0
    let cursor: Parameters<typeof exportTenant>[2] = null
    do {
      const made = await exportTenant(request(), tenantSid, cursor, (next) => JSON.stringify(next))
      const part = await textOf(good(made))
      text += part
      const { next } = JSON.parse(part.trim().split('\n').at(-1)!) as { next: string | null }
      cursor = next === null ? null : (JSON.parse(next) as typeof cursor)
      parts++
    } while (cursor && parts < 50)
    expect(cursor).toBe(null)
    expect(parts).toBeGreaterThan(1)
    for (const trace of TRACES) expect(text.toLowerCase()).toContain(trace.toLowerCase())
    expect(text).not.toContain(other.tenantSid)
    expect(text).not.toContain('eve@other.example')
    expect(text).not.toMatch(/hash"|secret"|unsubscribe/i)
  })
})

describe('a deletion', () => {
  it('is refused while the thing is in use, and where the name is another one', async () => {
    const { connectionSid } = person.world
    const { sid: clientSid, name } = person.app.client
    const connection = { kind: 'connection', name: connectionSid } as const
    expect(codeOf(await confirmed(connection, 'Tenant'))).toEqual(['input', 'confirm'])
    const [row] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
    expect(codeOf(await confirmed(connection, row!.name))).toEqual(['still_in_use'])
    expect(codeOf(await confirmed({ kind: 'client', name: clientSid }, name))).toEqual([
      'still_in_use',
    ])
  })

  it('of an app, an account and a rollout leaves people', async () => {
    const { sid, name } = person.app.client
    good(await editClient(request(), sid, { disabled: true }, undefined))
    good(await confirmed({ kind: 'client', name: sid }, name))
    expect(await db.$count(clients, eq(clients.sid, sid))).toBe(0)
    const [account] = await db.select().from(accounts)
    const { tenantSid } = person.world
    good(await confirmed({ kind: 'account', name: account!.sid, tenantSid }, account!.name))
    expect(await db.$count(accounts)).toBe(0)
    const [rollout] = await db.select().from(rollouts)
    good(await confirmed({ kind: 'rollout', name: rollout!.sid }, rollout!.name))
    expect(await db.$count(rollouts, eq(rollouts.sid, rollout!.sid))).toBe(0)
    expect(await db.$count(users, eq(users.sid, person.userSid))).toBe(1)
  })

  it('of a connection gives its people their passwords back', async () => {
    const gone = await createWorld()
    const userSid = await gone.addUser('pat@gone.example', { signInMethod: 'sso_enforced' })
    await gone.login('pat@gone.example')
    good(await changeState(request(), gone.connectionSid, 'suspend'))
    const thing = { kind: 'connection', name: gone.connectionSid } as const
    const { effects } = good(await previewDeletion(request(), thing))
    expect(effects.users).toBe(1)
    good(await confirmed(thing, 'Tenant IdP'))
    const [user] = await db.select().from(users).where(eq(users.sid, userSid))
    expect(user).toMatchObject({ signInMethod: 'password', connectionSid: null })
    const left = await findSid(gone.connectionSid)
    expect(left.filter((column) => !/^(?:event|erasures|spent|outbox)/.test(column))).toEqual([])
  })
})

describe('off-boarding', () => {
  it('needs an export, or somebody who says that nobody needs one', async () => {
    const thing = { kind: 'tenant', name: other.tenantSid } as const
    expect(codeOf(await confirmed(thing, 'Tenant'))).toEqual(['export_first'])
    expect((await getTenant(request(), other.tenantSid)).ok).toBe(true)
  })

  it('turns the tenant off at once, and leaves its SIDs in the audit trail alone', async () => {
    const { tenantSid, connectionSid } = person.world
    const thing = { kind: 'tenant', name: tenantSid } as const
    const { name } = good(await previewDeletion(request(), thing))
    const begun = good(await confirmed(thing, name))
    expect(codeOf(await getTenant(request(), tenantSid))).toEqual(['not_there'])
    const open = eq(sessions.connectionSid, connectionSid)
    expect(await db.$count(sessions, open)).toBe(0)
    const job = { ...request({ kind: 'maintenance' }), now: begun.createdAt + 6 * 60_000 }
    for (let run = 0; run < 50; run++)
      await continueErasures(job, { statements: 8, until: Infinity })
    for (const sid of [tenantSid, connectionSid, person.userSid]) {
      const left = await findSid(sid)
      const kept =
        /^(?:events|event_chain|event_checkpoints|erasures|spent|outbox|logout_deliveries)\./
      expect(left.filter((column) => !kept.test(column))).toEqual([])
    }
    const { keySecrets: secrets } = readConfig(env)
    await chainEvents({ db, secrets, now: Date.now() })
    const page = { chain: tenantSid, cursor: null, limit: 1000 }
    expect(good(await verifyChain(request(), page, secrets)).faults).toEqual([])
  })

  it('leaves other customers alone', async () => {
    expect(await db.$count(sessions, eq(sessions.connectionSid, other.connectionSid))).toBe(1)
    await other.addUser('zoe@other.example')
    const { finished } = await other.login('zoe@other.example')
    expect(finished?.status).toBe(302)
  })
})
