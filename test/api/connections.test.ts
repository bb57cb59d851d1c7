// Connections over the API: versions and copies, previews, what is uploaded, and what they answer
// with.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { findCertificates } from '../../src/connections/certificates/store.ts'
import { connections } from '../../src/platform/db/schema.ts'
import { addAttempt } from '../support/attempts.ts'
import { createWorld, db } from '../support/world.ts'
import { certificateOf, pemOf } from '../support/keys.ts'
import { callerWithKey, type Caller, type Sent } from './caller.ts'
import { idpNetwork, metadataXML, METADATA_URL, openStage, type Stage } from './stage.ts'

let operator: Caller
let stage: Stage
let path: string
beforeEach(async () => {
  operator = await callerWithKey(null, { fetch: idpNetwork() })
  stage = await openStage()
  path = `/connections/${stage.connectionSid}`
})

const row = async () =>
  (await db.select().from(connections).where(eq(connections.sid, stage.connectionSid)))[0]!

describe('a connection', () => {
  it('is what both sides need', async () => {
    const { body } = await operator('GET', path)
    const origin = 'https://sso.vendor.example'
    expect(body).toMatchObject({
      tenantName: 'Tenant',
      state: 'testing',
      events: ['suspend', 'withdraw'],
      certificateCount: 1,
      ours: {
        entityID: `${origin}/saml/${stage.connectionSid}/metadata`,
        acsURL: `${origin}/saml/${stage.connectionSid}/acs`,
        metadataURL: `${origin}/saml/${stage.connectionSid}/metadata`,
        loginURL: `${origin}/sso/${stage.connectionSid}`,
        certificates: [{ stage: 'current', certificate: certificateOf('sp') }],
      },
      idp: { id: 'generic', attributes: { email: { name: 'email' } } },
    })
    const edited = await operator('PATCH', path, { body: { preset: 'okta' } })
    expect(edited.body.connection).toMatchObject({ preset: 'okta', idp: { id: 'okta' } })
  })

  it('refuses fields that do not fit, with codes of their own', async () => {
    const refused = async (body: object) => {
      const answer = await operator('PATCH', path, { body })
      return [answer.status, answer.body.code, answer.body.field]
    }
    expect(await refused({ entityID: ' x' })).toEqual([400, 'identifier', 'entityID'])
    expect(await refused({ ssoPostURL: 'http://idp.example' })).toEqual([
      400,
      'endpoint_url',
      'ssoPostURL',
    ])
    expect(await refused({ clockSkewSeconds: 301 })).toEqual([400, 'input', 'clockSkewSeconds'])
    expect(await refused({ preset: 'acme' })).toEqual([400, 'input', 'preset'])
    expect(await refused({ state: 'live' })).toEqual([400, 'input', 'state'])
    const own = await callerWithKey(stage.tenantSid)
    const answer = await own('PATCH', path, { body: { allow: ['sha1'] } })
    expect([answer.body.code, answer.body.field]).toEqual(['forbidden', 'allow'])
  })

  it('moves through its life, and not out of turn', async () => {
    const withdrawn = await operator('POST', `${path}/state`, { body: { event: 'withdraw' } })
    expect(withdrawn.body).toMatchObject({ state: 'draft', events: ['begin_testing', 'suspend'] })
    const early = await operator('POST', `${path}/state`, { body: { event: 'go_live' } })
    expect([early.status, early.body.code]).toEqual([409, 'lifecycle'])
    const inner = await operator('POST', `${path}/state`, { body: { event: 'validate' } })
    expect([inner.status, inner.body.code]).toEqual([400, 'input'])
    const { tenantSid } = await createWorld({ tenant: { plan: 'standard' } })
    const poor = await operator('POST', `/tenants/${tenantSid}/connections`, {
      body: { name: 'IdP' },
    })
    expect([poor.status, poor.body.code]).toEqual([403, 'plan_required'])
  })
})

