// The metadata URL of a connection: set, read again, taken away; what a reading may do by itself,
// and what waits for a person.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { tenantAdmin, type Actor } from '../../../src/events/actor.ts'
import {
  listCertificates,
  refuseCertificate,
  trustCertificate,
} from '../../../src/connections/certificates/operations.ts'
import {
  getMetadataSource,
  refreshMetadata,
  removeMetadataSource,
  setMetadataSource,
} from '../../../src/connections/metadata/operations.ts'
import {
  changeState,
  editConnection,
  readCertificates,
} from '../../../src/connections/operations.ts'
import { importMetadataFromURL } from '../../../src/connections/metadata/import-metadata.ts'
import { connections, quarantinedCertificates, tenants } from '../../../src/platform/db/schema.ts'
import {
  enlarged,
  entitiesDescriptor,
  entityDescriptor,
} from '../../saml/metadata/metadata-text.ts'
import { certificateOf, pemOf } from '../../support/keys.ts'
import { codeOf, good, OPERATOR, request } from '../../support/request.ts'
import { signText } from '../../support/sign-text.ts'
import { createWorld, db, fingerprintOf } from '../../support/world.ts'
import {
  createSourced,
  DAY,
  HOUR,
  metadataOf,
  METADATA_URL,
  publish,
  SSO_URL,
  watch,
} from './published-metadata.ts'

const IDP = certificateOf('idp')
const NEXT = certificateOf('idpNext')

describe('a metadata URL', () => {
  it('is read when it is set, and kept with when it is due again', async () => {
    const world = await createWorld()
    const server = publish(metadataOf(['idp']))
    server.headers = { etag: '"one"', 'last-modified': 'Tue, 24 Nov 2026 10:00:00 GMT' }
    const asked = request(OPERATOR, server.network)
    const set = good(await setMetadataSource(asked, world.connectionSid, { url: METADATA_URL }))
    expect(set).toMatchObject({
      url: METADATA_URL,
      signingCertificate: null,
      etag: '"one"',
      lastModified: 'Tue, 24 Nov 2026 10:00:00 GMT',
      digest: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      difference: null,
      missing: [],
      fetchedAt: asked.now,
      failure: null,
    })
    expect(set.refreshAt).toBeGreaterThanOrEqual(asked.now + 0.9 * DAY)
    expect(set.refreshAt).toBeLessThanOrEqual(asked.now + 1.1 * DAY)
    expect(good(await getMetadataSource(asked, world.connectionSid))).toEqual(set)
    const { trail } = watch(world, server)
    expect(await trail()).toEqual([
      {
        actor: 'operator olga',
        type: 'metadata_source.saved',
        after: { url: METADATA_URL, signingCertificate: null },
      },
    ])
  })

  it('is another version of the connection, and not another revision', async () => {
    const { world, server, trust } = await createSourced()
    const before = (await trust()).connection
    good(await removeMetadataSource(request(), world.connectionSid))
    const { connection } = await trust()
    expect(connection.updatedAt).toBeGreaterThan(before.updatedAt)
    expect(connection).toMatchObject({ revision: 1, state: 'live' })
    expect(good(await getMetadataSource(request(), world.connectionSid))).toBeNull()
    expect(good(await removeMetadataSource(request(), world.connectionSid))).toBeNull()
    expect(codeOf(await refreshMetadata(request(), world.connectionSid))).toEqual(['not_there'])
    expect((await watch(world, server).trail()).at(-1)).toMatchObject({
      type: 'metadata_source.removed',
    })
  })

  it('is asked conditionally, and 304 counts as read', async () => {
    const { server, read, trust } = await createSourced()
    server.headers = { etag: '"one"' }
    await read()
    const now = Date.now() + DAY
    const { source } = await read(now)
    expect(server.asked.map((headers) => headers['if-none-match'])).toEqual([
      undefined,
      undefined,
      '"one"',
    ])
    expect(source).toMatchObject({ fetchedAt: now, failure: null, etag: '"one"' })
    // A date is enough, where a server has no entity tags.
    server.headers = { 'last-modified': 'Tue, 24 Nov 2026 10:00:00 GMT' }
    await read()
    await read(now + DAY)
    expect(server.asked.at(-1)).toMatchObject({
      'if-modified-since': 'Tue, 24 Nov 2026 10:00:00 GMT',
    })
    expect((await trust()).source.fetchedAt).toBe(now + DAY)
  })

  it.each([
    ['validUntil', { validUntil: '2100-01-01T00:00:00Z' }],
    ['cacheDuration', { roleAttributes: ' cacheDuration="PT2H"' }],
  ])('is read whole each time where it has a %s: 304 does not tell that', async (_, changes) => {
    const { server, read } = await createSourced({ xml: metadataOf(['idp'], changes) })
    server.headers = { etag: '"one"' }
    await read()
    await read()
    expect(server.asked.some((headers) => 'if-none-match' in headers)).toBe(false)
  })

  it('is due when its cacheDuration says so', async () => {
    const roleAttributes = ' cacheDuration="PT2H"'
    const { trust } = await createSourced({ xml: metadataOf(['idp'], { roleAttributes }) })
    const { refreshAt, fetchedAt } = (await trust()).source
    expect(refreshAt - fetchedAt!).toBeGreaterThanOrEqual(1.8 * HOUR)
    expect(refreshAt - fetchedAt!).toBeLessThanOrEqual(2.2 * HOUR)
  })

  it('is read whole again after an edit: 304 says nothing about what the connection is now', async () => {
    const { world, server, read, trust } = await createSourced()
    server.headers = { etag: '"one"' }
    await read()
    const edit = { fields: { ssoPostURL: null } }
    good(await editConnection(request(OPERATOR, server.network), world.connectionSid, edit))
    const { source } = await trust()
    expect(source.etag).toBeNull()
    expect(source.refreshAt).toBeLessThanOrEqual(Date.now())
    expect((await read()).source.difference).toEqual({
      before: { ssoPostURL: null },
      after: { ssoPostURL: SSO_URL },
    })
  })
})

