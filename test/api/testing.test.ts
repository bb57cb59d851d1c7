// Testers, the validation room, signOffs and what-ifs over the API.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signOffs } from '../../src/platform/db/schema.ts'
import { openBrowser } from '../support/browser.ts'
import { countingDatabase } from '../support/counting.ts'
import { toField } from '../support/fake-idp.ts'
import { pemOf } from '../support/keys.ts'
import { as, createWorld, db, type World } from '../support/world.ts'
import { callerWithKey, type Caller } from './caller.ts'

const ANN = 'ann@tenant.example'

let operator: Caller
let own: Caller
let world: World
let stranger: World
beforeAll(async () => {
  operator = await callerWithKey(null)
})
beforeEach(async () => {
  stranger = await createWorld()
  world = await createWorld({ connection: { state: 'testing' } })
  await world.addUser(ANN, { signInMethod: 'password' })
  own = await callerWithKey(world.tenantSid)
})

const at = (path: string) => `/connections/${world.connectionSid}${path}`

async function test(answer: Parameters<World['login']>[1] = {}): Promise<void> {
  const browser = openBrowser()
  const departure = await world.begin(browser, '?test')
  const message = await world.idp(departure.requestID).respond({ ...as(ANN), ...answer })
  await world.deliver(browser, message, departure.relayState)
}

const signOff = (call: Caller, body: object = {}) =>
  call('POST', at('/sign-offs'), {
    body: { revision: 1, verdict: 'pass', name: 'Pat', ...body },
  })

describe('a tester', () => {
  it('is nominated by the customer, and the others are reported', async () => {
    await stranger.addUser('foreign@other.example', { signInMethod: 'password' })
    await world.addUser('sue@tenant.example', { signInMethod: 'password', suspendedAt: 1 })
    const emails = ['Ann@tenant.example', ANN, 'foreign@other.example', 'sue@tenant.example', 'no']
    const made = await own('POST', at('/testers'), { body: { emails } })
    expect(made.body).toMatchObject({
      testers: [{ user: { email: ANN, signInMethod: 'sso_enabled' }, provedAt: null }],
      refused: [
        { email: ANN, code: 'duplicate' },
        { email: 'foreign@other.example', code: 'unknown' },
        { email: 'sue@tenant.example', code: 'suspended' },
        { email: 'no', code: 'unknown' },
      ],
    })
    const listed = await own('GET', at('/testers'))
    expect(listed.body.items).toEqual(made.body.testers)
    const where = at(`/testers/${listed.body.items[0].user.sid}`)
    expect((await own('DELETE', where)).status).toBe(204)
    expect((await own('DELETE', where)).body.code).toBe('not_there')
    expect((await own('GET', at('/testers'))).body.items).toEqual([])
  })

  it('is nobody’s before testing, and fifty come at once', async () => {
    const many = Array.from({ length: 51 }, (_, index) => `${index}@tenant.example`)
    const tooMany = await own('POST', at('/testers'), { body: { emails: many } })
    expect([tooMany.body.code, tooMany.body.field]).toEqual(['input', 'emails'])
    await operator('POST', at('/state'), { body: { event: 'withdraw' } })
    const early = await own('POST', at('/testers'), { body: { emails: [ANN] } })
    expect([early.status, early.body.code]).toEqual([409, 'lifecycle'])
  })
})

describe('an signOff', () => {
  it('is of the side that the key belongs to, whatever the body says', async () => {
    await own('POST', at('/testers'), { body: { emails: [ANN] } })
    await test()
    const forged = await signOff(own, { side: 'vendor' })
    expect([forged.body.code, forged.body.field]).toEqual(['input', 'side'])
    const first = await signOff(own, { note: 'fine' })
    expect(first.body).toMatchObject({
      revision: 1,
      state: 'testing',
      vendor: null,
      customer: { verdict: 'pass', name: 'Pat', note: 'fine' },
    })
    const both = await signOff(operator)
    expect(both.body).toMatchObject({ state: 'validated', vendor: { verdict: 'pass' } })
    expect((await own('GET', at('/sign-offs'))).body).toEqual(both.body)
    const rows = await db
      .select()
      .from(signOffs)
      .where(eq(signOffs.connectionSid, world.connectionSid))
    expect(rows.map(({ side }) => side).toSorted()).toEqual(['customer', 'vendor'])
  })

  it('is refused of another revision, and of what nobody has tried', async () => {
    const untried = await signOff(own)
    expect([untried.status, untried.body.code]).toEqual([409, 'not_tested'])
    expect((await signOff(own, { revision: 2 })).body.code).toBe('revision_changed')
    expect((await signOff(own, { verdict: 'maybe' })).body.field).toBe('verdict')
    expect((await signOff(own, { name: '' })).body.field).toBe('name')
    expect((await own('GET', at('/sign-offs'))).body).toMatchObject({ customer: null })
  })
})

