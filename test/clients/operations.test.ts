// Apps in the database: registered, changed, given another secret, disabled; by operators alone,
// and all of it told.
import { eq } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { listEvents } from '../../src/events/operations.ts'
import { tenantAdmin } from '../../src/events/actor.ts'
import {
  createClient,
  disableClient,
  editClient,
  enableClient,
  getClient,
  listClients,
  rotateClientSecret,
} from '../../src/clients/operations.ts'
import {
  findClient,
  findClientByOrigin,
  findDefaultClient,
  isReturnOrigin,
} from '../../src/clients/store.ts'
import { clients } from '../../src/platform/db/schema.ts'
import { hashSecret } from '../../src/platform/secret.ts'
import { fakeNetwork } from '../support/fake-network.ts'
import { APP, forgetClients, registerClient } from '../support/register-client.ts'
import { ALL, codeOf, good, request } from '../support/request.ts'
import { clearDatabase, createWorld, db } from '../support/world.ts'

const HOUR = 3600 * 1000

beforeEach(clearDatabase)
afterAll(forgetClients)

const rowOf = async (sid: string) => (await findClient(db, sid))!
const eventsOf = async (subjectSid: string) =>
  good(await listEvents(request(), { subjectSid }, ALL)).items.map(
    ({ type, before, after, actor }) => ({ type, before, after, actor }),
  )

describe('a secret', () => {
  it('is shown once, and kept as a hash', async () => {
    const { sid, secret } = await registerClient()
    expect(secret).toMatch(/^gpc_[\w-]{43}$/)
    const row = await rowOf(sid)
    expect(row.secretHash).toBe(await hashSecret(secret!))
    expect(row).toMatchObject({ previousSecretHash: null, previousSecretUntil: null })
    const views = JSON.stringify([
      good(await getClient(request(), sid)),
      good(await listClients(request(), ALL)),
      await eventsOf(sid),
    ])
    expect(views).not.toContain(secret)
    expect(views).not.toContain(row.secretHash)
  })

  it('is not there for a public client, which is given none either', async () => {
    const { sid, secret } = await registerClient({ clientType: 'public' })
    expect(secret).toBeNull()
    expect((await rowOf(sid)).secretHash).toBeNull()
    const rotated = await rotateClientSecret(request(), sid, { keepPreviousHours: 1 })
    expect(codeOf(rotated)).toEqual(['input'])
  })

  it('stays while the next one comes in, for as long as was said', async () => {
    const { sid, secret: first } = await registerClient()
    const asked = request()
    const { secret, client } = good(await rotateClientSecret(asked, sid, { keepPreviousHours: 24 }))
    expect(secret).not.toBe(first)
    expect(client.previousSecretUntil).toBe(asked.now + 24 * HOUR)
    expect(await rowOf(sid)).toMatchObject({
      secretHash: await hashSecret(secret),
      previousSecretHash: await hashSecret(first!),
      previousSecretUntil: asked.now + 24 * HOUR,
    })
    expect((await eventsOf(sid))[0]).toMatchObject({
      type: 'client.secret_rotated',
      after: { previousSecretUntil: asked.now + 24 * HOUR },
    })
    expect(JSON.stringify(await eventsOf(sid))).not.toContain(secret)
  })

  it('ends at once if it is not kept', async () => {
    const { sid } = await registerClient()
    good(await rotateClientSecret(request(), sid, { keepPreviousHours: 24 }))
    good(await rotateClientSecret(request(), sid, { keepPreviousHours: 0 }))
    expect(await rowOf(sid)).toMatchObject({ previousSecretHash: null, previousSecretUntil: null })
  })

  it('is kept for no longer than a week', async () => {
    const { sid } = await registerClient()
    for (const keepPreviousHours of [-1, 1.5, 169, Number.NaN])
      expect([
        keepPreviousHours,
        codeOf(await rotateClientSecret(request(), sid, { keepPreviousHours })),
      ]).toEqual([keepPreviousHours, ['input', 'keepPreviousHours']])
  })

  it('cannot be taken from an app that has one, nor given to one that has none', async () => {
    const confidential = await registerClient()
    const open = await registerClient({ clientType: 'public' })
    const edits = [
      editClient(request(), confidential.sid, { clientType: 'public' }),
      editClient(request(), open.sid, { clientType: 'confidential' }),
    ]
    for (const edit of edits) expect(codeOf(await edit)).toEqual(['input', 'clientType'])
    expect((await rowOf(confidential.sid)).secretHash).not.toBeNull()
  })
})

