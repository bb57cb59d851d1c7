// What sessions cost: as many rows among thousands of others as among a few.
import { sql } from 'drizzle-orm'
import { afterAll, expect, it } from 'vitest'
import { findSession } from '../../src/sessions/store/session.ts'
import { listSessions, revokeSession } from '../../src/sessions/operations.ts'
import { readLocatedSecret } from '../../src/platform/located-secret.ts'
import { countingDatabase } from '../support/counting.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'
import { NO_COST } from '../support/wrap-d1.ts'
import { LIFETIME, openPeople } from './stage.ts'

const { db: counted, cost } = countingDatabase()

async function costOf(work: () => Promise<unknown>) {
  Object.assign(cost, NO_COST)
  await work()
  return { ...cost }
}

afterAll(() => db.run(sql`DELETE FROM sessions WHERE sid LIKE 'SE%many%'`))

it('reads as many rows among 20,000 sessions of a connection as among two', async () => {
  const { world, people } = await openPeople('ann@tenant.example', 'bob@tenant.example')
  const { session, browser } = people[0]!
  const key = (await readLocatedSecret('SE', browser.cookies.get('__Host-session')!))!
  const asked = { ...request(), db: counted }
  const page = { limit: 10, after: null }
  const steps: Record<string, () => Promise<unknown>> = {
    find: () => findSession(counted, key, session.createdAt + 120_000, LIFETIME),
  }
  for (const of of [
    { userSid: session.userSid },
    { connectionSid: world.connectionSid },
    { tenantSid: world.tenantSid },
  ])
    for (const open of [true, false])
      steps[`list ${Object.keys(of)[0]} ${open ? 'open' : 'all'}`] = async () =>
        good(await listSessions(asked, of, page, LIFETIME, open))
  const measure = async () => {
    const rows: Record<string, number> = {}
    for (const [name, step] of Object.entries(steps)) rows[name] = (await costOf(step)).rowsRead
    return rows
  }
  const before = await measure()
  // A month of them, each over; those of Ann among them.
  await db.run(sql`INSERT INTO sessions (sid, token_hash, user_sid, connection_sid, attempt_sid, principal, created_at, last_seen_at, expires_at)
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
    SELECT printf('SE%012xmany%d', ${session.createdAt} - 86400000 - n, n), 'many' || n, CASE n % 100 WHEN 0 THEN ${session.userSid} ELSE ${people[1]!.session.userSid} END,
      ${world.connectionSid}, 'AT', '{}', ${session.createdAt} - 86400000 - n, 1, ${session.createdAt} - 60000000 FROM number`)
  const after = await measure()
  console.log(`rows read: ${JSON.stringify({ before, after })}`)
  expect(after['find']).toBe(before['find'])
  for (const [name, rows] of Object.entries(after))
    // A page of eleven, each with its user and connection.
    expect(rows, name).toBeLessThanOrEqual(name.endsWith('all') ? 100 : before[name]! + 4)
  const revoked = await costOf(async () => good(await revokeSession(asked, session.sid, LIFETIME)))
  expect(revoked.rowsRead).toBeLessThanOrEqual(30)
  console.log(`to revoke one: ${JSON.stringify(revoked)}`)
})
