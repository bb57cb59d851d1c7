// Logins, renames, aliases, releases and another IdP in any order: nobody is bound to two people,
// and nobody is reached by a format that is not bound. Each login goes through the whole product.
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { releaseNameID } from '../../../src/login/name-ids/operations.ts'
import { aliases, connections, nameIDs, users } from '../../../src/platform/db/schema.ts'
import { request } from '../../support/request.ts'
import { as, createWorld, db, type World } from '../../support/world.ts'

const FORMATS = [
  null,
  'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
] as const
const [, UNSPECIFIED, , TRANSIENT] = FORMATS
const IDPS = ['https://idp.tenant.example/metadata', 'https://other-idp.example/metadata'] as const
const PEOPLE = ['ann', 'bob', 'cid'] as const
const STEPS = 40

/** Mulberry32: the same steps for the same seed. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

async function play(seed: number) {
  const next = numbersFrom(seed)
  const one = <T>(list: readonly T[]): T => list[next(list.length)]!
  const world = await createWorld({ connection: { entityID: IDPS[0] } })
  const { connectionSid } = world
  const sids = await Promise.all(PEOPLE.map((name) => world.addUser(`${name}@t.example`)))
  let entityID: string = IDPS[0]
  let names = 0
  const emails = async () =>
    (await db.select().from(users).where(eq(users.tenantSid, world.tenantSid))).map(
      ({ email }) => email,
    )

  async function login(): Promise<string> {
    const before = await stateOf(world)
    const email = one([...before.users.values(), ...before.aliases.keys()])
    const others = [...before.users.values(), 'id-1', 'id-2', `fresh-${names++}`]
    const nameID = next(2) ? one([email, email.toUpperCase()]) : one(others)
    const nameIDFormat = one(FORMATS)
    const said = { nameID, nameIDFormat, issuer: entityID }
    const { finished } = await world.login(email, { ...as(email), ...said })
    const after = await stateOf(world)
    if (!finished) {
      expect(after.bindings).toEqual(before.bindings)
      return `refused ${email} as ${nameID}`
    }
    const userSid = before.aliases.get(email) ?? keyOf(before.users, email)!
    const bound = before.bindings.find(
      (row) => row.userSid === userSid && row.entityID === entityID,
    )
    const format = nameIDFormat ?? UNSPECIFIED
    if (bound) {
      expect(format).toBe(bound.format)
      if (bound.kind === 'value') expect(nameID).toBe(bound.nameID)
      else expect(nameID.toLowerCase()).toBe(email)
    }
    // The address of another user reaches nobody, unless it is the e-mail of the assertion.
    const owner = keyOf(before.users, nameID.toLowerCase())
    if (nameID.toLowerCase() !== email) expect([undefined, userSid]).toContain(owner)
    return `accepted ${email} as ${nameID}`
  }

  const steps: (() => Promise<string>)[] = [
    login,
    login,
    login,
    login,
    async () => {
      const email = `${one(PEOPLE)}-${names++}@t.example`
      await db
        .update(users)
        .set({ email, emailKey: email })
        .where(eq(users.sid, one(sids)))
      return `renamed to ${email}`
    },
    async () => {
      const emailKey = `alias-${names++}@t.example`
      const row = { connectionSid, emailKey, userSid: one(sids), createdBy: 'x', createdAt: 1 }
      await db.insert(aliases).values(row)
      return `alias ${emailKey}`
    },
    async () => {
      const released = await releaseNameID(request(), one(await emails()), {
        connectionSid,
        entityID,
        reason: 'changed',
      })
      return `release ${released.ok}`
    },
    async () => {
      entityID = one(IDPS)
      await db.update(connections).set({ entityID }).where(eq(connections.sid, connectionSid))
      return `IdP ${entityID}`
    },
  ]
  const told: string[] = []
  for (let step = 0; step < STEPS; step++) {
    told.push(await one(steps)())
    const { bindings } = await stateOf(world)
    const values = bindings.flatMap(({ entityID: idp, nameID }) =>
      nameID === null ? [] : `${idp} ${nameID}`,
    )
    expect(new Set(values).size, told.join('\n')).toBe(values.length)
    const people = bindings.map((row) => `${row.entityID} ${row.userSid}`)
    expect(new Set(people).size, told.join('\n')).toBe(people.length)
    expect(bindings.map(({ format }) => format)).not.toContain(TRANSIENT)
  }
  return told
}

async function stateOf({ connectionSid, tenantSid }: World) {
  const [bindings, people, mapped] = await db.batch([
    db.select().from(nameIDs).where(eq(nameIDs.connectionSid, connectionSid)),
    db.select().from(users).where(eq(users.tenantSid, tenantSid)),
    db.select().from(aliases).where(eq(aliases.connectionSid, connectionSid)),
  ])
  return {
    bindings: bindings.map(({ userSid, entityID, kind, format, nameID }) => ({
      userSid,
      entityID,
      kind,
      format,
      nameID,
    })),
    users: new Map(people.map(({ sid, email }) => [sid, email])),
    aliases: new Map(mapped.map(({ emailKey, userSid }) => [emailKey, userSid])),
  }
}

function keyOf(map: ReadonlyMap<string, string>, value: string): string | undefined {
  return [...map].find(([, one]) => one === value)?.[0]
}

it.each([1, 2, 3, 4, 5, 6])(
  'binds nobody to two people, and reaches nobody by an unbound format: seed %i',
  async (seed) => {
    const told = await play(seed)
    // The steps reach both ends of a login.
    expect(told.some((step) => step.startsWith('accepted'))).toBe(true)
    expect(told.some((step) => step.startsWith('refused'))).toBe(true)
  },
  120_000,
)
