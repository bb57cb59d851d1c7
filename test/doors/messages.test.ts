// What IdPs really send, at the ACS URL: genuine messages sign people in, and what is refused says
// so with the words that help, at the API as in the validation room. The kinds are of public
// reports.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Answer } from '../support/fake-idp.ts'
import { as, createWorld, type World, type WorldSettings } from '../support/world.ts'
import { callerWithKey, type Caller } from '../api/caller.ts'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const ANN = 'ann@tenant.example'
const DAY = 24 * 3_600_000
const names = { firstName: 'Ann', lastName: 'Ford' }
const ofEntra = (more: Answer['attributes'] = {}): Answer['attributes'] => ({
  [`${CLAIMS}/givenname`]: 'Ann',
  [`${CLAIMS}/surname`]: 'Ford',
  ...more,
})
const GUEST = 'ann_partner.example#EXT#@tenant.onmicrosoft.example'

let operator: Caller
beforeAll(async () => {
  operator = await callerWithKey(null)
})

async function send(answer: Partial<Answer>, connection: WorldSettings['connection'] = {}) {
  const world = await createWorld({ connection })
  await world.addUser(ANN)
  const { arrived } = await world.login(ANN, { ...as(ANN), ...answer })
  return { world, status: arrived.status }
}

/** The newest login of the connection, as the API shows it. */
async function attemptOf({ connectionSid }: World) {
  const list = await operator('GET', `/connections/${connectionSid}/attempts?limit=1`)
  const { body } = await operator('GET', `/attempts/${list.body.items[0].sid}`)
  return body
}

describe('signs in', () => {
  it.each<[string, Partial<Answer>]>([
    ['a message as it is', {}],
    ['exclusive C14N with comments', { signature: { withComments: true } }],
    ['the same on both', { sign: ['Response', 'Assertion'], signature: { withComments: true } }],
    ['enveloped-signature alone', { signature: { envelopedAlone: true } }],
    [
      'one address in two attributes, in other case',
      {
        attributes: { email: ANN, [`${CLAIMS}/emailaddress`]: 'Ann@Tenant.example', ...names },
      },
    ],
    [
      'two first names',
      { attributes: { email: ANN, [`${CLAIMS}/givenname`]: 'Ann Marie', ...names } },
    ],
    ['a sign-in of four months ago', { authnInstant: Date.now() - 120 * DAY }],
  ])('%s', async (_, answer) => {
    const { world, status } = await send(answer)
    expect(status).toBe(303)
    expect((await attemptOf(world)).code).toBe(null)
  })

  it('people with one name, if the connection says so', async () => {
    const attributes = { email: ANN, firstName: 'Ann', lastName: '' }
    expect((await send({ attributes }, { optionalNames: ['lastName'] })).status).toBe(303)
    const { world, status } = await send({ attributes })
    expect(status).toBe(403)
    expect((await attemptOf(world)).code).toBe('attribute_missing')
  })
})

describe('refuses, with the words', () => {
  type Expected = { code: string; remedy?: RegExp; received?: RegExp }
  it.each<[string, Partial<Answer>, Expected, WorldSettings['connection']?]>([
    [
      'a guest of Entra without a mailbox',
      { attributes: ofEntra({ [`${CLAIMS}/name`]: GUEST }) },
      { code: 'attribute_missing', remedy: /user\.mail is empty.*guests/ },
      { preset: 'entra-id' },
    ],
    [
      'a guest of Entra whose sign-in name comes as the e-mail',
      { attributes: ofEntra({ [`${CLAIMS}/emailaddress`]: GUEST }) },
      { code: 'user_unknown', remedy: /choose user\.mail as the source/ },
    ],
    [
      'two different addresses, of nobody who is bound',
      {
        nameID: 'x1',
        nameIDFormat: null,
        attributes: { mail: [ANN, 'ann.ford@tenant.example'], ...names },
      },
      { code: 'email_ambiguous', received: /^2: a…@tenant\.example, a…@tenant\.example/ },
    ],
    [
      'an Issuer in lines of its own',
      { assertionIssuer: '\n  https://idp.tenant.example/metadata\n' },
      { code: 'assertion_issuer', received: /^␊␠␠https/ },
    ],
    [
      'ForceAuthn that the IdP ignores',
      { authnInstant: Date.now() - DAY },
      { code: 'authn_not_forced', remedy: /Ask for authentication every time/ },
      { forceAuthn: true },
    ],
    [
      'a time without a zone, which is no wrong clock',
      { notBefore: '2026-11-28T20:19:46.123' },
      { code: 'time_unreadable', received: /2026-11-28T20:19:46\.123/ },
    ],
  ])('%s', async (_, answer, { code, remedy, received }, connection) => {
    const { world, status } = await send(answer, connection)
    expect(status).toBe(403)
    const attempt = await attemptOf(world)
    expect(attempt.code).toBe(code)
    if (remedy) expect(attempt.remedy).toMatch(remedy)
    const row = attempt.checks.find((check: { ok: boolean }) => !check.ok)
    if (received) expect(row.received).toMatch(received)
  })

  it('warns of the sign-in name of a guest in its row', async () => {
    const { world } = await send({ attributes: ofEntra({ [`${CLAIMS}/emailaddress`]: GUEST }) })
    const row = (await attemptOf(world)).checks.find(
      ({ code }: { code: string }) => code === 'email',
    )
    expect(row).toMatchObject({
      ok: true,
      isWarning: true,
      received: 'the user principal name of a guest (#EXT#)',
      title: 'The e-mail is the user principal name of a guest',
    })
    // Not the name itself.
    expect(JSON.stringify(row)).not.toContain('ann_partner')
  })
})

describe('binds again, after an operator released it', () => {
  const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
  const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
  const value = (nameID: string, nameIDFormat = PERSISTENT) => ({ nameID, nameIDFormat })

  it.each([
    ['a NameID that was renamed', value('ann.ford'), value('ann.new'), 'name_id_changed'],
    ['another NameID format', value('AnnF', UNSPECIFIED), value('b7d1'), 'name_id_format_changed'],
  ])('%s', async (_, before, after, code) => {
    const world = await createWorld()
    const sid = await world.addUser(ANN)
    const login = async (answer: Partial<Answer>) =>
      (await world.login(ANN, { ...as(ANN), ...answer })).arrived.status
    expect(await login(before)).toBe(303)
    expect(await login(after)).toBe(403)
    expect((await attemptOf(world)).code).toBe(code)
    const released = await operator('POST', `/users/${sid}/name-ids/release`, {
      body: { connectionSid: world.connectionSid, reason: 'renamed at the IdP' },
    })
    expect(released.status).toBe(204)
    expect(await login(after)).toBe(303)
    expect(await login(before)).toBe(403)
  })
})