describe('the room', () => {
  it('shows both sides the same, and each who it is', async () => {
    await own('POST', at('/testers'), { body: { emails: [ANN] } })
    await test({ audiences: [['https://other.example']] })
    const [theirs, ours] = [await own('GET', at('/room')), await operator('GET', at('/room'))]
    expect(theirs.body).toMatchObject({
      connection: { state: 'testing', revision: 1 },
      attempts: [{ code: 'audience', isTest: true, remedy: expect.any(String) }],
      testers: [{ user: { email: ANN } }],
      viewer: { side: 'customer', maySignOff: true },
    })
    expect(ours.body.viewer.side).toBe('vendor')
    expect({ ...ours.body, viewer: null }).toEqual({ ...theirs.body, viewer: null })
    expect(theirs.headers.get('etag')).toBe(`"${theirs.body.version}"`)
  })

  it('answers 304 until something happens, to those who may look', async () => {
    const first = await own('GET', at('/room'))
    const etag = first.headers.get('etag')!
    const again = () => own('GET', at('/room'), { headers: { 'if-none-match': etag } })
    const fresh = await again()
    expect([fresh.status, fresh.body, fresh.headers.get('etag')]).toEqual([304, undefined, etag])
    await test()
    const after = await again()
    expect([after.status, after.body.attempts.length]).toEqual([200, 1])
    expect(after.headers.get('etag')).not.toBe(etag)
    const other = await callerWithKey(stranger.tenantSid)
    for (const tag of ['*', after.headers.get('etag')!]) {
      const headers = { 'if-none-match': tag }
      expect((await other('GET', at('/room'), { headers })).status).toBe(404)
    }
  })

  it('costs one small query to follow', async () => {
    const { binding, cost } = countingDatabase()
    const environment = { ...env, DB: binding }
    const counted = await callerWithKey(world.tenantSid, { environment })
    const first = await counted('GET', at('/room'))
    const headers = { 'if-none-match': first.headers.get('etag')! }
    cost.trips = 0
    expect((await counted('GET', at('/room'), { headers })).status).toBe(304)
    // Who asks, and whether anything has happened.
    expect(cost.trips).toBeLessThanOrEqual(2)
  })
})

describe('a what-if', () => {
  const ask = (call: Caller, body: object) => call('POST', at('/what-if'), { body })

  it('judges an attempt by a draft, and keeps nothing', async () => {
    await test({ issuer: 'https://moved.example' })
    const { attempts } = (await own('GET', at('/room'))).body
    const fields = { entityID: 'https://moved.example' }
    const judged = await ask(own, { attemptSid: attempts[0].sid, edit: { fields } })
    expect(judged.body).toMatchObject({
      before: { verdict: 'refused', code: 'response_issuer' },
      preview: { after: fields },
    })
    const issuer = judged.body.after.checks.find(
      ({ code }: { code: string }) => code === 'response_issuer',
    )
    expect(issuer).toMatchObject({ ok: true, basis: 'judged' })
    expect((await own('GET', at(''))).body.entityID).toBe(world.idpEntityID)
  })

  it('judges a pasted response by a certificate that is not trusted yet', async () => {
    const message = await world.idp(null, 'idpNext').respond(as(ANN))
    const response = toField(message)
    const judged = await ask(own, { response, edit: { addCertificates: pemOf('idpNext') } })
    expect(judged.body).toMatchObject({
      before: { verdict: 'refused' },
      after: { verdict: 'accepted', code: null },
      preview: { addedCertificates: [expect.stringMatching(/^[0-9a-f]{64}$/)] },
    })
    expect((await own('GET', at('/certificates'))).body.pinned).toHaveLength(1)
    expect((await own('GET', at('/attempts'))).body.items).toEqual([])
  })

  it('refuses what an edit would be refused with', async () => {
    const response = 'PHg+'
    for (const [body, code] of [
      [{}, 'input'],
      [{ response, attemptSid: 'AT0' }, 'input'],
      [{ attemptSid: `AT${'0'.repeat(32)}` }, 'not_there'],
      [{ response, edit: { fields: { allow: ['sha1'] } } }, 'forbidden'],
      [{ response, edit: { fields: { ssoPostURL: 'ftp://x' } } }, 'endpoint_url'],
      [{ response, edit: { addCertificates: 'none' } }, 'certificate_malformed'],
      [{ response, edit: { removeCertificates: ['0'] } }, 'certificate_unknown'],
      [{ response: '<!doctype html><html></html>' }, 'response_not_base64'],
      [{ response: 'A'.repeat(600_000) }, 'response_too_large'],
      [{ response: 'A'.repeat(1_100_000) }, 'body_too_large'],
    ] as const)
      expect([code, (await ask(own, body)).body.code]).toEqual([code, code])
  })
})
