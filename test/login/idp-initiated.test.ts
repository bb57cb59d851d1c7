import { beforeEach, expect, it } from 'vitest'
import { clients } from '../../src/platform/db/schema.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { toField } from '../support/fake-idp.ts'
import { as, attemptCode, createWorld, db, type WorldSettings } from '../support/world.ts'

// A default app of another file would take these logins.
beforeEach(() => db.update(clients).set({ isDefault: false }))

async function unsolicited(
  idpInitiated: 'refuse' | 'restart' | 'accept',
  relayState: string,
  settings: WorldSettings = {},
) {
  const world = await createWorld({ connection: { idpInitiated, ...settings.connection } })
  await world.addUser('alice@tenant.example')
  const browser = openBrowser()
  const message = await world.idp(null).respond(as('alice@tenant.example'))
  return { world, browser, arrived: await world.deliver(browser, message, relayState) }
}

it('accept: ends signed in at RelayState, if a login may lead there', async () => {
  for (const [relayState, target] of [
    ['', `${ORIGIN}/`],
    ['https://app.vendor.example/inbox?x=1', 'https://app.vendor.example/inbox?x=1'],
    ['https://evil.example/', `${ORIGIN}/`],
    ['https://app.vendor.example.evil.example/', `${ORIGIN}/`],
  ] as const) {
    const { world, browser, arrived } = await unsolicited('accept', relayState)
    const finished = await browser.get(arrived.headers.get('location')!)
    expect(finished.headers.get('location')).toBe(target)
    const { sessions, attempts } = await world.rows()
    expect(sessions).toHaveLength(1)
    expect(attempts).toMatchObject([{ code: null, idpInitiated: true }])
  }
})

it('accept: is finished only in the browser that brought it', async () => {
  const { world, arrived } = await unsolicited('accept', '')
  expect((await openBrowser().get(arrived.headers.get('location')!)).status).toBe(403)
  expect((await world.rows()).sessions).toEqual([])
})

it('idp_initiated_refused: tells where to start instead', async () => {
  const { world, arrived } = await unsolicited('refuse', '')
  expect(arrived.status).toBe(403)
  expect(await attemptCode(arrived)).toBe('idp_initiated_refused')
  expect(await arrived.text()).toContain('Sign-in has to start in your app')
  const { attempts, ...rest } = await world.rows()
  expect(attempts).toHaveLength(1)
  expect(rest).toEqual({ spent: [], loginCodes: [], sessions: [], nameIDs: [] })
})

it('refuse and restart: no spelling of a response slips past them', async () => {
  for (const idpInitiated of ['refuse', 'restart'] as const) {
    const world = await createWorld({ connection: { idpInitiated } })
    await world.addUser('alice@tenant.example')
    const message = await world.idp(null).respond(as('alice@tenant.example'))
    for (const field of [
      message,
      ` ${toField(message)}`,
      toField(message).replace(/.{76}/g, '$&\n'),
    ]) {
      await openBrowser().postFromElsewhere(world.acs, { SAMLResponse: field, RelayState: '' })
      const { spent, loginCodes } = await world.rows()
      expect({ spent, loginCodes }).toEqual({ spent: [], loginCodes: [] })
    }
  }
})

it('restart: becomes a login of ours, with return_to if a login may lead there', async () => {
  const { world, browser, arrived } = await unsolicited('restart', 'https://app.vendor.example/a')
  expect(arrived.status).toBe(303)
  const restart = arrived.headers.get('location')!
  expect(restart).toBe(
    `/sso/${world.connectionSid}?return_to=https%3A%2F%2Fapp.vendor.example%2Fa&restarted=`,
  )
  expect((await world.rows()).attempts).toEqual([])
  expect((await browser.get(restart)).status).toBe(302)

  const { arrived: foreign } = await unsolicited('restart', 'https://evil.example/')
  expect(foreign.headers.get('location')).not.toContain('evil')
})

it('restart_loop: an IdP that forgets RelayState and InResponseTo is found out', async () => {
  const { world, browser, arrived } = await unsolicited('restart', '')
  await browser.get(arrived.headers.get('location')!)
  const message = await world.idp(null).respond(as('alice@tenant.example'))
  const again = await world.deliver(browser, message)
  const refused = await browser.get(again.headers.get('location')!)
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('does not return our reference')
})

it('start_at_idp: without an SSO URL, people are told to begin at their company’s portal', async () => {
  const connection = { idpInitiated: 'accept' as const, ssoRedirectURL: null, ssoPostURL: null }
  const world = await createWorld({ connection })
  const browser = openBrowser()
  const refused = await browser.get(`/sso/${world.connectionSid}`)
  expect(refused.status).toBe(403)
  expect(await refused.text()).toContain('Sign-in starts at your company’s app portal')
})
