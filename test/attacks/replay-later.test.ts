// A message, or its Assertion, a second time.
import { describe, expect, it } from 'vitest'
import { element } from '../support/xml-text.ts'
import { deliver, freeze, open, stranger } from './harness.ts'

describe('replay-later', () => {
  freeze()

  it('is refused: replayed, the same message', async () => {
    const scene = await open({})
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
    expect(await deliver(scene.genuine, stranger(scene))).toMatchObject({
      code: 'replayed',
      status: 403,
    })
    expect((await scene.world.rows()).sessions).toHaveLength(1)
  })

  it('is refused: replayed, the same Assertion in another Response', async () => {
    const scene = await open({ unsolicited: true })
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
    const again = scene.idp.wrap(element(scene.genuine, 'saml:Assertion'))
    expect((await deliver(again, stranger(scene))).code).toBe('replayed')
    expect((await scene.world.rows()).sessions).toHaveLength(1)
  })

  it('is refused: replayed, the same Assertion encrypted', async () => {
    const scene = await open({ unsolicited: true })
    const assertionID = '_once'
    const encrypted = await scene.respond({ assertionID, encrypt: true })
    expect((await deliver(encrypted, scene)).code).toBe(null)
    expect((await deliver(await scene.respond({ assertionID }), stranger(scene))).code).toBe(
      'replayed',
    )
  })

  it('is refused: confirmation_in_response_to, in another login', async () => {
    const first = await open({})
    expect((await deliver(first.genuine, first)).code).toBe(null)
    const { relayState } = await first.world.begin(first.browser)
    const stripped = first.genuine.replace(/ InResponseTo="[^"]*"/, '')
    expect((await deliver(stripped, { ...first, relayState })).code).toBe(
      'confirmation_in_response_to',
    )
  })
})
