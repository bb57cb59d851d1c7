// The cookie of one login brought to the code of another, and cookies that nobody sealed.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { freeze, open, refusal } from './harness.ts'

const PREFIX = '__Host-login-'

/** The attacker's accepted response, whose code the victim opens. */
async function openBoth() {
  const scene = await open({})
  const arrived = await scene.world.deliver(scene.browser, scene.genuine, scene.relayState)
  const finish = arrived.headers.get('location')!
  const [attackerCookie] = [...scene.browser.cookies]
  const victim = openBrowser()
  await scene.world.begin(victim)
  const [name, value] = [...victim.cookies].find(([key]) => key.startsWith(PREFIX))!
  return { ...scene, finish, victim, name, value, attackerCookie: attackerCookie! }
}

describe('login-cookie', () => {
  freeze()

  it('is refused: a code under the name of the victim’s own login', async () => {
    const { world, finish, victim, name } = await openBoth()
    const [, secret] = finish.split('.')
    const refused = await victim.get(`/login/finish?code=${name.slice(PREFIX.length)}.${secret}`)
    expect(refused.status).toBe(400)
    expect(refusal()).toBe('login_code_unknown')
    expect((await world.rows()).sessions).toEqual([])
  })

  it('is refused: the victim’s cookie under the name of the attacker’s login', async () => {
    const { world, finish, victim, value, attackerCookie } = await openBoth()
    victim.cookies.set(attackerCookie[0], value)
    expect((await victim.get(finish)).status).toBe(403)
    expect(refusal()).toBe('browser_mismatch')
    expect((await world.rows()).sessions).toEqual([])
  })

  it.each([
    ['empty', ''],
    ['random', 'A'.repeat(300)],
    ['JSON', btoa('{"connectionSid":"CN","returnTo":"https://evil.example/"}')],
  ])('is refused: a cookie of the right name that is %s', async (_, planted) => {
    const { world, finish, attackerCookie } = await openBoth()
    const victim = openBrowser()
    victim.cookies.set(attackerCookie[0], planted)
    expect((await victim.get(finish)).status).toBe(403)
    expect(refusal()).toBe('browser_mismatch')
    expect((await world.rows()).sessions).toEqual([])
  })

  it('is refused: one bit of the cookie changed', async () => {
    const { world, finish, browser, attackerCookie } = await openBoth()
    const [name, value] = attackerCookie
    browser.cookies.set(name, (value[0] === 'A' ? 'B' : 'A') + value.slice(1))
    expect((await browser.get(finish)).status).toBe(403)
    expect(refusal()).toBe('browser_mismatch')
    expect((await world.rows()).sessions).toEqual([])
  })

  it('is refused: the cookie of a test sign-in at the end of a login', async () => {
    const { world, finish, attackerCookie } = await openBoth()
    const tester = openBrowser()
    await world.begin(tester, '?test')
    const [[, test]] = [...tester.cookies] as [[string, string]]
    tester.cookies.set(attackerCookie[0], test)
    expect((await tester.get(finish)).status).toBe(403)
    expect((await world.rows()).sessions).toEqual([])
  })
})