describe('an edit', () => {
  it('changes the named fields, and records the values before', async () => {
    const { sid } = await registerClient({ returnOrigins: ['https://b.example', APP] })
    const edited = good(
      await editClient(request(), sid, {
        returnOrigins: ['https://c.example'],
        passwordLoginURL: `${APP}/login`,
      }),
    )
    expect(edited).toMatchObject({
      name: 'App',
      returnOrigins: ['https://c.example'],
      passwordLoginURL: `${APP}/login`,
    })
    expect(await eventsOf(sid)).toMatchObject([
      {
        type: 'client.updated',
        actor: 'operator olga',
        before: { passwordLoginURL: null, returnOrigins: [APP, 'https://b.example'] },
        after: { passwordLoginURL: `${APP}/login`, returnOrigins: ['https://c.example'] },
      },
      { type: 'client.created' },
    ])
  })

  it('does nothing and records nothing without a change', async () => {
    const { sid, updatedAt } = await registerClient()
    expect(good(await editClient(request(), sid, { name: 'App' })).updatedAt).toBe(updatedAt)
    expect(await eventsOf(sid)).toHaveLength(1)
  })

  it('is checked as a registration is', async () => {
    const { sid } = await registerClient({ returnOrigins: [APP] })
    const wrong = { redirectURIs: ['http://evil.example/'], returnOrigins: [] }
    expect(codeOf(await editClient(request(), sid, wrong))).toEqual([
      'endpoint_url',
      'redirectURIs',
    ])
    expect(await isReturnOrigin(db, APP)).toBe(true)
  })

  it('revision_changed: does not undo another’s', async () => {
    const { sid, updatedAt } = await registerClient()
    good(await editClient(request(), sid, { name: 'Another' }, updatedAt))
    expect(codeOf(await editClient(request(), sid, { name: 'Mine' }, updatedAt))).toEqual([
      'revision_changed',
    ])
    expect((await rowOf(sid)).name).toBe('Another')
  })

  it('revision_changed: of two at once one is done', async () => {
    const { sid } = await registerClient()
    const codes = await Promise.all(
      ['One', 'Two'].map(async (name) =>
        codeOf(await editClient(request(), sid, { name, returnOrigins: [APP] })),
      ),
    )
    expect(codes.toSorted()).toEqual([['revision_changed'], [null]].toSorted())
    expect(await eventsOf(sid)).toHaveLength(2)
  })
})

describe('a logout URI', () => {
  const leadsTo = (address: string) =>
    fakeNetwork({
      names: { 'app.customer.example': [address] },
      hosts: { [`${APP}/logout`]: () => new Response(null, { status: 405 }) },
    }).options

  it('endpoint_private: whose name leads to a private address is refused', async () => {
    const input = { name: 'App', redirectURIs: [APP], backchannelLogoutURI: `${APP}/logout` }
    const refused = await createClient(request(undefined, leadsTo('10.0.0.1')), input)
    expect(codeOf(refused)).toEqual(['endpoint_private', 'backchannelLogoutURI'])
    good(await createClient(request(undefined, leadsTo('198.41.0.4')), input))
  })

  it('is accepted if nothing answers yet', async () => {
    const { sid } = await registerClient()
    const edit = { backchannelLogoutURI: 'https://not.there.example/logout' }
    good(await editClient(request(undefined, fakeNetwork({}).options), sid, edit))
  })
})

