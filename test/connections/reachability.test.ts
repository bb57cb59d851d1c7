// Whether URLs are reached: asked when they are saved, shown before, kept without an edit, and
// heeded before testing.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  changeState,
  checkConnection,
  createConnection,
  editConnection,
  getConnection,
} from '../../src/connections/operations.ts'
import { importMetadata } from '../../src/connections/metadata/import-metadata.ts'
import type { Reachability } from '../../src/connections/reachability.ts'
import { connections } from '../../src/platform/db/schema.ts'
import { createTenant } from '../../src/directory/operations.ts'
import { bytesOf } from '../saml/metadata/metadata-text.ts'
import { fakeNetwork, PUBLIC_V4 } from '../support/fake-network.ts'
import { pemOf } from '../support/keys.ts'
import { codeOf, good, OPERATOR, request } from '../support/request.ts'
import { readCertificates } from '../../src/connections/operations.ts'
import { db } from '../support/world.ts'
import { metadataOf, SSO_URL } from './metadata/published-metadata.ts'

const GOOD = 'https://idp.tenant.example/sso'
const GONE = 'https://gone.example/sso'
const INSIDE = 'https://inside.example/sso'

function internet(status = 200) {
  return fakeNetwork({
    names: {
      'idp.tenant.example': [PUBLIC_V4],
      'gone.example': [PUBLIC_V4],
      'inside.example': ['10.0.0.1'],
    },
    hosts: { [GOOD]: () => new Response(null, { status }) },
  })
}

async function draft(network = internet()) {
  const asked = request(OPERATOR, network.options)
  const tenant = good(await createTenant(asked, { name: 'Acme' }))
  const create = (fields: object) =>
    createConnection(asked, tenant.sid, { name: 'Acme IdP', ...fields })
  const { sid } = good(await create({}))
  const edit = async (fields: object, options: { preview?: boolean } = {}) =>
    good(await editConnection(asked, sid, { fields }, options))
  const found = async () => good(await getConnection(asked, sid))
  return { network, asked, tenant, sid, create, edit, found }
}

const of = (field: Reachability['field'], url: string, result: Reachability['result']) =>
  expect.objectContaining({ field, url, result })

describe('reachability', () => {
  it('is asked when URLs are saved, and kept without another version', async () => {
    const { asked, edit, found } = await draft()
    const urls = { ssoRedirectURL: GOOD, ssoPostURL: GONE, logoutRedirectURL: INSIDE }
    const saved = await edit(urls)
    const answers = [
      of('ssoRedirectURL', GOOD, 'reachable'),
      of('ssoPostURL', GONE, 'unreachable'),
      of('logoutRedirectURL', INSIDE, 'private'),
    ]
    expect(saved.reachability).toEqual(answers)
    expect(saved.warnings).toEqual(['url_not_reachable'])
    const kept = await found()
    expect(kept.reachability).toEqual(answers)
    expect(kept.reachabilityCheckedAt).toBe(asked.now)
    await edit({ name: 'Other' })
    expect((await found()).updatedAt).toBe(kept.updatedAt + 1)
  })

  it('is asked only for what is new', async () => {
    const { network, edit, found } = await draft()
    await edit({ ssoRedirectURL: GOOD })
    await edit({ name: 'Other' })
    expect(network.visited).toEqual([GOOD])
    await edit({ ssoPostURL: GONE })
    expect(network.visited).toEqual([GOOD, GONE])
    await edit({ ssoPostURL: null })
    expect(network.visited).toEqual([GOOD, GONE])
    expect((await found()).reachability).toEqual([of('ssoRedirectURL', GOOD, 'reachable')])
  })

  it('is asked where it never was, whatever is edited', async () => {
    const { network, sid, edit, found } = await draft()
    await db.update(connections).set({ ssoRedirectURL: GOOD }).where(eq(connections.sid, sid))
    await edit({ name: 'Other' })
    expect(network.visited).toEqual([GOOD])
    expect((await found()).reachability).toEqual([of('ssoRedirectURL', GOOD, 'reachable')])
  })

  it('is asked for a connection that is created with URLs', async () => {
    const { create } = await draft()
    expect(good(await create({ ssoPostURL: GONE })).reachability).toEqual([
      of('ssoPostURL', GONE, 'unreachable'),
    ])
  })

  it('is shown by a preview, which keeps nothing', async () => {
    const { edit, found, asked, sid } = await draft()
    const before = await found()
    expect(await edit({ ssoRedirectURL: GONE }, { preview: true })).toMatchObject({
      reachability: [of('ssoRedirectURL', GONE, 'unreachable')],
      warnings: ['url_not_reachable'],
    })
    expect(await edit({ name: before.name }, { preview: true })).toMatchObject({
      reachability: [],
      warnings: ['nothing_changes'],
    })
    const xml = bytesOf(metadataOf(['idp']))
    expect(good(await importMetadata(asked, sid, xml, { preview: true }))).toMatchObject({
      reachability: [
        of('ssoRedirectURL', SSO_URL, 'reachable'),
        of('ssoPostURL', SSO_URL, 'reachable'),
      ],
      certificates: [{ key: 'RSA 2048', warnings: [] }],
      warnings: [],
    })
    expect(await found()).toEqual(before)
  })

  it('is kept when somebody asks for it', async () => {
    const { asked, sid, edit, found } = await draft()
    await edit({ ssoRedirectURL: GOOD, ssoPostURL: GONE })
    const later = { ...asked, now: asked.now + 5000, network: internet(503).options }
    const checked = good(await checkConnection(later, sid))
    expect(checked).toMatchObject([
      { field: 'ssoRedirectURL', result: 'unreachable', reason: 'it answers 503' },
      { field: 'ssoPostURL', result: 'unreachable' },
    ])
    expect(await found()).toMatchObject({
      reachability: checked,
      reachabilityCheckedAt: later.now,
    })
  })
})

