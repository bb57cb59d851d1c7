// Each step of a rollout, broken off at every question to the database, before it was carried out
// or after, when nobody hears the answer any more. Repeating the call ends in the same state, and
// the audit trail tells nothing twice.
import { env } from 'cloudflare:workers'
import { asc, eq } from 'drizzle-orm'
import { afterAll, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/platform/db/client.ts'
import { connections, rolloutMembers, rollouts, users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import type { OperationContext } from '../../src/events/operation-context.ts'
import type { Problem } from '../../src/problem.ts'
import type { Result } from '../../src/result.ts'
import { CHUNK } from '../../src/rollout/list/store/freezing.ts'
import {
  decideMembers,
  enable,
  enforce,
  enforceDue,
  freeze,
  getRollout,
  inform,
  refreshFindings,
  rollBack,
} from '../../src/rollout/operations.ts'
import { wrapD1 } from '../support/wrap-d1.ts'
import { createCustomer, db, good, type Customer } from './customer.ts'

const EMAILS = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@tenant.example`)

type Scene = { c: Customer; sid: string; version: number }
type Step = {
  name: string
  /** As far as the step begins. */
  prepare: (c: Customer, sid: string) => Promise<number>
  /** One call of it; true: it says that it is done. A `Resume` is what the caller remembers. */
  call: (scene: Scene, ask: OperationContext, resume: { after?: string }) => Promise<boolean>
}

const isDone = (outcome: Result<{ done: boolean }, Problem>) => good(outcome).done

const STEPS: Step[] = [
  {
    name: 'freeze',
    prepare: async () => 1,
    async call({ sid }, ask) {
      // Freezing what is frozen makes the next version: a caller without an answer looks first.
      const { version, frozen } = good(await getRollout(ask, sid))
      return (version > 0 && frozen) || isDone(await freeze(ask, sid))
    },
  },
  {
    name: 'look again',
    prepare: async (c, sid) => {
      const version = await c.frozen(sid)
      await db.update(users).set({ suspendedAt: 1 }).where(eq(users.emailKey, EMAILS[1]!))
      return version
    },
    call: async ({ sid }, ask) => isDone(await refreshFindings(ask, sid)),
  },
  {
    name: 'decide',
    prepare: (c, sid) => c.reviewed(sid),
    async call({ sid, version }, ask, resume) {
      const rows = { finding: null, after: resume.after }
      const decision = { included: false, reason: 'later' }
      const { next } = good(await decideMembers(ask, sid, version, rows, decision))
      if (next !== null) resume.after = next
      return next === null
    },
  },
  {
    name: 'enable',
    prepare: (c, sid) => c.reviewed(sid),
    call: async ({ sid, version }, ask) => isDone(await enable(ask, sid, { version })),
  },
  {
    name: 'inform',
    prepare: (c, sid) => c.enabled(sid),
    call: async ({ sid, version }, ask) => isDone(await inform(ask, sid, { version })),
  },
  {
    name: 'enforce',
    prepare: (c, sid) => c.approved(sid),
    call: async ({ sid, version }, ask) => isDone(await enforce(ask, sid, { version })),
  },
  {
    name: 'enforce at a date',
    async prepare(c, sid) {
      const version = await c.approved(sid)
      await db.update(rollouts).set({ enforceAt: 1 }).where(eq(rollouts.sid, sid))
      return version
    },
    async call({ sid }, ask) {
      // Of all that is due in the database of the tests.
      await enforceDue(ask)
      return good(await getRollout(ask, sid)).enforceAt === null
    },
  },
  {
    name: 'roll back',
    prepare: (c, sid) => c.enforced(sid),
    call: async ({ sid }, ask) => isDone(await rollBack(ask, sid, { to: 'password' })),
  },
  {
    name: 'roll some back',
    prepare: (c, sid) => c.enforced(sid),
    async call({ sid }, ask) {
      const rows = await db.select().from(users).where(eq(users.emailKey, EMAILS[0]!))
      const named = rows.map((user) => user.sid)
      return isDone(await rollBack(ask, sid, { to: 'sso_enabled', users: named }))
    },
  },
]

/** A customer of five people. One has never signed in by SSO, one keeps a password. */
async function open(step: Step): Promise<Scene> {
  const c = await createCustomer({ connection: { state: 'validated' } })
  const people = await c.addPeople(EMAILS)
  await c.signOff()
  await c.addOwner(EMAILS[3])
  await c.prove(people.filter((_, index) => index !== 4))
  const account = await c.addAccount(people)
  const sid = await c.select({ accounts: [account], users: people.slice(0, 2) })
  CHUNK.rows = 1000
  const version = await step.prepare(c, sid)
  CHUNK.rows = 2
  return { c, sid, version }
}

/** What a step has come to, without what differs from one scene to another. */
async function lookAt({ c, sid }: Scene) {
  const [rollout] = await db.select().from(rollouts).where(eq(rollouts.sid, sid))
  const [connection] = await db
    .select()
    .from(connections)
    .where(eq(connections.sid, c.connectionSid))
  const members = await db
    .select({ member: rolloutMembers, method: users.signInMethod })
    .from(rolloutMembers)
    .innerJoin(users, eq(users.sid, rolloutMembers.userSid))
    .where(eq(rolloutMembers.rolloutSid, sid))
    .orderBy(asc(rolloutMembers.version), asc(rolloutMembers.emailKey))
  const told = await db
    .select({ type: recordedEvents.type, after: recordedEvents.after })
    .from(recordedEvents)
    .where(eq(recordedEvents.subjectSid, sid))
    .orderBy(asc(recordedEvents.createdAt))
  const { version, frozen, cursors, rolledBackAt } = rollout!
  const { reviewedVersion, enabledVersion, informedVersion } = rollout!
  const { approvedVersion, enforcedVersion, enforceAt } = rollout!
  return {
    state: {
      rollout: { version, frozen, cursors, isRolledBack: rolledBackAt !== null, enforceAt },
      steps: {
        reviewedVersion,
        enabledVersion,
        informedVersion,
        approvedVersion,
        enforcedVersion,
      },
      connection: connection!.state,
      people: members.map(({ member, method }) => [
        member.version,
        member.emailKey,
        method,
        member.included,
        member.reason,
        member.findings.join(' '),
        member.skipped,
        [member.enabledAt, member.informedAt, member.enforcedAt].map((at) => at !== null),
      ]),
    },
    // Chunks are in the order of random SIDs: how many each has is not the same in every scene.
    audit: sumOf(told),
  }
}

/** How many users the audit trail says of each action, and what else it says, each thing once. */
function sumOf(told: { type: string; after: Record<string, unknown> | null }[]) {
  const sums: Record<string, { users: number; said: string[] }> = {}
  for (const { type, after } of told) {
    const { users: counted, ...rest } = after ?? {}
    // Its last part tells by the type of the whole, whichever part that is.
    const whole = type.replace('rollout.people_en', 'rollout.en')
    const sum = (sums[whole] ??= { users: 0, said: [] })
    if (typeof counted === 'number') sum.users += counted
    // Accounts and users have other SIDs in every scene.
    const words = JSON.stringify(rest).replace(/[A-Z]{2}[0-9a-f]{32}/g, 'SID')
    if (!sum.said.includes(words)) sum.said.push(words)
  }
  return sums
}

/**
 * A database that is gone with the question of this number: before it was carried out, or after.
 */
function breakingAt(at: number, when: 'before' | 'after') {
  const asked = { trips: 0 }
  const binding = wrapD1(env.DB, async (trip) => {
    const number = ++asked.trips
    if (number > at || (number === at && when === 'before')) throw new Error('broken off')
    const results = await trip()
    if (number === at) throw new Error('broken off')
    return results
  })
  return { asked, db: openDatabase(binding) }
}

async function finish(step: Step, scene: Scene, database: Database, resume: { after?: string }) {
  for (let calls = 0; calls < 50; calls++)
    if (await step.call(scene, { ...scene.c.ask(), db: database }, resume)) return
  throw new Error('a step that never ends')
}

afterAll(() => {
  CHUNK.rows = 1000
})

it.for(STEPS)('goes on with "$name" wherever it was broken off', async (step) => {
  const whole = await open(step)
  const { asked, db: counted } = breakingAt(Infinity, 'before')
  await finish(step, whole, counted, {})
  const expected = await lookAt(whole)
  expect(asked.trips).toBeGreaterThan(1)
  let broken = 0
  for (let at = 1; at <= asked.trips; at++)
    for (const when of ['before', 'after'] as const) {
      const scene = await open(step)
      const resume = {}
      const breaking = breakingAt(at, when)
      const gone = await finish(step, scene, breaking.db, resume).catch((error: Error) => {
        for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
          if (cause.message === 'broken off') return true
        throw error
      })
      if (gone) broken++
      await finish(step, scene, db, resume)
      const { state, audit } = await lookAt(scene)
      const place = `${when} question ${at}`
      expect(state, place).toEqual(expected.state)
      expect(audit, place).toEqual(expected.audit)
    }
  // Which rows come in which chunk is chance, and so is the number of the last question.
  expect(broken).toBeGreaterThan(asked.trips)
  console.log(`${step.name}: broken off at ${broken} places`)
})
