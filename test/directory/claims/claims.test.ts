// Addresses that come back: a source gives one to somebody it calls by another external id.
import { and, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { mapAlias } from '../../../src/rollout/operations.ts'
import { tenantAdmin } from '../../../src/events/actor.ts'
import {
  acceptAddressClaim,
  declineAddressClaim,
  listClaims,
} from '../../../src/directory/claims/operations.ts'
import { addUser } from '../../../src/directory/operations.ts'
import {
  createImport,
  finishImport,
  previewRows,
  takeRows,
} from '../../../src/directory/import/operations.ts'
import { editUser, putUser } from '../../../src/directory/user-operations.ts'
import { aliases, scimUsers, users } from '../../../src/platform/db/schema.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import { ALL, codeOf, good, request } from '../../support/request.ts'
import { createWorld, db } from '../../support/world.ts'
import { openService } from '../../scim/service.ts'

const EMAIL = 'ann@tenant.example'
const userOf = async (sid: string) => (await db.select().from(users).where(eq(users.sid, sid)))[0]!
const actionsOn = async (sid: string) =>
  (await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))).map(
    ({ type }) => type,
  )

async function openImport() {
  const world = await createWorld()
  const { tenantSid } = world
  const held = await world.addUser(EMAIL, { externalID: 'old' })
  const send = async (record: object) => {
    const { sid } = good(await createImport(request(), tenantSid, { name: 'people.csv' }))
    const { verdicts } = good(await takeRows(request(), sid, 0, [record]))
    good(await finishImport(request(), sid))
    return verdicts[0]!
  }
  const claims = async () => good(await listClaims(request(), tenantSid, ALL)).items
  return { world, tenantSid, held, send, claims }
}

describe('an import', () => {
  it('address_waits: hands the account over to nobody', async () => {
    const { tenantSid, held, send, claims } = await openImport()
    const record = { email: 'Ann@tenant.example', externalID: 'new', firstName: 'Anna' }
    const preview = good(await previewRows(request(), tenantSid, [record]))
    expect(preview[0]!.problem?.code).toBe('address_waits')
    expect(await claims()).toEqual([])
    for (let time = 0; time < 2; time++) {
      const verdict = await send(record)
      expect(verdict).toMatchObject({ result: 'refused', userSid: null })
      expect(verdict.problem?.code).toBe('address_waits')
    }
    expect(await claims()).toMatchObject([
      {
        source: 'import',
        userSid: held,
        email: EMAIL,
        heldExternalID: 'old',
        externalID: 'new',
        name: 'Anna',
      },
    ])
    expect(await userOf(held)).toMatchObject({ externalID: 'old', firstName: null })
    expect((await actionsOn(held)).filter((one) => one === 'address_claim.created')).toHaveLength(1)
    expect(codeOf(await putUser(request(), tenantSid, record))).toEqual(['address_waits', 'email'])
    expect(await claims()).toHaveLength(1)
  })

  it('links a user who has no external id of this source', async () => {
    const { world, send, claims } = await openImport()
    const bob = await world.addUser('bob@tenant.example')
    // What the IdP calls him is another source's.
    await db.insert(scimUsers).values({
      connectionSid: world.connectionSid,
      userSid: bob,
      userName: 'bob',
      userNameKey: 'bob',
      externalID: 'of the IdP',
      active: true,
      createdAt: 1,
      updatedAt: 1,
    })
    const verdict = await send({ email: 'bob@tenant.example', externalID: 'of the vendor' })
    expect(verdict).toMatchObject({ result: 'updated', userSid: bob })
    expect((await userOf(bob)).externalID).toBe('of the vendor')
    const [link] = await db.select().from(scimUsers).where(eq(scimUsers.userSid, bob))
    expect(link!.externalID).toBe('of the IdP')
    expect(await claims()).toEqual([])
  })

  it('goes on with the user where it is the same person', async () => {
    const { held, send, claims } = await openImport()
    const record = { email: EMAIL, externalID: 'new', firstName: 'Anna' }
    await send(record)
    const [claim] = await claims()
    good(await acceptAddressClaim(request(), claim!.sid))
    expect(await claims()).toEqual([])
    expect(await send(record)).toMatchObject({ result: 'updated', userSid: held })
    expect(await userOf(held)).toMatchObject({ externalID: 'new', firstName: 'Anna', email: EMAIL })
    expect(await actionsOn(held)).toContain('address_claim.accepted')
  })

  it('makes a new user, with another sub, where it is another person', async () => {
    const { world, held, send, claims } = await openImport()
    await world.login(EMAIL)
    const record = { email: EMAIL, externalID: 'new' }
    await send(record)
    const [claim] = await claims()
    good(await declineAddressClaim(request(), claim!.sid))
    const former = await userOf(held)
    expect(former.suspendedAt).not.toBeNull()
    expect(former.email).toBe(`former-${held.toLowerCase()}@former.invalid`)
    expect(former.emailKey).toBe(former.email)
    expect((await world.rows()).sessions[0]!.endedBecause).toBe('user_suspended')
    const verdict = await send(record)
    expect(verdict.result).toBe('created')
    // sub of OpenID Connect is the SID of the user.
    expect(verdict.userSid).not.toBe(held)
    expect(await actionsOn(held)).toContain('address_claim.declined')
    expect(await claims()).toEqual([])
  })
})