describe('begin_testing', () => {
  async function complete(urls: object, network = internet()) {
    const made = await draft(network)
    const { asked, sid } = made
    const addCertificates = good(await readCertificates(pemOf('idp')))
    const fields = { entityID: 'https://idp.tenant.example', ...urls }
    good(await editConnection(asked, sid, { fields, addCertificates }))
    return made
  }

  it.each([
    [GONE, 'unreachable'],
    [INSIDE, 'private'],
  ])('lifecycle: where %s is %s, which is named with the reason', async (url, result) => {
    const { asked, sid, edit } = await complete({ ssoRedirectURL: GOOD, ssoPostURL: url })
    const outcome = await changeState(asked, sid, 'begin_testing')
    expect(codeOf(outcome)).toEqual(['lifecycle'])
    const { host } = new URL(url)
    expect(outcome).toMatchObject({
      error: {
        received: expect.stringMatching(new RegExp(`^${url} is ${result}: .*${host}`)),
      },
    })
    await edit({ ssoPostURL: null })
    expect(good(await changeState(asked, sid, 'begin_testing')).state).toBe('testing')
  })

  it('passes where nobody has asked yet, and where only the logout URL does not answer', async () => {
    const { asked, sid } = await complete({ ssoRedirectURL: GOOD, logoutRedirectURL: GONE })
    expect(good(await changeState(asked, sid, 'begin_testing')).state).toBe('testing')
    const unasked = await complete({ ssoRedirectURL: GONE })
    await db
      .update(connections)
      .set({ reachability: null, reachabilityCheckedAt: null })
      .where(eq(connections.sid, unasked.sid))
    expect(good(await changeState(unasked.asked, unasked.sid, 'begin_testing')).state).toBe(
      'testing',
    )
  })

  it('passes when the URL answers by now, and when the answer was about another URL', async () => {
    const { asked, sid } = await complete({ ssoRedirectURL: GOOD }, internet(500))
    expect(codeOf(await changeState(asked, sid, 'begin_testing'))).toEqual(['lifecycle'])
    good(await checkConnection({ ...asked, network: internet().options }, sid))
    expect(good(await changeState(asked, sid, 'begin_testing')).state).toBe('testing')
    const moved = await complete({ ssoRedirectURL: GONE })
    await db.update(connections).set({ ssoRedirectURL: GOOD }).where(eq(connections.sid, moved.sid))
    expect(good(await changeState(moved.asked, moved.sid, 'begin_testing')).state).toBe('testing')
  })
})
