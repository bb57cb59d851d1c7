// Codes for the finish link that nobody was given.
import { describe, expect, it } from 'vitest'
import { freeze, open, refusal } from './harness.ts'

const CODES = ['', 'A'.repeat(43), "' OR 1=1 --", '%', '*', '\u0000', 'a'.repeat(10_000)]

describe('app-login-guessed', () => {
  freeze()

  it.each(CODES)('is refused: login_code_unknown, %j', async (code) => {
    const { world, browser, genuine, relayState } = await open({})
    await world.deliver(browser, genuine, relayState)
    const answer = await browser.get(`/login/finish?code=${encodeURIComponent(code)}`)
    expect(answer.status).toBe(400)
    expect(refusal()).toBe('login_code_unknown')
    expect((await world.rows()).sessions).toEqual([])
  })

  it('is refused: login_code_unknown, the hash that the database has', async () => {
    const { world, browser, genuine, relayState } = await open({})
    await world.deliver(browser, genuine, relayState)
    const { loginCodes } = await world.rows()
    await browser.get(`/login/finish?code=${loginCodes[0]!.codeHash}`)
    expect(refusal()).toBe('login_code_unknown')
    expect((await world.rows()).sessions).toEqual([])
  })
})