describe('disabling', () => {
  it('takes an app out of everything that looks for one, until it is enabled again', async () => {
    const { sid } = await registerClient({
      returnOrigins: [APP],
      initiateLoginURI: `${APP}/sign-in`,
      isDefault: true,
    })
    const found = async () => [
      await isReturnOrigin(db, APP),
      (await findDefaultClient(db))?.sid,
      (await findClientByOrigin(db, APP))?.sid,
    ]
    expect(await found()).toEqual([true, sid, sid])
    good(await disableClient(request(), sid))
    expect(await found()).toEqual([false, undefined, undefined])
    good(await enableClient(request(), sid))
    expect(await found()).toEqual([true, sid, sid])
    expect((await eventsOf(sid)).map(({ type }) => type)).toEqual([
      'client.enabled',
      'client.disabled',
      'client.created',
    ])
  })
})

describe('the default app', () => {
  it('is one: another one takes its place', async () => {
    const fields = { isDefault: true, initiateLoginURI: `${APP}/sign-in` }
    const first = await registerClient(fields)
    const second = await registerClient(fields)
    expect((await findDefaultClient(db))?.sid).toBe(second.sid)
    good(await editClient(request(), first.sid, { isDefault: true }))
    expect((await findDefaultClient(db))?.sid).toBe(first.sid)
    const defaults = await db.select().from(clients).where(eq(clients.isDefault, true))
    expect(defaults).toHaveLength(1)
  })

  it('stays if an edit of another one fails', async () => {
    const fields = { isDefault: true, initiateLoginURI: `${APP}/sign-in` }
    const first = await registerClient(fields)
    const other = await registerClient({ ...fields, isDefault: false })
    const stale = await editClient(request(), other.sid, { isDefault: true }, 1)
    expect(codeOf(stale)).toEqual(['revision_changed'])
    expect((await findDefaultClient(db))?.sid).toBe(first.sid)
  })
})

describe('return origins', () => {
  it('are exact', async () => {
    await registerClient({ returnOrigins: [APP] })
    for (const other of [`${APP}:8443`, 'https://app.customer.example.evil.example', 'https://app'])
      expect([other, await isReturnOrigin(db, other)]).toEqual([other, false])
  })

  it('lead to the oldest app with an initiate_login_uri', async () => {
    const silent = await registerClient({ returnOrigins: [APP] })
    const fields = { returnOrigins: [APP], initiateLoginURI: `${APP}/sign-in` }
    const oldest = await registerClient(fields)
    const newest = await registerClient(fields)
    const age = (sid: string, createdAt: number) =>
      db.update(clients).set({ createdAt }).where(eq(clients.sid, sid))
    await db.batch([age(silent.sid, 1), age(oldest.sid, 2), age(newest.sid, 3)])
    expect((await findClientByOrigin(db, APP))?.sid).toBe(oldest.sid)
    await db.batch([age(oldest.sid, 3), age(newest.sid, 2)])
    expect((await findClientByOrigin(db, APP))?.sid).toBe(newest.sid)
  })
})

it('forbidden: only an operator sees or changes apps', async () => {
  const { sid } = await registerClient()
  const { tenantSid } = await createWorld()
  const before = await rowOf(sid)
  const asked = request(tenantAdmin({ id: 'ann', name: 'ann' }, tenantSid))
  const input = { name: 'App', redirectURIs: [APP] }
  const outcomes = [
    createClient(asked, input),
    getClient(asked, sid),
    getClient(asked, `CL${'0'.repeat(32)}`),
    listClients(asked, ALL),
    editClient(asked, sid, { name: 'Mine' }),
    disableClient(asked, sid),
    rotateClientSecret(asked, sid, { keepPreviousHours: 1 }),
  ]
  for (const outcome of outcomes) expect(codeOf(await outcome)).toEqual(['forbidden'])
  expect(await rowOf(sid)).toEqual(before)
})

it('not_there: an unregistered app', async () => {
  const sid = `CL${'0'.repeat(32)}`
  for (const outcome of [
    getClient(request(), sid),
    disableClient(request(), sid),
    rotateClientSecret(request(), sid, { keepPreviousHours: 1 }),
  ])
    expect(codeOf(await outcome)).toEqual(['not_there'])
})