describe('versions', () => {
  it('a lost update is refused, and nothing is done', async () => {
    const seen = await operator('GET', path)
    const tag = seen.headers.get('etag')!
    expect(tag).toMatch(new RegExp(`^"${seen.body.updatedAt}\\.[\\w-]{16}"$`))
    const edit = (name: string, ifMatch: string) =>
      operator('PATCH', path, { body: { name }, headers: { 'if-match': ifMatch } })
    const first = await edit('First', tag)
    expect([first.status, (await row()).name]).toEqual([200, 'First'])
    const second = await edit('Second', tag)
    expect([second.status, second.body.code, (await row()).name]).toEqual([
      412,
      'revision_changed',
      'First',
    ])
    // The answer of an edit is as good as a look at the connection.
    expect(first.headers.get('etag')).toBe((await operator('GET', path)).headers.get('etag'))
    expect((await edit('Third', first.headers.get('etag')!)).status).toBe(200)
    expect((await edit('Fourth', `"${(await row()).updatedAt}"`)).status).toBe(200)
    expect((await edit('Fifth', '*')).status).toBe(200)
    for (const wrong of ['', 'x', '"x"', `W/"${(await row()).updatedAt}"`])
      expect((await edit('Sixth', wrong)).body.code).toBe('revision_changed')
  })

  it.each([
    ['POST', 'metadata', { body: { xml: metadataXML(METADATA_URL, ['idp', 'idpNext']) } }],
    ['POST', 'certificates', { body: { certificate: pemOf('idpNext') } }],
    ['DELETE', 'certificates/{pinned}', {}],
  ])('also of %s %s', async (method, below, sent) => {
    const where = `${path}/${below.replace('{pinned}', stage.pinned)}`
    const before = await findCertificates(db, stage.connectionSid)
    const lost = await operator(method, where, { ...sent, headers: { 'if-match': '"1"' } })
    expect(lost.body.code).toBe('revision_changed')
    expect(await findCertificates(db, stage.connectionSid)).toEqual(before)
    const { updatedAt } = await row()
    const headers = { 'if-match': `"${updatedAt}"` }
    expect((await operator(method, where, { ...sent, headers })).status).toBe(200)
    expect(await findCertificates(db, stage.connectionSid)).not.toEqual(before)
  })

  it('a copy is good until something changes, also without an edit', async () => {
    const tag = (await operator('GET', path)).headers.get('etag')!
    const ask = (value: string) => operator('GET', path, { headers: { 'if-none-match': value } })
    const fresh = await ask(`"other", W/${tag}`)
    expect([fresh.status, fresh.body, fresh.headers.get('etag')]).toEqual([304, undefined, tag])
    expect((await ask('"other"')).status).toBe(200)
    await db.update(connections).set({ lastLoginAt: 1 })
    const stale = await ask(tag)
    expect([stale.status, stale.body.lastLoginAt]).toEqual([200, 1])
    // A login is no edit: who saw the version before may still edit it.
    const edit = { body: { name: 'Edited' }, headers: { 'if-match': tag } }
    expect((await operator('PATCH', path, edit)).status).toBe(200)
  })

  it('a preview changes nothing', async () => {
    const before = await row()
    const body = { entityID: 'https://other.example', ssoPostURL: null }
    const previewed = await operator('PATCH', `${path}?preview=true`, { body })
    expect(previewed.body).toMatchObject({
      after: body,
      before: { entityID: stage.idpEntityID },
      connection: { entityID: stage.idpEntityID },
    })
    await operator('POST', `${path}/metadata?preview=true`, {
      body: { xml: metadataXML('https://other.example', ['idpNext']) },
    })
    await operator('POST', `${path}/certificates?preview=true`, {
      body: { certificate: pemOf('idpNext') },
    })
    await operator('DELETE', `${path}/certificates/${stage.pinned}?preview=true`)
    expect(await row()).toEqual(before)
    expect(await findCertificates(db, stage.connectionSid)).toHaveLength(1)
    expect((await operator('PATCH', `${path}?preview=1`, { body })).body).toMatchObject({
      code: 'input',
      field: 'preview',
    })
  })
})

