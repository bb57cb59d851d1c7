// Releasing users whose NameID changed: who may, what it does, what is left of it.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Actor } from '../../../src/events/actor.ts'
import {
  listNameIDs,
  listUserNameIDs,
  releaseNameID,
  releaseNameIDs,
} from '../../../src/login/name-ids/operations.ts'
import { connections, nameIDs, users } from '../../../src/platform/db/schema.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import { ALL, codeOf, good, request } from '../../support/request.ts'
import { createWorld, db, type World } from '../../support/world.ts'

const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const codes = async (world: World) => (await world.rows()).attempts.map(({ code }) => code)
const login = (world: World, email: string, nameID: string) =>
  world.login(email, { nameID, nameIDFormat: PERSISTENT })

const adminOf = (
  { tenantSid, connectionSid }: World,
  capabilities: readonly ('configure' | 'test' | 'release')[],
): Actor => ({
  kind: 'customer admin',
  id: 'ann',
  name: 'ann',
  tenantSid,
  connectionSid,
  capabilities,
})

/** Two people, bound to a value each. */
async function open() {
  const world = await createWorld()
  const ann = await world.addUser('ann@t.example')
  const bob = await world.addUser('bob@t.example')
  await login(world, 'ann@t.example', 'ann-1')
  await login(world, 'bob@t.example', 'bob-1')
  return { world, ann, bob }
}

describe('a released user', () => {
  it('signs in with the NameID that comes next, which is bound', async () => {
    const { world, ann } = await open()
    const { connectionSid } = world
    await login(world, 'ann@t.example', 'ann-2')
    good(await releaseNameID(request(), 'ann@t.example', { connectionSid, reason: 'new laptop' }))
    await login(world, 'ann@t.example', 'ann-2')
    await login(world, 'ann@t.example', 'ann-1')
    expect((await codes(world)).slice(2)).toEqual(['name_id_changed', null, 'name_id_changed'])
    const [row] = good(await listUserNameIDs(request(), ann))
    expect(row).toMatchObject({ kind: 'value', nameID: 'ann-2', isCurrent: true })
    expect(row!.refusedAt).not.toBeNull()
  })

  it.each([
    ['another format', { nameID: 'ann-1', nameIDFormat: null }, 'name_id_format_changed'],
    ['another user’s', { nameID: 'bob-1', nameIDFormat: PERSISTENT }, 'name_id_of_other'],
  ])('shows that %s was refused, and does not count it as a value', async (_, came, code) => {
    const { world, ann } = await open()
    const refusedAt = async () => good(await listUserNameIDs(request(), ann))[0]!.refusedAt
    expect(await refusedAt()).toBeNull()
    await world.login('ann@t.example', came)
    const first = await refusedAt()
    expect(first).not.toBeNull()
    await world.login('ann@t.example', came)
    // To the hour.
    expect(await refusedAt()).toBe(first)
    await login(world, 'ann@t.example', 'ann-2')
    expect((await codes(world)).slice(2)).toEqual([code, code, 'name_id_changed'])
  })

  it('is in the audit trail with what was bound and why', async () => {
    const { world, ann } = await open()
    const { connectionSid, idpEntityID: entityID } = world
    good(await releaseNameID(request(), ann, { connectionSid, reason: 'new laptop' }))
    const [event] = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, ann))
    expect(event).toMatchObject({
      type: 'user.name_id_released',
      actor: 'operator olga',
      tenantSid: world.tenantSid,
      before: { nameID: 'ann-1', kind: 'value', format: PERSISTENT },
      after: { connectionSid, entityID, reason: 'new laptop' },
    })
  })

  it('is no other user, at no other IdP', async () => {
    const { world, ann } = await open()
    const { connectionSid, idpEntityID } = world
    await db.insert(nameIDs).values({
      connectionSid,
      userSid: ann,
      entityID: 'urn:earlier',
      kind: 'email',
      format: PERSISTENT,
      firstSeenAt: 1,
      lastSeenAt: 1,
    })
    good(await releaseNameID(request(), ann, { connectionSid, reason: 'new laptop' }))
    const { nameIDs: left } = await world.rows()
    expect(left.map(({ nameID }) => nameID).toSorted()).toEqual([null, 'bob-1'].toSorted())
    const [old] = good(await listUserNameIDs(request(), ann))
    expect(old).toMatchObject({ entityID: 'urn:earlier', isCurrent: false })
    const earlier = { connectionSid, reason: 'old', entityID: 'urn:earlier' }
    good(await releaseNameID(request(), ann, earlier))
    expect(good(await listUserNameIDs(request(), ann))).toEqual([])
    expect(idpEntityID).not.toBe('urn:earlier')
  })

  it('has been bound, at a connection of the tenant, and there is a reason', async () => {
    const { world, ann } = await open()
    const { connectionSid } = world
    const other = await createWorld()
    const release = { connectionSid, reason: 'why' }
    const ask = (user: string, changes = {}) =>
      releaseNameID(request(), user, { ...release, ...changes })
    expect(codeOf(await ask('nobody@t.example'))).toEqual(['not_there'])
    expect(codeOf(await ask(ann, { connectionSid: other.connectionSid }))).toEqual(['not_there'])
    expect(codeOf(await ask(ann, { entityID: 'urn:another' }))).toEqual(['not_there'])
    expect(codeOf(await ask(ann, { reason: ' ' }))).toEqual(['input', 'reason'])
    good(await ask(ann))
    expect(codeOf(await ask(ann))).toEqual(['not_there'])
  })
})

