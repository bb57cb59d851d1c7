import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { tenantAdmin } from '../../src/events/actor.ts'
import { findEvents as findEventPage } from '../../src/events/feed/store.ts'
import { recordedEvents } from '../../src/events/store.ts'
import {
  changeState,
  checkConnection,
  createConnection,
  editConnection,
  getConnection,
  listConnections,
  readCertificates,
} from '../../src/connections/operations.ts'
import {
  importMetadata,
  importMetadataFromURL,
} from '../../src/connections/metadata/import-metadata.ts'
import { findCertificates } from '../../src/connections/certificates/store.ts'
import { connections } from '../../src/platform/db/schema.ts'
import { createTenant } from '../../src/directory/operations.ts'
import { openBrowser } from '../support/browser.ts'
import { fakeNetwork, PUBLIC_V4 } from '../support/fake-network.ts'
import { encodeBase64 } from '../../src/base64.ts'
import { certificateOf, pemOf, publicKeyOf, type KeyName } from '../support/keys.ts'
import { ALL, codeOf, good, OPERATOR, request } from '../support/request.ts'
import { as, attemptCode, createWorld, db } from '../support/world.ts'

const metadata = (entityID: string, keys: KeyName[] = ['idp']) =>
  new TextEncoder().encode(
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityID}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.map((key) => `<KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificateOf(key)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`).join('')}<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/post"/></IDPSSODescriptor></EntityDescriptor>`,
  )

const findEvents = async (database: typeof db, subjectSid: string) =>
  (await findEventPage(database, { subjectSid }, ALL)).items

async function draft() {
  const tenant = good(await createTenant(request(), { name: 'Acme' }))
  const connection = good(await createConnection(request(), tenant.sid, { name: 'Acme IdP' }))
  return { tenant, sid: connection.sid }
}

describe('a connection from nothing to ready to test', () => {
  it('is a draft, takes metadata, and moves on', async () => {
    const { tenant, sid } = await draft()
    expect(codeOf(await changeState(request(), sid, 'begin_testing'))).toEqual(['lifecycle'])

    const preview = good(
      await importMetadata(request(), sid, metadata('https://idp.example'), { preview: true }),
    )
    expect(preview).toMatchObject({
      before: { entityID: '', ssoPostURL: null },
      after: { entityID: 'https://idp.example', ssoPostURL: 'https://idp.example/post' },
      addedCertificates: [expect.stringMatching(/^[0-9a-f]{64}$/)],
      state: 'draft',
    })
    expect(good(await getConnection(request(), sid))).toMatchObject({ entityID: '', revision: 1 })

    good(await importMetadata(request(), sid, metadata('https://idp.example')))
    const tested = good(await changeState(request(), sid, 'begin_testing'))
    expect(tested).toMatchObject({
      state: 'testing',
      revision: 2,
      entityID: 'https://idp.example',
      certificates: [
        {
          algorithm: 'RSA 2048 65537',
          spki: encodeBase64(publicKeyOf('idp')),
          subject: 'CN=Test identity provider',
        },
      ],
    })
    const trail = await findEvents(db, sid)
    expect(trail.map(({ type }) => type).toSorted()).toEqual([
      'connection.created',
      'connection.metadata_imported',
      'connection.testing_started',
    ])
    expect(
      trail.every(({ actor, tenantSid }) => actor === 'operator olga' && tenantSid === tenant.sid),
    ).toBe(true)
  })

  it('changes nothing, and says nothing, when the same metadata comes again', async () => {
    const { sid } = await draft()
    good(await importMetadata(request(), sid, metadata('https://idp.example')))
    good(await importMetadata(request(), sid, metadata('https://idp.example')))
    expect(await findEvents(db, sid)).toHaveLength(2)
    expect(good(await getConnection(request(), sid)).revision).toBe(2)
  })
})