describe('a new key', () => {
  it('waits for a person: no login trusts it, and nothing else changes', async () => {
    const { server, read, trust, trail } = await createSourced()
    const before = await trust()
    server.xml = metadataOf(['idp', 'idpNext'])
    const after = await read()
    expect(after).toMatchObject({ pinned: [IDP], waiting: [NEXT], refused: [] })
    expect(after.connection).toEqual(before.connection)
    await read()
    const found = (await trail()).filter(({ type }) => type === 'certificate.quarantined')
    expect(found).toEqual([
      {
        actor: 'maintenance',
        type: 'certificate.quarantined',
        after: { certificates: [await fingerprintOf('idpNext')] },
      },
    ])
  })

  it('is trusted with one click, which keeps state and revision', async () => {
    const { world, server, read, trust, trail } = await createSourced()
    server.xml = metadataOf(['idp', 'idpNext'])
    await read()
    const next = await fingerprintOf('idpNext')
    const view = good(await trustCertificate(request(), world.connectionSid, next))
    expect(view).toMatchObject({ fingerprint: next, lastUsedAt: null, safeToRemove: false })
    expect(await trust()).toMatchObject({
      pinned: [IDP, NEXT],
      waiting: [],
      connection: { state: 'live', revision: 1 },
    })
    expect((await trail()).at(-1)).toEqual({
      actor: 'operator olga',
      type: 'certificate.trusted',
      after: { addedCertificates: [next] },
    })
    expect(codeOf(await trustCertificate(request(), world.connectionSid, next))).toEqual([
      'certificate_unknown',
      'certificate',
    ])
  })

  it('is refused with one click, and not offered again while the metadata has it', async () => {
    const { world, server, read, trail } = await createSourced()
    server.xml = metadataOf(['idp', 'idpNext'])
    await read()
    const next = await fingerprintOf('idpNext')
    expect(good(await refuseCertificate(request(), world.connectionSid, next))).toBeNull()
    expect((await trail()).at(-1)).toMatchObject({ type: 'certificate.refused' })
    const refused = { pinned: [IDP], waiting: [], refused: [NEXT] }
    expect(await read()).toMatchObject(refused)
    expect(good(await listCertificates(request(), world.connectionSid)).quarantined).toEqual([])
    expect(codeOf(await trustCertificate(request(), world.connectionSid, next))[0]).toBe(
      'certificate_unknown',
    )
    server.xml = metadataOf(['idp'])
    expect(await read()).toMatchObject({ refused: [] })
    server.xml = metadataOf(['idp', 'idpNext'])
    expect(await read()).toMatchObject({ waiting: [NEXT] })
  })

  it('does not wait any more when the metadata has lost it', async () => {
    const { server, read } = await createSourced()
    server.xml = metadataOf(['idp', 'idpNext'])
    expect((await read()).waiting).toEqual([NEXT])
    server.xml = metadataOf(['idp'])
    expect((await read()).waiting).toEqual([])
  })

  it('that somebody adds by hand no longer waits', async () => {
    const { world, server, read, trust } = await createSourced()
    server.xml = metadataOf(['idp', 'idpNext'])
    await read()
    const addCertificates = good(await readCertificates(pemOf('idpNext')))
    good(await editConnection(request(), world.connectionSid, { addCertificates }))
    expect(await trust()).toMatchObject({ pinned: [IDP, NEXT], waiting: [] })
    expect(await read()).toMatchObject({ pinned: [IDP, NEXT], waiting: [] })
  })

  it.each(['rsa1024', 'ed25519', 'secp256k1'] as const)(
    'that is %s is not offered: nobody could trust it',
    async (key) => {
      const { server, read } = await createSourced()
      server.xml = metadataOf(['idp', key])
      expect(await read()).toMatchObject({ pinned: [IDP], waiting: [], source: { failure: null } })
    },
  )
})

