// What SCIM costs: by key, as many rows among 20,000 users as among a few; in a list, no more than
// the list is long.
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countingDatabase } from '../support/counting.ts'
import { forgetWebhooks } from '../support/webhook-endpoint.ts'
import { createWorld, db } from '../support/world.ts'
import { NO_COST } from '../support/wrap-d1.ts'
import { ENTRA_USER, filtered, openService, patch, type Service } from './service.ts'

const { binding, cost } = countingDatabase()
const counted = { ...env, DB: binding }

// An endpoint of the vendor costs each event a row.
beforeAll(() => forgetWebhooks())
afterAll(() =>
  db.batch([
    db.run(sql`DELETE FROM scim_users WHERE user_sid LIKE 'USmany%'`) as never,
    db.run(sql`DELETE FROM users WHERE sid LIKE 'USmany%'`) as never,
  ]),
)

async function addMany(tenantSid: string, connectionSid: string, number: number) {
  await db.run(sql`INSERT INTO users (sid, tenant_sid, email, email_key, sign_in_method, created_at, updated_at)
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${number})
    SELECT 'USmany' || ${tenantSid} || n, ${tenantSid}, 'many' || n || ${tenantSid}, 'many' || n || ${tenantSid}, 'password', n, n FROM number`)
  await db.run(sql`INSERT INTO scim_users (connection_sid, user_sid, user_name, user_name_key, external_id, active, created_at, updated_at)
    SELECT ${connectionSid}, sid, email, email_key, sid, 1, 1, 1 FROM users WHERE tenant_sid = ${tenantSid} AND sid LIKE 'USmany%'`)
}

async function measure({ ask }: Service, name: string) {
  const user = { ...ENTRA_USER, userName: name, externalId: name, emails: undefined }
  const costs: Record<string, [trips: number, rowsRead: number]> = {}
  const of = async (step: string, ...given: Parameters<Service['ask']>) => {
    Object.assign(cost, NO_COST)
    const [method, path, body, headers] = given
    const noteCost = () => {
      costs[step] = [cost.trips, cost.rowsRead]
    }
    const answer = await ask(method, path, body, headers, counted, noteCost)
    expect([step, answer.status]).toEqual([step, expect.toSatisfy((status) => status < 300)])
    return answer
  }
  // The first use of a token is noted.
  await ask('GET', '/Groups')
  await of('find nobody', 'GET', filtered(`userName eq "${name}"`))
  const { id } = (await of('create', 'POST', '/Users', user)).body
  await of('find by userName', 'GET', filtered(`userName eq "${name}"`))
  await of('find by externalId', 'GET', filtered(`externalId eq "${name}"`))
  await of('find by e-mail', 'GET', filtered(`emails[type eq "work"].value eq "${name}"`))
  await of('get', 'GET', `/Users/${id}`)
  const changed = { op: 'Replace', path: 'name.familyName', value: 'New' }
  await of('change', 'PATCH', `/Users/${id}`, patch(changed))
  await of('change nothing', 'PATCH', `/Users/${id}`, patch(changed))
  await of('replace', 'PUT', `/Users/${id}`, { ...user, displayName: 'New' })
  const off = patch({ op: 'Replace', path: 'active', value: 'False' })
  await of('deactivate', 'PATCH', `/Users/${id}`, off)
  await of('delete', 'DELETE', `/Users/${id}`)
  await of('create again', 'POST', '/Users', user)
  return costs
}

it('reads as many rows among 20,000 users as among a few', async () => {
  const service = await openService()
  const before = await measure(service, 'few@tenant.example')
  await addMany(service.tenantSid, service.connectionSid, 10_000)
  const other = await createWorld()
  await addMany(other.tenantSid, other.connectionSid, 10_000)
  const after = await measure(service, 'many@tenant.example')
  console.log(`trips and rows read: ${JSON.stringify(after)}`)
  for (const [step, [trips, rows]] of Object.entries(after)) {
    expect(trips, step).toBe(before[step]![0])
    expect(trips, step).toBeLessThanOrEqual(4)
    // An index that is not empty any more is looked at a row further.
    expect(rows, step).toBeLessThanOrEqual(before[step]![1] + 6)
    // A deactivation looks whether it is a break-glass owner's. What happened is offered to each
    // endpoint of the vendor: as many as other tests made. Who is new is counted, and found by words;
    // who has a new name loses those of the old one.
    const most: Partial<Record<string, number>> = { deactivate: 48, change: 56, replace: 56 }
    expect(rows, step).toBeLessThanOrEqual(most[step] ?? 38)
  }
})

it('goes through no more than a list may have', async () => {
  const service = await openService()
  await addMany(service.tenantSid, service.connectionSid, 12_000)
  const other = await createWorld()
  await addMany(other.tenantSid, other.connectionSid, 8000)
  Object.assign(cost, NO_COST)
  const first = await service.ask('GET', '/Users?count=100', undefined, {}, counted)
  // One more than is listed: there are more.
  expect(first.body).toMatchObject({ totalResults: 10_001, itemsPerPage: 100 })
  const ofFirst = cost.rowsRead
  Object.assign(cost, NO_COST)
  const last = await service.ask('GET', '/Users?startIndex=9901', undefined, {}, counted)
  expect(last.body).toMatchObject({ totalResults: 10_001, itemsPerPage: 100 })
  console.log(`a list of 10,000: ${ofFirst} rows for the first page, ${cost.rowsRead} for the last`)
  expect(cost.rowsRead).toBeLessThanOrEqual(100_000)
  const beyond = await service.ask('GET', '/Users?startIndex=10001')
  expect(beyond.body).toMatchObject({ scimType: 'tooMany' })
})
