// The attacker's own valid response, posted in the victim's browser, which must not end up signed
// in as the attacker.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { freeze, open, refusal } from './harness.ts'

describe('login-csrf', () => {
  freeze()

  it('is refused: browser_mismatch, and the login code is spent', async () => {
    const { world, browser: attacker, genuine, relayState } = await open({})
    const victim = openBrowser()
    const arrived = await world.deliver(victim, genuine, relayState)
    expect(arrived.headers.getSetCookie()).toEqual([])
    const location = arrived.headers.get('location')!
    const refused = await victim.get(location)
    expect(refused.status).toBe(403)
    expect(refused.headers.getSetCookie()).toEqual([])
    expect((await attacker.get(location)).status).toBe(400)
    expect(refusal()).toBe('login_code_spent')
    const rows = await world.rows()
    expect(rows.sessions).toEqual([])
    expect(rows.attempts).toMatchObject([{ code: 'browser_mismatch' }])
  })

  it('is refused: the finish link of the attacker, opened by the victim', async () => {
    const { world, browser: attacker, genuine, relayState } = await open({})
    const arrived = await world.deliver(attacker, genuine, relayState)
    const victim = openBrowser()
    await world.begin(victim)
    expect((await victim.get(arrived.headers.get('location')!)).status).toBe(403)
    expect((await world.rows()).sessions).toEqual([])
  })

  for (const idpInitiated of ['refuse', 'restart'] as const)
    it(`logs nobody in with an unsolicited response where the connection says ${idpInitiated}`, async () => {
      const { world, genuine } = await open({ unsolicited: true, connection: { idpInitiated } })
      const victim = openBrowser()
      const arrived = await world.deliver(victim, genuine)
      expect(arrived.headers.get('location') ?? '').not.toContain('/login/finish')
      expect(await world.rows()).toMatchObject({ spent: [], loginCodes: [], sessions: [] })
    })
})