describe('a pinned key that the metadata no longer has', () => {
  it('stays, and is said to be missing', async () => {
    const { world, server, read } = await createSourced({ pinned: ['idp', 'idpNext'] })
    server.xml = metadataOf(['idpNext'])
    const { pinned, source } = await read()
    expect(pinned).toEqual([IDP, NEXT])
    expect(source.missing).toEqual([await fingerprintOf('idp')])
    const views = good(await listCertificates(request(), world.connectionSid)).pinned
    expect(views.map(({ warnings }) => warnings.includes('missing_in_metadata'))).toEqual([
      true,
      false,
    ])
  })

  it('and that a person takes away is not brought back by the next reading', async () => {
    const { world, read, trust } = await createSourced({
      pinned: ['idp', 'idpNext'],
      xml: metadataOf(['idp', 'idpNext']),
    })
    const removeCertificates = [await fingerprintOf('idp')]
    good(await editConnection(request(), world.connectionSid, { removeCertificates }))
    expect(await trust()).toMatchObject({ pinned: [NEXT], refused: [IDP] })
    expect(await read()).toMatchObject({ pinned: [NEXT], waiting: [], refused: [IDP] })
  })
})

describe('with a pinned metadata signing certificate', () => {
  const signed = (keys: Parameters<typeof metadataOf>[0], key: 'p256' | 'attacker' = 'p256') =>
    signText(metadataOf(keys), {
      key,
      method: key === 'p256' ? 'ecdsa-sha256' : 'rsa-sha256',
    })

  it('a verified signature trusts new keys at once, audited as maintenance', async () => {
    const { server, read, trail } = await createSourced({
      signedBy: 'p256',
      xml: await signed(['idp']),
    })
    server.xml = await signed(['idp', 'idpNext'])
    expect(await read()).toMatchObject({
      pinned: [IDP, NEXT],
      waiting: [],
      connection: { state: 'live', revision: 1 },
    })
    expect((await trail()).at(-1)).toEqual({
      actor: 'maintenance',
      type: 'certificate.trusted',
      after: { addedCertificates: [await fingerprintOf('idpNext')] },
    })
  })

  it.each<[string, () => string | Promise<string>]>([
    ['metadata_unsigned', () => metadataOf(['idp', 'idpNext'])],
    ['signature_invalid', () => signed(['idp', 'idpNext'], 'attacker')],
    [
      'signature_digest',
      async () => (await signed(['idp', 'idpNext'])).replace(SSO_URL, 'https://evil.example/sso'),
    ],
  ])('%s is a failure, and nothing of the document is used', async (code, document) => {
    const { server, read, trust } = await createSourced({
      signedBy: 'p256',
      xml: await signed(['idp']),
    })
    const before = await trust()
    server.xml = await document()
    const after = await read()
    expect(after.source).toMatchObject({ failure: { code }, difference: null, missing: [] })
    expect({ ...after, source: null }).toEqual({ ...before, source: null })
    expect(after.source.digest).toBe(before.source.digest)
  })

  it('a key that a person has refused or taken away comes back only by a person, also when old metadata comes', async () => {
    const { world, server, read } = await createSourced({
      signedBy: 'p256',
      xml: await signed(['idp', 'idpNext']),
    })
    const removeCertificates = [await fingerprintOf('idp')]
    good(await editConnection(request(), world.connectionSid, { removeCertificates }))
    const old = server.xml
    server.xml = await signed(['idpNext'])
    expect(await read()).toMatchObject({ pinned: [NEXT], refused: [IDP] })
    server.xml = old
    expect(await read()).toMatchObject({ pinned: [NEXT], waiting: [], refused: [IDP] })
  })

  it('is kept when only the URL is set again, and taken away by null', async () => {
    const { world, server } = await createSourced({ signedBy: 'p256', xml: await signed(['idp']) })
    const asked = request(OPERATOR, server.network)
    const set = (input: { signingCertificate?: string | null }) =>
      setMetadataSource(asked, world.connectionSid, { url: METADATA_URL, ...input })
    expect(good(await set({})).signingCertificate).toBe(certificateOf('p256'))
    expect(codeOf(await set({ signingCertificate: pemOf('attacker') }))).toEqual([
      'signature_invalid',
      'url',
    ])
    expect(codeOf(await set({ signingCertificate: pemOf('idp') + pemOf('p256') }))).toEqual([
      'input',
      'signingCertificate',
    ])
    expect(codeOf(await set({ signingCertificate: 'x' }))).toEqual([
      'certificate_malformed',
      'signingCertificate',
    ])
    expect(good(await set({ signingCertificate: null })).signingCertificate).toBeNull()
  })

  it('a promotion that an administrator’s edit overtakes is not made', async () => {
    const { world, server, read, trust } = await createSourced({
      signedBy: 'p256',
      xml: await signed(['idp']),
    })
    const promoting = await signed(['idp', 'idpNext'])
    server.answer = async () => {
      good(await removeMetadataSource(request(), world.connectionSid))
      return new Response(promoting)
    }
    await read()
    expect(await trust()).toMatchObject({ pinned: [IDP], waiting: [], source: undefined })
  })
})

