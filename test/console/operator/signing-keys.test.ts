// The console's part for the keys that sign tokens.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { signingKeys } from '../../../src/platform/db/schema.ts'
import type { Browser } from '../../support/browser.ts'
import { db } from '../../support/world.ts'
import { landedAt } from '../../support/landed-at.ts'
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
  const made = await browser.post('/console/keys/signing-keys/rotate', { algorithm: 'RS256' })
  expect(landedAt(made)).toBe('/console/keys (signing_key_made)')
  await browser.post('/console/keys/signing-keys/rotate', { algorithm: 'RS256' })
  const [current, next] = await kids()
  const shown = await page()
  expect(shown).toMatch(RegExp(`In use.*${current}`, 's'))
  expect(shown).toMatch(RegExp(`Next: published.*${next}`, 's'))
  expect(shown).toContain('Next key exists')
  expect(
    (await browser.post('/console/keys/signing-keys/rotate', { algorithm: 'RS256' })).status,
  ).toBe(409)
  expect(await kids()).toEqual([current, next])
  const other = await browser.post('/console/keys/signing-keys/rotate', { algorithm: 'none' })
  expect(other.status).toBe(404)
  expect(await kids()).toEqual([current, next])
})

it('rotates the keys of each algorithm by themselves', async () => {
  const before = await kids()
  await browser.post('/console/keys/signing-keys/rotate', { algorithm: 'ES256' })
  const rows = await db.select().from(signingKeys)
  const added = rows.filter(({ kid }) => !before.includes(kid))
  expect(added.map(({ algorithm }) => algorithm)).toEqual(['ES256'])
  expect(await page()).toContain(added[0]!.kid)
  await db.delete(signingKeys).where(eq(signingKeys.algorithm, 'ES256'))
})

it('deletes the key that is named and no other', async () => {
  const [current, next] = await kids()
  expect((await browser.post('/console/keys/signing-keys/delete', { kid: 'nobody' })).status).toBe(
    404,
  )
  await browser.post('/console/keys/signing-keys/delete', { kid: current! })
  expect(await kids()).toEqual([next])
})