describe('what is uploaded', () => {
  const XML_TYPES = ['application/samlmetadata+xml', 'application/xml', 'text/xml; charset=utf-8']
  const uploads: [string, Sent][] = [
    ['JSON', { body: { xml: metadataXML('https://new.example') } }],
    ['a URL', { body: { url: METADATA_URL } }],
    ...XML_TYPES.map((type): [string, Sent] => [
      type,
      { body: metadataXML('https://new.example'), headers: { 'content-type': type } },
    ]),
  ]
  it.each(uploads)('metadata as %s', async (_, sent) => {
    await db.update(connections).set({ entityID: 'https://old.example' })
    const answer = await operator('POST', `${path}/metadata`, sent)
    expect([answer.status, answer.body.after.entityID]).toEqual([200, (await row()).entityID])
    expect((await row()).entityID).not.toBe('https://old.example')
  })

  it('metadata of several entities asks which', async () => {
    const several = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${metadataXML('https://a.example')}${metadataXML('https://b.example')}</EntitiesDescriptor>`
    const sent = { body: { xml: several } }
    const asked = await operator('POST', `${path}/metadata`, sent)
    expect([asked.status, asked.body.code]).toEqual([400, 'metadata_several_entities'])
    expect(asked.body.choices).toEqual(['https://a.example', 'https://b.example'])
    const chosen = await operator('POST', `${path}/metadata?entityID=https://b.example`, sent)
    expect(chosen.body.after).toMatchObject({ entityID: 'https://b.example' })
  })

  it('metadata that is none, or nowhere, is refused by name', async () => {
    const refused = async (body: object) => {
      const answer = await operator('POST', `${path}/metadata`, { body })
      return [answer.status, answer.body.code]
    }
    expect(await refused({ xml: '<a' })).toEqual([400, 'xml_malformed'])
    expect(await refused({ xml: '<a/>' })).toEqual([400, 'metadata_no_entity'])
    expect(await refused({ xml: `<!DOCTYPE a>${metadataXML()}` })).toEqual([400, 'xml_doctype'])
    expect(await refused({ url: 'https://127.0.0.1/' })).toEqual([400, 'endpoint_private'])
    expect(await refused({ url: 'https://idp.tenant.example/none' })).toEqual([
      400,
      'endpoint_unreachable',
    ])
    expect(await refused({ xml: '<a/>', url: METADATA_URL })).toEqual([400, 'input'])
    expect(await refused({})).toEqual([400, 'input'])
  })

  const der = Uint8Array.from(atob(certificateOf('idpNext')), (byte) => byte.charCodeAt(0))
  it.each([
    ['PEM in JSON', { body: { certificate: pemOf('idpNext') } }],
    ['base64 in JSON', { body: { certificate: certificateOf('idpNext') } }],
    ['DER', { body: der, headers: { 'content-type': 'application/pkix-cert' } }],
    ['DER of no name', { body: der, headers: { 'content-type': 'application/octet-stream' } }],
    [
      'a PEM file',
      { body: pemOf('idpNext'), headers: { 'content-type': 'application/x-pem-file' } },
    ],
    ['several', { body: { certificate: pemOf('idp') + pemOf('idpNext') } }],
  ])('certificates as %s', async (_, sent) => {
    const { body } = await operator('POST', `${path}/certificates`, sent)
    expect(body.newCertificates).toMatchObject([
      { certificate: certificateOf('idpNext'), fingerprint: body.addedCertificates[0] },
    ])
    expect(body).toMatchObject({ state: 'testing', connection: { certificateCount: 2 } })
  })

  it('certificates that are none are refused by name', async () => {
    const refused = async (certificate: string) => {
      const answer = await operator('POST', `${path}/certificates`, { body: { certificate } })
      return [answer.status, answer.body.code]
    }
    expect(await refused('MII')).toEqual([400, 'certificate_malformed'])
    expect(await refused(pemOf('rsa1024'))).toEqual([400, 'signature_key_weak'])
    expect(await refused(pemOf('ed25519'))).toEqual([400, 'signature_key_unsupported'])
    const key = '-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----'
    expect(await refused(key)).toEqual([400, 'certificate_private_key'])
    const unknown = await operator('DELETE', `${path}/certificates/${'0'.repeat(64)}`)
    expect([unknown.status, unknown.body.code]).toEqual([404, 'certificate_unknown'])
  })
})