describe('what differs otherwise', () => {
  it('waits for a person, who imports it', async () => {
    const { world, server, read, trust, trail } = await createSourced({
      connection: { signRequests: false },
    })
    const changes = {
      content: metadataOf(['idp'])
        .replace(/^.*?<md:KeyDescriptor/, '<md:KeyDescriptor')
        .replace(/<\/md:IDPSSODescriptor>.*$/, '')
        .replaceAll(SSO_URL, 'https://new.tenant.example/sso'),
      roleAttributes: ' WantAuthnRequestsSigned="true"',
    }
    server.xml = metadataOf([], changes)
    const differs = {
      before: { ssoRedirectURL: SSO_URL, ssoPostURL: SSO_URL, signRequests: false },
      after: {
        ssoRedirectURL: 'https://new.tenant.example/sso',
        ssoPostURL: 'https://new.tenant.example/sso',
        signRequests: true,
      },
    }
    const before = await trust()
    const after = await read()
    expect(after.source.difference).toEqual(differs)
    expect(after.connection).toEqual(before.connection)
    await read()
    expect((await trail()).filter(({ type }) => type === 'metadata_source.changed')).toHaveLength(1)
    const asked = request(OPERATOR, server.network)
    good(await importMetadataFromURL(asked, world.connectionSid, METADATA_URL))
    expect(await trust()).toMatchObject({
      connection: { ssoRedirectURL: 'https://new.tenant.example/sso', state: 'testing' },
      source: { difference: null },
    })
    expect((await read()).source.difference).toBeNull()
  })

  it('is the identifier: then not even its keys wait', async () => {
    const { server, read } = await createSourced()
    server.xml = metadataOf(['attacker'], { entityID: 'https://other.example/metadata' })
    expect(await read()).toMatchObject({
      pinned: [IDP],
      waiting: [],
      source: {
        difference: { after: { entityID: 'https://other.example/metadata' } },
        missing: [],
        failure: null,
      },
    })
  })

  it('is found in an aggregate by the identifier of the connection', async () => {
    const aggregate = (keys: Parameters<typeof metadataOf>[0]) =>
      entitiesDescriptor(
        [
          entityDescriptor({ entityID: 'https://one.example' }, false),
          metadataOf(keys).replace(/ xmlns:md="[^"]*"/, ''),
          entityDescriptor({ entityID: 'https://two.example' }, false),
        ].join(''),
      )
    const { server, read } = await createSourced({ xml: aggregate(['idp']) })
    server.xml = enlarged(aggregate(['idp', 'idpNext']))
    expect(await read()).toMatchObject({ waiting: [NEXT], source: { failure: null } })
    server.xml = aggregate(['idp', 'idpNext']).replace('https://idp.tenant.example/metadata', 'x')
    expect(await read()).toMatchObject({
      waiting: [NEXT],
      source: { failure: { code: 'metadata_no_entity' } },
    })
  })

  it('metadata_several_entities: an aggregate for a connection without an identifier, and which there are', async () => {
    const world = await createWorld()
    await db
      .update(connections)
      .set({ entityID: '' })
      .where(eq(connections.sid, world.connectionSid))
    const xml = entitiesDescriptor(
      ['https://one.example', 'https://two.example']
        .map((entityID) => entityDescriptor({ entityID, ID: '' }, false))
        .join(''),
    )
    const asked = request(OPERATOR, publish(xml).network)
    expect(
      await setMetadataSource(asked, world.connectionSid, { url: METADATA_URL }),
    ).toMatchObject({
      ok: false,
      error: {
        code: 'metadata_several_entities',
        field: 'url',
        choices: ['https://one.example', 'https://two.example'],
      },
    })
  })
})