describe('from the network', () => {
  const url = 'https://idp.example/metadata'
  const names = { 'idp.example': [PUBLIC_V4], 'inside.example': ['10.0.0.1'] }
  const answer = (status: number, body: BodyInit | null = null) => ({
    [url]: () => new Response(body, { status }),
  })

  it('takes metadata from a public URL', async () => {
    const { sid } = await draft()
    const hosts = answer(200, metadata('https://idp.example'))
    const { options } = fakeNetwork({ names, hosts })
    good(await importMetadataFromURL(request(OPERATOR, options), sid, url))
    expect(good(await getConnection(request(), sid)).entityID).toBe('https://idp.example')
  })

  it('takes one of a federation’s file of more than 1 MiB, which has to be named', async () => {
    const { sid } = await draft()
    const entities = ['https://one.example', 'https://two.example'].map((entityID) =>
      new TextDecoder().decode(metadata(entityID)),
    )
    const xml = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${entities.join(' '.repeat(1024 * 1024))}</EntitiesDescriptor>`
    const { options } = fakeNetwork({ names, hosts: answer(200, xml) })
    const asked = request(OPERATOR, options)
    const unnamed = await importMetadataFromURL(asked, sid, url)
    expect(unnamed).toMatchObject({
      error: {
        code: 'metadata_several_entities',
        field: 'metadata',
        choices: ['https://one.example', 'https://two.example'],
      },
    })
    const entityID = 'https://two.example'
    good(await importMetadataFromURL(asked, sid, url, { entityID }))
    expect(good(await getConnection(request(), sid)).entityID).toBe(entityID)
  })

  it.each([
    ['endpoint_private', 'https://inside.example/', {}],
    ['endpoint_url', 'http://idp.example/metadata', {}],
    ['endpoint_unreachable', url, {}],
    ['endpoint_unreachable', url, answer(404)],
    ['xml_malformed', url, answer(200, 'not found')],
  ])('%s: from %s nothing is taken', async (code, from, hosts) => {
    const { sid } = await draft()
    const { options } = fakeNetwork({ names, hosts })
    expect(codeOf(await importMetadataFromURL(request(OPERATOR, options), sid, from))).toEqual([
      code,
      'metadata',
    ])
    expect(await findEvents(db, sid)).toHaveLength(1)
  })

  it('says which URLs of a connection are reached', async () => {
    const { sid } = await draft()
    const fields = {
      ssoRedirectURL: url,
      ssoPostURL: 'https://inside.example/sso',
      logoutRedirectURL: 'https://gone.example/bye',
    }
    good(await editConnection(request(), sid, { fields }))
    const { options } = fakeNetwork({ names, hosts: answer(405) })
    expect(good(await checkConnection(request(OPERATOR, options), sid))).toMatchObject([
      { field: 'ssoRedirectURL', result: 'reachable', reason: 'it answers 405' },
      { field: 'ssoPostURL', result: 'private' },
      { field: 'logoutRedirectURL', result: 'unreachable' },
    ])
  })
})

describe('fields', () => {
  it.each([
    [
      'entityID',
      'identifier',
      ['', ' x', 'urn:x y', 'x  y', 'x\u00a0y', 'x\u200by', 'x\ny', 'x'.repeat(1025)],
    ],
    [
      'ssoRedirectURL',
      'endpoint_url',
      ['http://idp.example/', 'javascript:alert(1)', 'https://u:p@x.example/', 'x', ''],
    ],
    ['logoutRedirectURL', 'endpoint_url', ['http://x.example/']],
    ['requestBinding', 'input', ['SOAP']],
    ['idpInitiated', 'input', ['always']],
    ['signRequests', 'input', ['yes']],
    ['requestedAuthnContext', 'input', [['']]],
    ['attributeMapping', 'input', [{ role: 'x' }, { email: '' }]],
    ['allow', 'input', [['rsa1024'], ['md5']]],
    ['clockSkewSeconds', 'input', [-1, 301, 1.5]],
    ['name', 'input', ['', null]],
    ['preset', 'input', ['', 'Okta', 'toString', 5]],
    ['ssoPostURL', 'endpoint_url', [5, ['https://idp.example/'], {}]],
    ['logoutRedirectURL', 'endpoint_url', [true]],
    ['allow', 'input', ['sha1', null, 5]],
    ['requestedAuthnContext', 'input', ['urn:x', 5, [5]]],
    ['attributeMapping', 'input', [5, 'x', ['email'], { email: 5 }]],
    ['nameIDFormat', 'input', [5, '']],
    ['clockSkewSeconds', 'input', ['60', null]],
    ['entityID', 'identifier', [null, 5]],
    ['state', 'input', ['live']],
    ['tenantSid', 'input', ['TN']],
    ['__proto__', 'input', [1]],
  ])('%s: %s', async (field, code, values) => {
    const { sid } = await draft()
    for (const value of values as unknown[]) {
      const fields = JSON.parse(`{${JSON.stringify(field)}: ${JSON.stringify(value)}}`) as object
      expect(codeOf(await editConnection(request(), sid, { fields }))).toEqual([code, field])
    }
    expect(await findEvents(db, sid)).toHaveLength(1)
  })

  it('take the preset that somebody chooses, and null for the one that is recognised', async () => {
    const { sid } = await draft()
    for (const preset of ['okta', null] as const) {
      good(await editConnection(request(), sid, { fields: { preset } }))
      expect(good(await getConnection(request(), sid))).toMatchObject({ preset, revision: 1 })
    }
  })

  it('take an opaque key as identifier, exactly as it is', async () => {
    const { sid } = await draft()
    good(await editConnection(request(), sid, { fields: { entityID: 'External Key/42' } }))
    expect(good(await getConnection(request(), sid)).entityID).toBe('External Key/42')
  })

  it('raise the revision where trust depends on them, and not otherwise', async () => {
    const { sid } = await draft()
    const revisionAfter = async (fields: object) => {
      good(await editConnection(request(), sid, { fields }))
      return good(await getConnection(request(), sid)).revision
    }
    expect(await revisionAfter({ name: 'Other', logoutRedirectURL: 'https://x.example/bye' })).toBe(
      1,
    )
    expect(await revisionAfter({ clockSkewSeconds: 90 })).toBe(2)
    expect(await revisionAfter({ clockSkewSeconds: 90 })).toBe(2)
    expect(await revisionAfter({ entityID: 'https://idp.example' })).toBe(3)
  })

  it('send a live connection back to testing where they break trust', async () => {
    const { sid } = await draft()
    good(await importMetadata(request(), sid, metadata('https://idp.example')))
    const live = () => db.update(connections).set({ state: 'live' }).where(eq(connections.sid, sid))
    await live()
    expect(good(await editConnection(request(), sid, { fields: { name: 'B' } })).state).toBe('live')
    const edit = { fields: { ssoPostURL: 'https://idp.example/other' } }
    expect(good(await editConnection(request(), sid, edit)).state).toBe('testing')
    expect(good(await getConnection(request(), sid)).state).toBe('testing')
  })
})

describe('certificates', () => {
  const add = async (sid: string, key: KeyName) => {
    const read = await readCertificates(pemOf(key))
    return read.ok ? editConnection(request(), sid, { addCertificates: read.value }) : read
  }

  it('are added before the old one goes, and no login fails in between', async () => {
    const world = await createWorld({ pinned: [] })
    await world.addUser('alice@tenant.example')
    const login = async (key: KeyName) => {
      const browser = openBrowser()
      const { requestID, relayState } = await world.begin(browser)
      const message = await world.idp(requestID, key).respond(as('alice@tenant.example'))
      return { browser, relayState, message }
    }
    const arrive = async ({ browser, relayState, message }: Awaited<ReturnType<typeof login>>) => {
      const response = await world.deliver(browser, message, relayState)
      return response.status === 303 ? null : await attemptCode(response)
    }
    good(await add(world.connectionSid, 'idp'))
    const underway = await login('idp')
    good(await add(world.connectionSid, 'idpNext'))
    expect(await arrive(underway)).toBeNull()
    expect(await arrive(await login('idp'))).toBeNull()
    expect(await arrive(await login('idpNext'))).toBeNull()

    const old = (await findCertificates(db, world.connectionSid)).find(
      ({ certificate }) => certificate === certificateOf('idp'),
    )
    const removeCertificates = [old!.fingerprint]
    good(await editConnection(request(), world.connectionSid, { removeCertificates }))
    expect(await arrive(await login('idp'))).toBe('signature_invalid')
    expect(await arrive(await login('idpNext'))).toBeNull()
  })

  it.each([
    ['signature_key_weak', 'rsa1024'],
    ['signature_key_weak', 'rsaExponent3'],
    ['signature_key_unsupported', 'secp256k1'],
  ] as const)('%s: %s is refused', async (code, key) => {
    const { sid } = await draft()
    expect(codeOf(await add(sid, key))).toEqual([code, 'certificate'])
    expect(await findCertificates(db, sid)).toEqual([])
  })

  it('certificate_private_key: a private key is refused', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'
    expect(codeOf(await readCertificates(pem))).toEqual(['certificate_private_key', 'certificate'])
  })

  it('certificate_unknown: one that is not there cannot be removed', async () => {
    const { sid } = await draft()
    const edit = { removeCertificates: ['00'] }
    expect(codeOf(await editConnection(request(), sid, edit))).toEqual(['certificate_unknown'])
  })
})

describe('who may', () => {
  it('a customer admin reaches the own tenant and sees nothing of others, guessed or not', async () => {
    const { tenant, sid } = await draft()
    const other = await draft()
    const admin = tenantAdmin({ id: 'carl', name: 'carl' }, tenant.sid)
    expect(codeOf(await getConnection(request(admin), sid))).toEqual([null])
    expect(good(await listConnections(request(admin), tenant.sid, ALL)).items).toHaveLength(1)
    const missing = ['not_there']
    expect(codeOf(await getConnection(request(admin), other.sid))).toEqual(missing)
    expect(codeOf(await getConnection(request(admin), `CN${'0'.repeat(32)}`))).toEqual(missing)
    expect(codeOf(await listConnections(request(admin), other.tenant.sid, ALL))).toEqual(missing)
    expect(codeOf(await createConnection(request(admin), other.tenant.sid, { name: 'x' }))).toEqual(
      missing,
    )
    expect(
      codeOf(await editConnection(request(admin), other.sid, { fields: { name: 'x' } })),
    ).toEqual(missing)
    expect(codeOf(await changeState(request(admin), other.sid, 'suspend'))).toEqual(missing)
    expect(codeOf(await importMetadata(request(admin), other.sid, metadata('x')))).toEqual(missing)
    expect(codeOf(await createTenant(request(admin), { name: 'x' }))).toEqual(['forbidden'])
    expect(await findEvents(db, other.sid)).toHaveLength(1)
  })

  it('not_there: no connection in a tenant that does not exist', async () => {
    const outcome = await createConnection(request(), `TN${'0'.repeat(32)}`, { name: 'x' })
    expect(codeOf(outcome)).toEqual(['not_there'])
  })
})

it('revision_changed: of two edits at once one is told that it came too late, and leaves nothing', async () => {
  const { sid } = await draft()
  const outcomes = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      editConnection(request(), sid, { fields: { name, entityID: name } }),
    ),
  )
  expect(outcomes.map((outcome) => codeOf(outcome)[0]).toSorted()).toEqual([
    null,
    'revision_changed',
    'revision_changed',
  ])
  const { name, entityID, revision } = good(await getConnection(request(), sid))
  expect(entityID).toBe(name)
  expect(revision).toBe(2)
  expect(
    await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid)),
  ).toHaveLength(2)
})

it('a suspended connection comes back to where it was, unless its trust changed meanwhile', async () => {
  const { sid } = await draft()
  good(await importMetadata(request(), sid, metadata('https://idp.example')))
  await db.update(connections).set({ state: 'live' }).where(eq(connections.sid, sid))
  good(await changeState(request(), sid, 'suspend'))
  expect(good(await changeState(request(), sid, 'resume')).state).toBe('live')
  good(await changeState(request(), sid, 'suspend'))
  good(await editConnection(request(), sid, { fields: { clockSkewSeconds: 30 } }))
  expect(good(await changeState(request(), sid, 'resume')).state).toBe('testing')
})
