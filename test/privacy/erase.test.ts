// Erasing a person: no column of either database has a trace of them, logins of others go on, and
// whoever gets the address later inherits nothing.
import { env } from 'cloudflare:workers'
import { and, eq, getTableColumns, getTableName, isNull } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { addUser } from '../../src/directory/operations.ts'
import { putUser } from '../../src/directory/user-operations.ts'
import { readConfig } from '../../src/env.ts'
import { chainEvents } from '../../src/events/chain/extend.ts'
import { verifyChain } from '../../src/events/chain/operations.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { hashSecret } from '../../src/platform/secret.ts'
import {
  accounts,
  erasures,
  logoutDeliveries,
  mails,
  memberships,
  nameIDs,
  sessions,
  users,
} from '../../src/platform/db/schema.ts'
import type { Erasure } from '../../src/privacy/erasure.ts'
import { continueErasures, getErasure } from '../../src/privacy/operations.ts'
import { eraseUser, previewUserErasure } from '../../src/privacy/people.ts'
import { tenantAdmin } from '../../src/events/actor.ts'
import { codeOf, good, request } from '../support/request.ts'
import { attemptCode, clearDatabase, db } from '../support/world.ts'
import { PLAIN, UNDER_WAY } from './columns.ts'
import { scan, TABLES } from './scan.ts'
import {
  COLLEAGUE,
  createWholePerson,
  EMAIL,
  EXTERNAL_ID,
  TRACES,
  type WholePerson,
} from './whole-person.ts'

const MINUTE = 60_000

/** `table.column` of all text that can name a person. */
const personal = TABLES.flatMap((table) =>
  Object.values(getTableColumns(table))
    .filter((column) => column.getSQLType() === 'text')
    .map(({ name }) => ({ table: getTableName(table), name }))
    .filter(({ table: of, name }) => !PLAIN[of]?.split(' ').includes(name))
    .map(({ table: of, name }) => `${of}.${name}`),
).filter((name) => name !== UNDER_WAY)

/** Runs the job with a small budget, again and again, until nothing is due. */
async function finish(now: number): Promise<void> {
  const context = { ...request({ kind: 'maintenance' }), now }
  for (let run = 0; run < 200; run++) {
    const { left } = await continueErasures(context, { statements: 6, until: Infinity })
    if (left === 0) return
  }
  throw new Error('the erasure does not end')
}

let person: WholePerson
let before: Record<string, string[]>
let erased: Erasure

beforeAll(async () => {
  await clearDatabase()
  person = await createWholePerson()
  before = await scan(TRACES)
  const { keySecrets: secrets } = readConfig(env)
  await chainEvents({ db, secrets, now: Date.now() })
  erased = good(await eraseUser(request(), person.userSid, { confirm: EMAIL }))
}, 120_000)

describe('an erasure', () => {
  it('begins with traces in every column that can have one', () => {
    expect(Object.keys(before).toSorted()).toEqual(personal.toSorted())
  })

  it('leaves none in any column of both databases', async () => {
    const left = await scan(TRACES)
    // What it looks for is kept until the second look.
    delete left[UNDER_WAY]
    expect(left).toEqual({})
    await finish(erased.createdAt + 5 * MINUTE)
    expect(await scan(TRACES)).toEqual({})
    const receiver = await hashSecret(EMAIL)
    expect(await db.$count(mails, eq(mails.receiverHash, receiver))).toBe(0)
  })

  it('leaves a record of who, when and how much, and an event', async () => {
    const record = good(await getErasure(request(), erased.sid))
    expect(record).toMatchObject({
      kind: 'user',
      subjectSid: person.userSid,
      requestedBy: 'operator olga',
      sought: null,
    })
    expect(record.finishedAt).not.toBe(null)
    expect(record.removed).toMatchObject({ users: 1, name_ids: 1, recovery_codes: 10 })
    const [event] = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.type, 'user.erased'))
    expect(event).toMatchObject({ subjectSid: person.userSid, actorId: 'olga', actorName: 'olga' })
  })

  it('leaves an audit trail that verifies: its details are erased, not tampered with', async () => {
    const { keySecrets: secrets } = readConfig(env)
    await chainEvents({ db, secrets, now: Date.now() })
    const chain = person.world.tenantSid
    const page = { chain, cursor: null, limit: 1000 }
    const { erased: count, faults, verified } = good(await verifyChain(request(), page, secrets))
    expect(faults).toEqual([])
    expect(count).toBeGreaterThan(10)
    expect(verified).toBeGreaterThan(count)
  })

  it('ends the sessions, and tells the apps', async () => {
    const open = and(eq(sessions.userSid, person.userSid), isNull(sessions.endedAt))
    expect(await db.$count(sessions, open)).toBe(0)
    const told = eq(logoutDeliveries.userSid, person.userSid)
    expect(await db.$count(logoutDeliveries, told)).toBeGreaterThan(0)
    const { arrived } = await person.world.login(EMAIL, person.answer)
    expect(await attemptCode(arrived)).toBe('user_unknown')
  })

  it('leaves colleagues alone: their session, their login, their address', async () => {
    const open = and(eq(sessions.userSid, person.colleagueSid), isNull(sessions.endedAt))
    expect(await db.$count(sessions, open)).toBe(1)
    const { finished } = await person.world.login(COLLEAGUE)
    expect(finished?.status).toBe(302)
    const [colleague] = await db.select().from(users).where(eq(users.sid, person.colleagueSid))
    expect(colleague).toMatchObject({ email: COLLEAGUE, firstName: 'Joan' })
    expect(await db.$count(accounts)).toBe(1)
  })
})

it('lets a new person have the address, who inherits nothing', async () => {
  const { tenantSid } = person.world
  const added = good(await addUser(request(), tenantSid, { email: EMAIL, externalID: EXTERNAL_ID }))
  expect(added.sid).not.toBe(person.userSid)
  expect(added).toMatchObject({ signInMethod: 'password', firstName: null, hasPassword: true })
  expect(await db.$count(memberships, eq(memberships.userSid, added.sid))).toBe(0)
  expect(await db.$count(nameIDs, eq(nameIDs.userSid, added.sid))).toBe(0)
  // The claim is gone with them: the vendor's system may say what it says.
  const put = { email: EMAIL, externalID: EXTERNAL_ID, firstName: 'Una' }
  expect(good(await putUser(request(), tenantSid, put)).user.sid).toBe(added.sid)
})

it('is for operators, who repeat the address', async () => {
  const { tenantSid } = person.world
  const admin = tenantAdmin({ id: 'carla', name: 'carla' }, tenantSid)
  const confirm = COLLEAGUE
  expect(codeOf(await eraseUser(request(admin), person.colleagueSid, { confirm }))).toEqual([
    'forbidden',
  ])
  expect(codeOf(await previewUserErasure(request(admin), person.colleagueSid))).toEqual([
    'forbidden',
  ])
  const wrong = await eraseUser(request(), person.colleagueSid, { confirm: EMAIL })
  expect(codeOf(wrong)).toEqual(['input', 'confirm'])
  expect(codeOf(await eraseUser(request(), person.userSid, { confirm: EMAIL }))).toEqual([
    'not_there',
  ])
  expect(await db.$count(erasures)).toBe(1)
})