describe('a reading that fails', () => {
  it.each<[string, () => Response]>([
    ['endpoint_unreachable', () => new Response(null, { status: 500 })],
    ['endpoint_unreachable', () => new Response(null, { status: 304 })],
    [
      'endpoint_private',
      () => new Response(null, { status: 302, headers: { location: 'https://inside.example/' } }),
    ],
    ['metadata_other', () => new Response('<html>')],
    ['xml_doctype', () => new Response(`<!DOCTYPE x>${metadataOf(['attacker'])}`)],
    [
      'metadata_expired',
      () => new Response(metadataOf(['attacker'], { validUntil: '2020-01-01T00:00:00Z' })),
    ],
    ['metadata_no_certificate', () => new Response(metadataOf([]))],
  ])('%s: keeps everything as it was', async (code, answer) => {
    const { server, read, trust } = await createSourced()
    server.xml = metadataOf(['idp', 'idpNext'])
    const before = await read()
    server.answer = answer
    const { source, ...after } = await read()
    expect(source).toEqual({
      ...before.source,
      failure: {
        code,
        reason: expect.any(String),
        since: expect.any(Number),
        ...(code === 'metadata_other' && { given: 'a web page' }),
      },
      refreshAt: expect.any(Number),
    })
    expect(after).toEqual({
      connection: before.connection,
      pinned: [IDP],
      waiting: [NEXT],
      refused: [],
    })
    expect((await trust()).source.failure).not.toBeNull()
  })

  it('is told when it begins and when it is over, waits ever longer in between, and never over a day', async () => {
    const { server, read, trail } = await createSourced()
    server.answer = () => new Response(null, { status: 503 })
    let now = Date.now()
    const waits: number[] = []
    for (let times = 0; times < 10; times++) {
      const { source } = await read(now)
      waits.push(source.refreshAt - now)
      now = source.refreshAt
    }
    const minutes = waits.map((wait) => wait / 60_000)
    expect(minutes[0]).toBeGreaterThanOrEqual(0.9 * 15)
    expect(minutes[0]).toBeLessThanOrEqual(1.1 * 15)
    expect(minutes[4]).toBeGreaterThan(60)
    expect(Math.max(...minutes)).toBeLessThanOrEqual(1.1 * 24 * 60)
    expect(minutes.at(-1)).toBeGreaterThan(12 * 60)
    server.answer = undefined
    expect((await read(now)).source.failure).toBeNull()
    await read(now + DAY)
    const told = (await trail()).map(({ type }) => type)
    expect(told.filter((type) => type !== 'metadata_source.saved')).toEqual([
      'metadata_source.failed',
      'metadata_source.recovered',
    ])
  })

  it('is an answer of refreshMetadata, and a refusal of setMetadataSource, which keeps nothing', async () => {
    const { world, server } = await createSourced()
    server.answer = () => new Response(null, { status: 503 })
    const asked = request(OPERATOR, server.network)
    expect(good(await refreshMetadata(asked, world.connectionSid))).toMatchObject({
      failure: { code: 'endpoint_unreachable', reason: 'it answers 503' },
    })
    const other = await createWorld()
    expect(
      codeOf(await setMetadataSource(asked, other.connectionSid, { url: METADATA_URL })),
    ).toEqual(['endpoint_unreachable', 'url'])
    expect(good(await getMetadataSource(asked, other.connectionSid))).toBeNull()
  })

  it.each(['http://idp.tenant.example/', 'https://user:pass@idp.tenant.example/', 'x', ''])(
    'endpoint_url: %s is not asked at all',
    async (url) => {
      const world = await createWorld()
      const server = publish(metadataOf(['idp']))
      const asked = request(OPERATOR, server.network)
      expect(codeOf(await setMetadataSource(asked, world.connectionSid, { url }))).toEqual([
        'endpoint_url',
        'url',
      ])
      expect(server.visited).toEqual([])
    },
  )
})

