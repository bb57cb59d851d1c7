// A message that is good at one connection, brought to another: with the same IdP and the same
// certificate at both, and with others.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { attemptCode, createWorld, type World } from '../support/world.ts'
import type { Answer } from '../support/fake-idp.ts'
import { freeze } from './harness.ts'

/** What of B a message for A takes over, so that only one thing is left that tells them apart. */
type Case = [code: string, answer: (a: World, b: World) => Partial<Answer>, relayState?: 'of A']

const acs = (world: World) => `https://sso.vendor.example${world.acs}`
const CASES: Case[] = [
  ['relay_state_unknown', () => ({}), 'of A'],
  ['destination', () => ({})],
  ['in_response_to', (_, b) => ({ destination: acs(b) })],
  ['recipient', (_, b) => ({ destination: acs(b), responseInResponseTo: null })],
  [
    'confirmation_in_response_to',
    (_, b) => ({
      destination: null,
      responseInResponseTo: null,
      confirmations: [{ recipient: acs(b) }],
    }),
  ],
]

describe('cross-tenant-connection', () => {
  freeze()

  for (const [code, answer, relayState] of CASES)
    it(`is refused: ${code}`, async () => {
      const a = await createWorld()
      const b = await createWorld()
      await a.addUser('alice@tenant.example')
      await b.addUser('bob@tenant.example')
      const browser = openBrowser()
      const atA = await a.begin(browser)
      const atB = await b.begin(browser)
      const message = await a
        .idp(atA.requestID)
        .respond({ nameID: 'bob@tenant.example', ...answer(a, b) })
      const refused = await b.deliver(
        browser,
        message,
        relayState ? atA.relayState : atB.relayState,
      )
      expect(refused.status).toBeOneOf([400, 403])
      const rows = await b.rows()
      expect(rows).toMatchObject({ spent: [], loginCodes: [], sessions: [], nameIDs: [] })
      expect(rows.attempts).toMatchObject([{ code }])
    })

  it('is refused: audience, with all but the audience of B', async () => {
    const a = await createWorld()
    const b = await createWorld()
    const browser = openBrowser()
    const { requestID, relayState } = await b.begin(browser)
    const message = await b.idp(requestID).respond({ audiences: [[a.idp(null).sp.entityID]] })
    expect(await attemptCode(await b.deliver(browser, message, relayState))).toBe('audience')
  })

  it('is refused: response_issuer, from another IdP with the same key', async () => {
    const a = await createWorld({ connection: { entityID: 'https://idp.a.example/' } })
    const b = await createWorld({ connection: { entityID: 'https://idp.b.example/' } })
    const browser = openBrowser()
    const { requestID, relayState } = await b.begin(browser)
    const message = await b.idp(requestID).respond({ issuer: a.idpEntityID })
    expect(await attemptCode(await b.deliver(browser, message, relayState))).toBe('response_issuer')
  })

  it('is refused: signature_invalid, in the name of the IdP of B but with the key of A', async () => {
    await createWorld({ pinned: ['idpNext'] })
    const b = await createWorld()
    const browser = openBrowser()
    const { requestID, relayState } = await b.begin(browser)
    const message = await b.idp(requestID, 'idpNext').respond()
    expect(await attemptCode(await b.deliver(browser, message, relayState))).toBe(
      'signature_invalid',
    )
  })

  it('is refused: destination, unsolicited', async () => {
    const a = await createWorld()
    const b = await createWorld({ connection: { idpInitiated: 'accept' } })
    const message = await a.idp(null).respond()
    expect(await attemptCode(await b.deliver(openBrowser(), message))).toBe('destination')
  })

  it('is refused: recipient, unsolicited and without Destination', async () => {
    const a = await createWorld()
    const b = await createWorld({ connection: { idpInitiated: 'accept' } })
    const message = await a.idp(null).respond({ destination: null })
    expect(await attemptCode(await b.deliver(openBrowser(), message))).toBe('recipient')
  })
})
