// The console's part for the keys that sign tokens.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { signingKeys } from '../../../src/platform/db/schema.ts'
import type { Browser } from '../../support/browser.ts'
import { db } from '../../support/world.ts'
import { openOperator } from './admins.ts'

let browser: Browser
beforeAll(async () => {
  await db.delete(signingKeys)
  browser = await openOperator()
})
afterAll(() => db.delete(signingKeys))

const page = async () => (await browser.get('/console/keys')).text()
const kids = async () =>
  (await db.select().from(signingKeys).orderBy(signingKeys.signsAt)).map(({ kid }) => kid)

it('makes the first key, publishes the next, and offers no third while that waits', async () => {
  expect(await page()).toContain('The first is created when an app needs it.')
  const made = await browser.post('/console/keys/signing-keys/rotate', {})
  expect(made.headers.get('location')).toBe('/console/keys?notice=signing_key_made')
  await browser.post('/console/keys/signing-keys/rotate', {})
  const [current, next] = await kids()
  const shown = await page()
  expect(shown).toMatch(RegExp(`In use.*${current}`, 's'))
  expect(shown).toMatch(RegExp(`Next: published.*${next}`, 's'))
  expect(shown).toContain('Next key exists')
  expect((await browser.post('/console/keys/signing-keys/rotate', {})).status).toBe(409)
  expect(await kids()).toEqual([current, next])
})

it('deletes the key that is named and no other', async () => {
  const [current, next] = await kids()
  expect((await browser.post('/console/keys/signing-keys/delete', { kid: 'nobody' })).status).toBe(
    404,
  )
  await browser.post('/console/keys/signing-keys/delete', { kid: current! })
  expect(await kids()).toEqual([next])
})