describe('who may', () => {
  const can = (tenantSid: string, capabilities: ('configure' | 'test')[]): Actor => ({
    ...(tenantAdmin({ id: 'carl', name: 'carl' }, tenantSid) as Extract<
      Actor,
      { kind: 'customer admin' }
    >),
    capabilities,
  })

  it('decide: customer admins of the tenant who may configure; others see, and see nothing of other tenants', async () => {
    const { world, server, read, trust } = await createSourced()
    server.xml = metadataOf(['idp', 'idpNext'])
    await read()
    const next = await fingerprintOf('idpNext')
    const { connectionSid: sid } = world
    const before = await trust()
    const outcomes = async (actor: Actor) => {
      const asked = request(actor, server.network)
      return [
        await setMetadataSource(asked, sid, { url: METADATA_URL }),
        await refreshMetadata(asked, sid),
        await removeMetadataSource(asked, sid),
        await trustCertificate(asked, sid, next),
        await refuseCertificate(asked, sid, next),
      ].map((outcome) => codeOf(outcome)[0])
    }
    const tester = can(world.tenantSid, ['test'])
    expect(await outcomes(tester)).toEqual(Array.from({ length: 5 }, () => 'forbidden'))
    expect(good(await getMetadataSource(request(tester), sid))?.url).toBe(METADATA_URL)
    expect(good(await listCertificates(request(tester), sid)).quarantined).toHaveLength(1)

    const stranger = tenantAdmin({ id: 'eve', name: 'eve' }, (await createWorld()).tenantSid)
    expect(await outcomes(stranger)).toEqual(Array.from({ length: 5 }, () => 'not_there'))
    expect(codeOf(await getMetadataSource(request(stranger), sid))).toEqual(['not_there'])
    expect(codeOf(await listCertificates(request(stranger), sid))).toEqual(['not_there'])
    expect(await trust()).toEqual(before)

    const admin = request(can(world.tenantSid, ['configure']), server.network)
    good(await refreshMetadata(admin, sid))
    expect(codeOf(await trustCertificate(admin, sid, next))).toEqual(['waits_for_operator'])
    await db
      .update(tenants)
      .set({ customerChanges: 'apply' })
      .where(eq(tenants.sid, world.tenantSid))
    good(await trustCertificate(admin, sid, next))
    good(await removeMetadataSource(admin, sid))
    expect(await trust()).toMatchObject({ pinned: [IDP, NEXT], source: undefined })
  })

  it('lifecycle: nobody, while the connection is suspended', async () => {
    const { world, server, trust } = await createSourced()
    good(await changeState(request(), world.connectionSid, 'suspend'))
    const before = await trust()
    const asked = request(OPERATOR, server.network)
    expect(codeOf(await refreshMetadata(asked, world.connectionSid))).toEqual(['lifecycle'])
    expect(
      codeOf(await setMetadataSource(asked, world.connectionSid, { url: METADATA_URL })),
    ).toEqual(['lifecycle'])
    expect(await trust()).toEqual(before)
    expect(server.asked).toHaveLength(1)
  })

  it('revision_changed: of two clicks at once one counts', async () => {
    const { world, server, read } = await createSourced()
    server.xml = metadataOf(['idp', 'idpNext'])
    await read()
    const next = await fingerprintOf('idpNext')
    const outcomes = await Promise.all([
      trustCertificate(request(), world.connectionSid, next),
      refuseCertificate(request(), world.connectionSid, next),
    ])
    expect(outcomes.map((outcome) => codeOf(outcome)[0]).toSorted()).toEqual([
      null,
      'revision_changed',
    ])
    const rows = await db
      .select()
      .from(quarantinedCertificates)
      .where(eq(quarantinedCertificates.connectionSid, world.connectionSid))
    expect(rows.length).toBe(outcomes[0].ok ? 0 : 1)
  })
})