describe('all users of a connection', () => {
  it('are released where their number is repeated', async () => {
    const { world } = await open()
    const { connectionSid, idpEntityID: entityID } = world
    const ask = (users: number) =>
      releaseNameIDs(request(), connectionSid, { users, reason: 'another format' })
    for (const wrong of [0, 1, 3]) expect(codeOf(await ask(wrong))).toEqual(['input', 'users'])
    expect((await world.rows()).nameIDs).toHaveLength(2)
    expect(good(await ask(2))).toEqual({ released: 2 })
    expect((await world.rows()).nameIDs).toEqual([])
    expect(codeOf(await ask(0))).toEqual(['input', 'users'])
    const found = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, connectionSid))
    expect(found).toMatchObject([
      {
        type: 'connection.name_ids_released',
        after: { users: 2, entityID, reason: 'another format' },
      },
    ])
    await login(world, 'ann@t.example', 'ann-2')
    expect((await codes(world)).at(-1)).toBeNull()
  })

  it('are those of its present IdP', async () => {
    const { world } = await open()
    const { connectionSid } = world
    await db
      .update(connections)
      .set({ entityID: 'urn:new' })
      .where(eq(connections.sid, connectionSid))
    const ask = (entityID?: string) =>
      releaseNameIDs(request(), connectionSid, { users: 2, reason: 'why', entityID })
    expect(codeOf(await ask())).toEqual(['input', 'users'])
    expect(good(await ask(world.idpEntityID))).toEqual({ released: 2 })
  })
})

describe('who may', () => {
  it.each([
    [[], 'forbidden'],
    [['configure', 'test'], 'forbidden'],
    [['release'], null],
  ] as const)('release, with the permissions %o', async (capabilities, code) => {
    const { world, ann } = await open()
    const { connectionSid } = world
    const context = request(adminOf(world, capabilities))
    const one = await releaseNameID(context, ann, { connectionSid, reason: 'why' })
    expect(codeOf(one)).toEqual([code])
    const all = await releaseNameIDs(context, connectionSid, { users: 1, reason: 'why' })
    expect(codeOf(all)).toEqual([code])
  })

  it('release at their connection, also a person who signs in another way by now', async () => {
    const { world, ann } = await open()
    await db
      .update(users)
      .set({ signInMethod: 'password', connectionSid: null })
      .where(eq(users.sid, ann))
    const context = request(adminOf(world, ['release']))
    const release = { connectionSid: world.connectionSid, reason: 'why' }
    expect(good(await releaseNameID(context, 'ann@t.example', release))).toBeNull()
    // A person of theirs who is not bound looks like nobody.
    const unbound = codeOf(await releaseNameID(context, ann, release))
    expect(unbound).toEqual(codeOf(await releaseNameID(context, 'nobody@t.example', release)))
  })

  it('release a user who signs in by password again, by a link of the connection', async () => {
    const { world, ann } = await open()
    const { connectionSid } = world
    await db
      .update(users)
      .set({ signInMethod: 'password', connectionSid: null })
      .where(eq(users.sid, ann))
    const context = request(adminOf(world, ['release']))
    good(await releaseNameID(context, 'ann@t.example', { connectionSid, reason: 'why' }))
    expect((await world.rows()).nameIDs).toHaveLength(1)
  })

  it('see or release: nobody of another tenant or connection', async () => {
    const { world, ann } = await open()
    const { connectionSid } = world
    const stranger = request(adminOf(await createWorld(), ['configure', 'test', 'release']))
    const release = { connectionSid, reason: 'why' }
    expect(codeOf(await listNameIDs(stranger, connectionSid, ALL))).toEqual(['not_there'])
    expect(codeOf(await listUserNameIDs(stranger, ann))).toEqual(['not_there'])
    expect(codeOf(await releaseNameID(stranger, ann, release))).toEqual(['not_there'])
    const all = await releaseNameIDs(stranger, connectionSid, { users: 2, reason: 'why' })
    expect(codeOf(all)).toEqual(['not_there'])
  })
})

describe('the list of a connection', () => {
  it('comes in pages, each user once, with their number', async () => {
    const { world } = await open()
    const { connectionSid } = world
    const first = good(await listNameIDs(request(), connectionSid, { limit: 1, after: null }))
    expect(first.count).toBe(2)
    const second = good(
      await listNameIDs(request(), connectionSid, { limit: 1, after: first.next }),
    )
    expect(second.next).toBeNull()
    const emails = [...first.items, ...second.items].map(({ email }) => email)
    expect(emails.toSorted()).toEqual(['ann@t.example', 'bob@t.example'])
    expect(JSON.stringify([first, second])).not.toContain('refusedHash')
  })
})
