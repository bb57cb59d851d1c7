import { expect, it } from 'vitest'
import { ORIGIN } from '../support/browser.ts'
import { certificateOf } from '../support/keys.ts'
import { createWorld } from '../support/world.ts'

it('ends on a page that names the signed-in user', async () => {
  const world = await createWorld()
  const userSid = await world.addUser('alice@tenant.example')
  const { browser, arrived, finished } = await world.login('alice@tenant.example')
  expect(arrived.status).toBe(303)
  expect(finished?.status).toBe(302)
  expect(finished?.headers.get('location')).toBe(`${ORIGIN}/`)

  const rows = await world.rows()
  expect(rows.sessions).toMatchObject([{ userSid, principal: { email: 'alice@tenant.example' } }])
  expect(rows.spent.map(({ kind }) => kind).toSorted()).toEqual(['assertion', 'request'])
  expect(rows.loginCodes[0]!.spentBy).toBe(rows.sessions[0]!.sid)
  expect(rows.attempts).toMatchObject([{ code: null, userSid }])
  const page = await (await browser.get('/')).text()
  expect(page).toContain('Signed in as Alice Ämter &amp; Söhne')
  expect(page).toContain(rows.sessions[0]!.sid)
  expect(page).toContain(world.connectionSid)
})

it('uses the keys of the test and not those of this machine', async () => {
  const world = await createWorld()
  const { browser } = await world.login('alice@tenant.example')
  const metadata = await browser.get(`/saml/${world.connectionSid}/metadata`)
  expect(await metadata.text()).toContain(certificateOf('sp'))
})
