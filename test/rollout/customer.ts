// A customer ready for a rollout: a live connection that both sides have signedOff, accounts,
// people, and an owner who keeps a password. SignOffs are rows here: how they come about is tested
// in the validation room.
import { and, eq } from 'drizzle-orm'
import { tenantAdmin, type Actor } from '../../src/events/actor.ts'
import {
  accounts,
  signOffs,
  connections,
  domains,
  memberships,
  proofs,
  rolloutMembers,
  users,
} from '../../src/platform/db/schema.ts'
import type { OperationContext } from '../../src/events/operation-context.ts'
import type { Problem } from '../../src/problem.ts'
import type { Result } from '../../src/result.ts'
import {
  addBreakGlass,
  approve,
  createRollout,
  editSelectors,
  enable,
  enforce,
  freeze,
  inform,
  review,
  selectUsers,
  type Enforcement,
} from '../../src/rollout/operations.ts'
import { createSid } from '../../src/ids.ts'
import { codeOf, good, OPERATOR, request as requestOf } from '../support/request.ts'
import { createWorld, db, type WorldSettings } from '../support/world.ts'

export const DAY = 24 * 3600 * 1000

export type Customer = Awaited<ReturnType<typeof createCustomer>>

export async function createCustomer(settings: WorldSettings = {}) {
  const world = await createWorld(settings)
  const { tenantSid, connectionSid } = world
  const admin: Actor = tenantAdmin({ id: 'carla', name: 'carla' }, tenantSid)
  const ask = (actor: Actor = OPERATOR, now = Date.now()): OperationContext => ({
    ...requestOf(actor),
    now,
  })

  /** People who sign in by password. */
  async function addPeople(emails: readonly string[]): Promise<string[]> {
    const sids: string[] = []
    for (const email of emails)
      sids.push(await world.addUser(email, { signInMethod: 'password', firstName: 'Pat' }))
    return sids
  }

  async function addAccount(members: readonly string[] = [], of = tenantSid): Promise<string> {
    const sid = createSid('AC')
    await db.insert(accounts).values({
      sid,
      tenantSid: of,
      externalID: `account-${sid.slice(-6)}`,
      name: 'Account',
      createdAt: 1,
    })
    if (members.length > 0)
      await db.insert(memberships).values(members.map((userSid) => ({ accountSid: sid, userSid })))
    return sid
  }

  async function verifyDomain(domain: string, of = tenantSid): Promise<void> {
    await db.delete(domains).where(eq(domains.domain, domain))
    await db.insert(domains).values({
      tenantSid: of,
      domain,
      token: 'token',
      createdBy: 'operator olga',
      createdAt: 1,
      verifiedAt: 1,
      verifiedBy: 'operator',
    })
  }

  async function signOff(verdict: 'pass' | 'fail' = 'pass'): Promise<void> {
    const [connection] = await db
      .select()
      .from(connections)
      .where(eq(connections.sid, connectionSid))
    for (const side of ['vendor', 'customer'] as const)
      await db
        .insert(signOffs)
        .values({
          connectionSid,
          revision: connection!.revision,
          side,
          verdict,
          name: side,
          createdAt: 1,
        })
        .onConflictDoUpdate({
          target: [signOffs.connectionSid, signOffs.revision, signOffs.side],
          set: { verdict },
        })
  }

  async function prove(userSids: readonly string[], entityID = world.idpEntityID): Promise<void> {
    await db
      .insert(proofs)
      .values(userSids.map((userSid) => ({ connectionSid, userSid, entityID, createdAt: 1 })))
      .onConflictDoNothing()
  }

  /** An owner of the tenant's, on no list. */
  async function addOwner(user = 'owner@tenant.example') {
    const [existing] = await db.select().from(users).where(eq(users.emailKey, user))
    const name = existing?.sid ?? (await addPeople([user]))[0]!
    return good(
      await addBreakGlass(ask(), tenantSid, {
        user: name,
        reason: 'keeps the keys',
        expiresAt: Date.now() + 30 * DAY,
      }),
    )
  }

  async function select(selection: {
    domains?: string[]
    accounts?: string[]
    users?: string[]
  }): Promise<string> {
    const { sid } = good(await createRollout(ask(), connectionSid, { name: 'Everybody' }))
    const { domains: names, accounts: sids, users: people } = selection
    good(await editSelectors(ask(), sid, { domains: names, accounts: sids }))
    if (people) good(await selectUsers(ask(), sid, people))
    return sid
  }

  /** Repeats a call until it says that it is done. */
  async function finish<T extends { done: boolean }>(
    call: () => Promise<Result<T, Problem>>,
  ): Promise<T> {
    for (let calls = 0; calls < 1000; calls++) {
      const step = good(await call())
      if (step.done) return step
    }
    throw new Error('a step that never ends')
  }

  /** The list frozen, and its version. */
  const frozen = async (sid: string) => (await finish(() => freeze(ask(), sid))).version

  const reviewed = async (sid: string) => {
    const version = await frozen(sid)
    good(
      await review(ask(admin), sid, {
        version,
        includedExistInIdP: true,
        automaticStayOut: true,
      }),
    )
    return version
  }

  const enabled = async (sid: string) => {
    const version = await reviewed(sid)
    await finish(() => enable(ask(), sid, { version }))
    return version
  }

  /** As far as the go-ahead. */
  const approved = async (sid: string) => {
    const version = await enabled(sid)
    await finish(() => inform(ask(), sid, { version }))
    good(await approve(ask(admin), sid, { version }))
    return version
  }

  const enforced = async (sid: string, enforcement: Omit<Enforcement, 'version'> = {}) => {
    const version = await approved(sid)
    await finish(() => enforce(ask(), sid, { version, ...enforcement }))
    return version
  }

  async function methodsOf(userSids: readonly string[]): Promise<string[]> {
    const rows = await db.select().from(users).where(eq(users.tenantSid, tenantSid))
    return userSids.map((sid) => rows.find((row) => row.sid === sid)!.signInMethod)
  }

  async function memberOf(sid: string, userSid: string, version: number) {
    const [row] = await db
      .select()
      .from(rolloutMembers)
      .where(
        and(
          eq(rolloutMembers.rolloutSid, sid),
          eq(rolloutMembers.userSid, userSid),
          eq(rolloutMembers.version, version),
        ),
      )
    return row
  }

  const emailsOf = (sid: string, version: number) =>
    db
      .select({ email: users.email })
      .from(rolloutMembers)
      .innerJoin(users, eq(users.sid, rolloutMembers.userSid))
      .where(and(eq(rolloutMembers.rolloutSid, sid), eq(rolloutMembers.version, version)))
      .orderBy(rolloutMembers.emailKey)
      .then((rows) => rows.map(({ email }) => email))

  return {
    world,
    tenantSid,
    connectionSid,
    admin,
    ask,
    addPeople,
    addAccount,
    verifyDomain,
    signOff,
    prove,
    addOwner,
    select,
    finish,
    frozen,
    reviewed,
    enabled,
    approved,
    enforced,
    methodsOf,
    memberOf,
    emailsOf,
  }
}

/** A customer with an owner, both signOffs, and people in one account. */
export async function createReadyCustomer(emails: readonly string[]) {
  const customer = await createCustomer()
  const people = await customer.addPeople(emails)
  const account = await customer.addAccount(people)
  await customer.signOff()
  await customer.addOwner()
  return { ...customer, people, account }
}

export { codeOf, good, db }