describe('SCIM', () => {
  const person = (externalId: string | undefined, more = {}) => ({
    userName: EMAIL,
    emails: [{ value: EMAIL, type: 'work', primary: true }],
    ...(externalId && { externalId }),
    ...more,
  })

  async function openDeleted() {
    const service = await openService()
    const { id } = (await service.ask('POST', '/Users', person('old'))).body
    await service.ask('DELETE', `/Users/${id}`)
    const claims = async () => good(await listClaims(request(), service.tenantSid, ALL)).items
    return { ...service, held: id as string, claims }
  }

  it('hands a deleted user’s account over to nobody of another externalId', async () => {
    const { ask, held, claims, connectionSid } = await openDeleted()
    const name = { givenName: 'Anna', familyName: 'Berg' }
    for (let time = 0; time < 2; time++) {
      const refused = await ask('POST', '/Users', person('new', { name }))
      expect([refused.status, refused.body.scimType]).toEqual([409, 'uniqueness'])
    }
    expect(await claims()).toMatchObject([
      {
        source: connectionSid,
        userSid: held,
        heldExternalID: 'old',
        externalID: 'new',
        name: 'Anna Berg',
      },
    ])
    expect((await userOf(held)).suspendedAt).not.toBeNull()
  })

  it('hands it over to nobody whose externalId another deleted user had', async () => {
    const { ask, held, claims } = await openDeleted()
    const other = { userName: 'ben@tenant.example', externalId: 'of ben' }
    const { id: ben } = (await ask('POST', '/Users', other)).body
    await ask('DELETE', `/Users/${ben}`)
    const refused = await ask('POST', '/Users', person('of ben'))
    expect([refused.status, refused.body.scimType]).toEqual([409, 'uniqueness'])
    expect(await claims()).toMatchObject([
      { userSid: held, heldExternalID: 'old', externalID: 'of ben' },
    ])
    for (const sid of [held, ben as string]) expect((await userOf(sid)).suspendedAt).not.toBeNull()
  })

  it.each(['old', undefined])('links the same person again: externalId %s', async (externalId) => {
    const { ask, held, claims } = await openDeleted()
    const again = await ask('POST', '/Users', person(externalId))
    expect([again.status, again.body.id]).toEqual([201, held])
    expect((await userOf(held)).suspendedAt).toBeNull()
    expect(await claims()).toEqual([])
  })

  it('links after the decision that it is the same person', async () => {
    const { ask, held, claims } = await openDeleted()
    await ask('POST', '/Users', person('new'))
    good(await acceptAddressClaim(request(), (await claims())[0]!.sid))
    const linked = await ask('POST', '/Users', person('new'))
    expect([linked.status, linked.body.id, linked.body.externalId]).toEqual([201, held, 'new'])
  })

  it('creates a new user after the decision that it is another person', async () => {
    const { ask, held, claims } = await openDeleted()
    await ask('POST', '/Users', person('new'))
    good(await declineAddressClaim(request(), (await claims())[0]!.sid))
    const created = await ask('POST', '/Users', person('new'))
    expect(created.status).toBe(201)
    expect(created.body.id).not.toBe(held)
    expect((await userOf(held)).suspendedAt).not.toBeNull()
  })

  it('links a user who has an external id of the import alone', async () => {
    const service = await openService()
    const { sid } = good(
      await addUser(request(), service.tenantSid, { email: EMAIL, externalID: 'of the vendor' }),
    )
    const linked = await service.ask('POST', '/Users', person('of the IdP'))
    expect([linked.status, linked.body.id]).toEqual([201, sid])
    expect((await userOf(sid)).externalID).toBe('of the vendor')
  })
})

