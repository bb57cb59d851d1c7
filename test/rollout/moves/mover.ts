// A customer who moves to another IdP: people stand at the connection `from`, and the world's own
// connection is the new one, signed off by both sides.
import { and, eq } from 'drizzle-orm'
import {
  certificates,
  connections,
  moves,
  proofs,
  rolloutMembers,
  users,
} from '../../../src/platform/db/schema.ts'
import { createSid } from '../../../src/ids.ts'
import { createRollout } from '../../../src/rollout/operations.ts'
import { doorOf } from '../../support/world.ts'
import { createReadyCustomer, db, good } from '../customer.ts'

const OLD_IDP = 'https://old.tenant.example/metadata'

export type Standing = { at: 'from' | 'to' | null; method: string; way: boolean }

/** People with `enforced` may sign in by SSO alone, the others beside their password. */
export async function createMover({
  enforced = [],
  enabled = [],
}: {
  enforced?: readonly string[]
  enabled?: readonly string[]
}) {
  const customer = await createReadyCustomer([])
  const { world, tenantSid, connectionSid: to } = customer
  const from = await addConnection(tenantSid, to)
  const addPerson = (name: string, signInMethod: 'sso_enabled' | 'sso_enforced') =>
    world.addUser(`${name}@tenant.example`, { signInMethod, connectionSid: from })
  const people: Record<string, string> = {}
  for (const name of enforced) people[name] = await addPerson(name, 'sso_enforced')
  for (const name of enabled) people[name] = await addPerson(name, 'sso_enabled')

  const ofMove = { name: 'Move', fromConnectionSid: from }
  const createMove = async () => good(await createRollout(customer.ask(), to, ofMove)).sid

  /** Where a person stands. */
  async function standing(name: string): Promise<Standing> {
    const [row] = await db.select().from(users).where(eq(users.sid, people[name]!))
    const ways = await db
      .select()
      .from(moves)
      .where(and(eq(moves.userSid, people[name]!), eq(moves.connectionSid, to)))
    const at = row!.connectionSid === from ? 'from' : row!.connectionSid === to ? 'to' : null
    return { at, method: row!.signInMethod, way: ways.length > 0 }
  }

  async function standings(): Promise<Record<string, string>> {
    const entries = Object.keys(people).map(async (name) => {
      const { at, method, way } = await standing(name)
      return [name, `${at ?? 'nowhere'} ${method}${way ? ' +way' : ''}`] as const
    })
    return Object.fromEntries(await Promise.all(entries))
  }

  const prove = (...names: string[]) => customer.prove(names.map((name) => people[name]!))

  const provedAt = async (connectionSid: string) =>
    (await db.select().from(proofs).where(eq(proofs.connectionSid, connectionSid))).map(
      ({ userSid }) => Object.keys(people).find((name) => people[name] === userSid),
    )

  const rowsOf = (sid: string) =>
    db.select().from(rolloutMembers).where(eq(rolloutMembers.rolloutSid, sid))

  return {
    ...customer,
    from,
    to,
    people,
    addPerson,
    createMove,
    standing,
    standings,
    proveAt: prove,
    provedAt,
    rowsOf,
    old: doorOf(from, OLD_IDP),
  }
}

/** A live connection of the tenant, whose IdP signs with the key of the other one. */
async function addConnection(tenantSid: string, like: string): Promise<string> {
  const sid = createSid('CN')
  const [pinned] = await db.select().from(certificates).where(eq(certificates.connectionSid, like))
  await db.insert(connections).values({
    sid,
    tenantSid,
    name: 'Old IdP',
    state: 'live',
    entityID: OLD_IDP,
    ssoRedirectURL: 'https://old.tenant.example/sso',
    createdAt: 1,
    updatedAt: 1,
  })
  await db.insert(certificates).values({ ...pinned!, connectionSid: sid })
  return sid
}
