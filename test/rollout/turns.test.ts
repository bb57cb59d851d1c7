// Whose turn it is: each step that waits is stored once, told by one event, and gone when done.
import { and, eq, inArray } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  connections,
  events,
  memberships,
  signOffs,
  testers,
  turns,
  users,
} from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { createConnection } from '../../src/connections/operations.ts'
import { addException } from '../../src/directory/exceptions/operations.ts'
import { editTenant } from '../../src/directory/operations.ts'
import {
  approve,
  enable,
  enforce,
  freeze,
  inform,
  listTurns,
  passTurns,
  review,
  rollBack,
  setNotice,
} from '../../src/rollout/operations.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'
import { createCustomer, type Customer } from './customer.ts'

let customer: Customer
beforeEach(async () => {
  customer = await createCustomer()
})

const waiting = async (connectionSid: string = customer.connectionSid) => {
  const { tenantSid } = customer
  const found = good(await listTurns(request(), { tenantSid, connectionSid }))
  return found.map(({ side, step }) => `${side} ${step}`)
}
const told = async (subjectSid: string) => {
  const rows = await db
    .select({ sid: events.sid })
    .from(events)
    .where(and(eq(events.subjectSid, subjectSid), eq(events.type, 'turn.began')))
  return rows.length
}

describe('a connection', () => {
  it('goes from the customer’s details to both results, each told once', async () => {
    const { tenantSid } = customer
    const { sid } = good(await createConnection(request(), tenantSid, { name: 'New' }))
    const set = (values: Partial<typeof connections.$inferInsert>) =>
      db.update(connections).set(values).where(eq(connections.sid, sid))
    expect(await waiting(sid)).toEqual(['customer enter_idp'])
    expect(await waiting(sid)).toEqual(['customer enter_idp'])
    expect(await told(sid)).toBe(1)
    await set({ idpInitiated: 'accept', entityID: 'https://idp.new.example' })
    // Without a certificate it is not complete.
    expect(await waiting(sid)).toEqual(['customer enter_idp'])
    await set({ state: 'testing' })
    expect(await waiting(sid)).toEqual(['customer test'])
    await db.insert(testers).values({
      connectionSid: sid,
      userSid: (await customer.addPeople([`${sid}@x.example`]))[0]!,
      createdBy: 'olga',
      createdAt: 1,
    })
    const result = (side: 'vendor' | 'customer', verdict: 'pass' | 'fail') =>
      db
        .insert(signOffs)
        .values({ connectionSid: sid, revision: 1, side, verdict, name: side, createdAt: 1 })
        .onConflictDoUpdate({
          target: [signOffs.connectionSid, signOffs.revision, signOffs.side],
          set: { verdict },
        })
    await set({ revision: 1 })
    await result('vendor', 'pass')
    expect(await waiting(sid)).toEqual(['customer sign_off'])
    await result('customer', 'fail')
    expect(await waiting(sid)).toEqual(['operator resolve_failure'])
    await result('customer', 'pass')
    expect(await waiting(sid)).toEqual([])
    await set({ state: 'validated' })
    expect(await waiting(sid)).toEqual(['operator create_rollout'])
    expect(await told(sid)).toBe(5)
  })

  it('of a suspended tenant waits for nothing', async () => {
    const { tenantSid } = customer
    const { sid } = good(await createConnection(request(), tenantSid, { name: 'New' }))
    expect(await waiting(sid)).toEqual(['customer enter_idp'])
    good(await editTenant(request(), tenantSid, { suspended: true }))
    expect(await waiting(sid)).toEqual([])
  })

  it('is no business of another tenant', async () => {
    const other = await createCustomer()
    const { tenantSid, connectionSid } = other
    const asked = await listTurns(customer.ask(customer.admin), { tenantSid, connectionSid })
    expect(codeOf(asked)).toEqual(['not_there'])
    expect(codeOf(await listTurns(customer.ask(customer.admin), {}))).toEqual(['not_there'])
  })
})

