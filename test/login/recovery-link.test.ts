// Which refusals lead to the recovery codes: those after which a code can help.
import { expect, it } from 'vitest'
import { eq } from 'drizzle-orm'
import { openBrowser } from '../support/browser.ts'
import { users } from '../../src/platform/db/schema.ts'
import { createWorld, db } from '../support/world.ts'

const LINK = 'Locked out? Use a recovery code'

it('user_not_enabled does, user_suspended does not', async () => {
  const world = await createWorld()
  const email = 'recovery-link@tenant.example'
  const userSid = await world.addUser(email, { signInMethod: 'password', connectionSid: null })
  const pageOf = async () => (await world.login(email)).arrived.text()
  expect(await pageOf()).toContain(LINK)
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, userSid))
  const page = await pageOf()
  expect(page).toContain('Your account is suspended')
  expect(page).not.toContain(LINK)
})

it('too_many_requests of the page of codes does not lead to itself', async () => {
  const browser = openBrowser()
  const guess = { email: 'recovery-link@tenant.example', code: 'aaaa-bbbb-cccc-dddd' }
  let response = await browser.post('/login/recovery', guess)
  for (let count = 0; count < 20 && response.status !== 429; count++)
    response = await browser.post('/login/recovery', guess)
  expect(response.status).toBe(429)
  expect(await response.text()).not.toContain(LINK)
})