describe('a decision', () => {
  it('is an operator’s, once, and of the claim as it was', async () => {
    const { tenantSid, send, claims } = await openImport()
    await send({ email: EMAIL, externalID: 'new' })
    const { sid } = (await claims())[0]!
    const admin = request(tenantAdmin({ id: 'theirs', name: 'theirs' }, tenantSid))
    expect(good(await listClaims(admin, tenantSid, ALL)).items).toHaveLength(1)
    const other = request(
      tenantAdmin({ id: 'theirs', name: 'theirs' }, (await createWorld()).tenantSid),
    )
    for (const decide of [acceptAddressClaim, declineAddressClaim]) {
      expect(codeOf(await decide(admin, sid))).toEqual(['forbidden'])
      expect(codeOf(await decide(other, sid))).toEqual(['not_there'])
    }
    good(await acceptAddressClaim(request(), sid))
    expect(codeOf(await declineAddressClaim(request(), sid))).toEqual(['not_there'])
  })

  it('already_there: gives nobody the external id of another user', async () => {
    const { world, send, claims, held } = await openImport()
    await send({ email: EMAIL, externalID: 'new' })
    await world.addUser('bob@tenant.example', { externalID: 'new' })
    const [claim] = await claims()
    expect(codeOf(await acceptAddressClaim(request(), claim!.sid))).toEqual(['already_there'])
    expect((await userOf(held)).externalID).toBe('old')
    expect(await claims()).toHaveLength(1)
  })
})

describe('an alias', () => {
  const ALIAS = 'a.berg@tenant.example'

  async function openAlias() {
    const world = await createWorld()
    const { tenantSid, connectionSid } = world
    const ann = await world.addUser(EMAIL)
    good(await mapAlias(request(), connectionSid, { email: ALIAS, user: ann }))
    const left = () =>
      db
        .select()
        .from(aliases)
        .where(and(eq(aliases.connectionSid, connectionSid), eq(aliases.emailKey, ALIAS)))
    return { world, tenantSid, ann, left }
  }

  const WAYS: Record<string, (tenantSid: string, bob: string) => Promise<unknown>> = {
    creation: (tenantSid) => addUser(request(), tenantSid, { email: ALIAS }),
    rename: (_, bob) => editUser(request(), bob, { email: ALIAS }),
    record: (tenantSid) => putUser(request(), tenantSid, { email: ALIAS }),
    async import(tenantSid) {
      const { sid } = good(await createImport(request(), tenantSid, { name: 'people.csv' }))
      return takeRows(request(), sid, 0, [{ email: 'B@tenant.example' }, { email: ALIAS }])
    },
  }
  for (const [way, give] of Object.entries(WAYS))
    it(`gives way when its address gets an owner, by ${way}, and the history says so`, async () => {
      const { world, tenantSid, ann, left } = await openAlias()
      const bob = await world.addUser('bob@tenant.example')
      expect(await left()).toHaveLength(1)
      await give(tenantSid, bob)
      expect(await left()).toEqual([])
      expect(await actionsOn(ann)).toContain('user.alias_gave_way')
    })

  it('gives way when its address gets an owner by SCIM', async () => {
    const service = await openService()
    const { sid } = good(await addUser(request(), service.tenantSid, { email: EMAIL }))
    const alias = { email: ALIAS, user: sid }
    good(await mapAlias(request(), service.connectionSid, alias))
    await service.ask('POST', '/Users', { userName: ALIAS })
    const left = await db.select().from(aliases).where(eq(aliases.userSid, sid))
    expect(left).toEqual([])
    expect(await actionsOn(sid)).toContain('user.alias_gave_way')
  })
})