describe('a rollout', () => {
  it('goes from side to side, each step told once', async () => {
    const { ask, admin, finish } = customer
    const people = await customer.addPeople(['ann@tenant.example', 'ben@tenant.example'])
    await customer.signOff()
    await customer.addOwner()
    await customer.prove(people)
    const sid = await customer.select({ users: people })
    const seen: string[][] = [await waiting()]
    const step = async (work: () => Promise<unknown>) => {
      await work()
      // However many look at the same time.
      await Promise.all([waiting(), waiting(), passTurns({ db, now: Date.now() })])
      seen.push(await waiting())
    }
    let version = 0
    await step(async () => ({ version } = await finish(() => freeze(ask(), sid))))
    await step(async () => {
      const agreed = { version, includedExistInIdP: true, automaticStayOut: true }
      good(await review(ask(admin), sid, agreed))
    })
    await step(() => finish(() => enable(ask(), sid, { version })))
    await step(async () => {
      const notice = { subject: 'SSO', text: 'From {date}', link: null, date: '2027-01-10' }
      good(await setNotice(ask(admin), sid, notice))
    })
    await step(() => finish(() => inform(ask(), sid, { version })))
    await step(async () => good(await approve(ask(admin), sid, { version })))
    await step(() => finish(() => enforce(ask(), sid, { version })))
    expect(seen).toEqual([
      ['operator select_people'],
      ['customer review'],
      ['operator enable'],
      ['customer write_notice'],
      ['operator inform'],
      ['customer approve'],
      ['operator enforce'],
      [],
    ])
    expect(await told(sid)).toBe(7)
    const left = await db.select().from(turns).where(eq(turns.subjectSid, sid))
    expect(left).toEqual([])
  })

  it('waits since its step began', async () => {
    const sid = await customer.select({ users: await customer.addPeople(['ann@tenant.example']) })
    const began = Date.now()
    await waiting()
    const { tenantSid } = customer
    const later = { ...request(), now: began + 3_600_000 }
    const [turn] = good(await listTurns(later, { tenantSid }))
    expect(turn).toMatchObject({
      step: 'select_people',
      task: 'Select the people of the rollout',
      rollout: { sid, name: 'Everybody' },
    })
    expect(turn!.beganAt).toBeLessThan(began + 60_000)
  })
})

describe('people who came after an enforced list', () => {
  const undecided = async (sid: string) =>
    (await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid)))
      .filter(({ type }) => type === 'rollout.newcomers_undecided')
      .map(({ after }) => after)

  const late = async (emails: string[]) => {
    const sids = await customer.addPeople(emails)
    await db.update(users).set({ createdAt: Date.now() }).where(inArray(users.sid, sids))
    return sids
  }

  it('wait for an operator, told once, until a list or somebody has decided', async () => {
    const { ask, addPeople, addAccount, finish } = customer
    const people = await addPeople(['ann@tenant.example'])
    const account = await addAccount(people)
    await customer.signOff()
    await customer.addOwner()
    await customer.prove(people)
    const sid = await customer.select({ accounts: [account] })
    await customer.enforced(sid)
    expect(await waiting()).toEqual([])
    // Of no selected account.
    await late(['out@tenant.example'])
    expect(await waiting()).toEqual([])
    const [ben, cat, dan] = await late([
      'ben@tenant.example',
      'cat@tenant.example',
      'dan@tenant.example',
    ])
    await db
      .insert(memberships)
      .values([ben, cat, dan].map((userSid) => ({ accountSid: account, userSid: userSid! })))
    await Promise.all([waiting(), waiting(), passTurns({ db, now: Date.now() })])
    expect(await waiting()).toEqual(['operator decide_newcomers'])
    expect(await undecided(sid)).toEqual([{ version: 1, users: 3 }])
    // One is switched on, one may not sign in at all, and one is excepted: nobody is left.
    const { connectionSid } = customer
    await db
      .update(users)
      .set({ signInMethod: 'sso_enabled', connectionSid })
      .where(eq(users.sid, ben!))
    await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, cat!))
    expect(await waiting()).toEqual(['operator decide_newcomers'])
    const until = { reason: 'contractor', expiresAt: Date.now() + 86_400_000 }
    good(await addException(ask(), customer.tenantSid, { user: dan!, ...until }))
    expect(await waiting()).toEqual([])
    // A new list names those who come later.
    const [eve] = await late(['eve@tenant.example'])
    await db.insert(memberships).values({ accountSid: account, userSid: eve! })
    expect(await waiting()).toEqual(['operator decide_newcomers'])
    await finish(() => freeze(ask(), sid))
    expect(await waiting()).toEqual(['customer review'])
    expect(await undecided(sid)).toHaveLength(2)
  })

  it('are nobody of another tenant, and no matter of a rollout that was given back', async () => {
    const people = await customer.addPeople(['ann@tenant.example'])
    await customer.signOff()
    await customer.addOwner()
    await customer.prove(people)
    await customer.verifyDomain('tenant.example')
    const sid = await customer.select({ domains: ['tenant.example'] })
    await customer.enforced(sid)
    const other = await createWorld()
    await other.addUser('ben@tenant.example', { signInMethod: 'password' })
    expect(await waiting()).toEqual([])
    await late(['cat@tenant.example'])
    expect(await waiting()).toEqual(['operator decide_newcomers'])
    await customer.finish(() => rollBack(customer.ask(), sid, { to: 'sso_enabled' }))
    expect(await waiting()).toEqual([])
  })
})

it('is found by the job where nobody looks', async () => {
  const { tenantSid } = customer
  const { sid } = good(await createConnection(request(), tenantSid, { name: 'New' }))
  for (let runs = 0; runs < 30 && (await told(sid)) === 0; runs++)
    await passTurns({ db, now: Date.now() })
  expect(await told(sid)).toBe(1)
})