describe('what grows beside it', () => {
  it('URLs are asked', async () => {
    const { body } = await operator('POST', `${path}/reachability`)
    expect(body.items).toMatchObject([
      { field: 'ssoRedirectURL', result: 'reachable' },
      { field: 'ssoPostURL', result: 'reachable' },
    ])
    expect((await operator('GET', path)).body.reachability).toEqual(body.items)
  })

  it('a metadata URL is set, read, and taken away', async () => {
    const where = `${path}/metadata-source`
    const set = await operator('PUT', where, {
      body: { url: METADATA_URL, signingCertificate: null },
    })
    expect(set.body).toMatchObject({ url: METADATA_URL, failure: null })
    expect((await operator('POST', `${where}/refresh`)).body.fetchedAt).toBeGreaterThan(0)
    expect((await operator('GET', where)).body.url).toBe(METADATA_URL)
    const bad = await operator('PUT', where, { body: { url: 'https://10.0.0.1/' } })
    expect([bad.status, bad.body.code]).toEqual([400, 'endpoint_private'])
    expect((await operator('DELETE', where)).status).toBe(204)
    expect((await operator('GET', where)).body.code).toBe('not_there')
    expect((await operator('POST', `${where}/refresh`)).body.code).toBe('not_there')
  })

  it('a certificate in quarantine is trusted or refused', async () => {
    const lists = async () => {
      const { body } = await operator('GET', `${path}/certificates`)
      const names = (list: { fingerprint: string }[]) => list.map(({ fingerprint }) => fingerprint)
      return { pinned: names(body.pinned), quarantined: names(body.quarantined) }
    }
    const [before] = (await lists()).pinned
    expect(await lists()).toEqual({ pinned: [before], quarantined: [stage.quarantined] })
    const where = `${path}/quarantined-certificates/${stage.quarantined}`
    expect((await operator('POST', `${where}/trust`)).body.certificate).toBe(
      certificateOf('idpNext'),
    )
    expect((await lists()).quarantined).toEqual([])
    expect((await lists()).pinned).toHaveLength(2)
    expect((await operator('POST', `${where}/refuse`)).body.code).toBe('certificate_unknown')
  })

  it('a refused login is explained, in the words of the IdP', async () => {
    await operator('PATCH', path, { body: { preset: 'entra-id' } })
    const { body } = await operator('GET', `${path}/attempts`)
    expect(body.items).toMatchObject([{ sid: stage.attemptSid, code: 'audience' }])
    expect(body.items[0]).not.toHaveProperty('message')
    const one = await operator('GET', `/attempts/${stage.attemptSid}`)
    expect(one.body).toMatchObject({
      title: 'The Assertion is for another service',
      message: '<Response/>',
      checks: [{ code: 'audience', ok: false, expected: 'us', received: 'them' }],
    })
    expect(one.body.remedy).toMatch(/./)
    expect(one.body.checks[0].remedy).toBe(one.body.remedy)
    const status = {
      code: 'status',
      ok: false,
      clause: 'SAML Core §3.2.2',
      expected: 'Success',
      received: 'Responder / RequestDenied: AADSTS50105: not assigned',
    }
    const denied = await addAttempt({
      connectionSid: stage.connectionSid,
      isProven: false,
      code: 'status',
      checks: [status],
      createdAt: 2,
    })
    expect((await operator('GET', `/attempts/${denied}`)).body).toMatchObject({
      title: 'The user is not assigned to the application',
      status: { source: expect.stringContaining('learn.microsoft.com') },
      remedy: expect.stringMatching(/^In Entra, assign the user/),
    })
  })
})
