// A page of another site leads a customer's administrator to a setup link of its own, so that what
// they enter goes elsewhere.
import { describe, expect, it } from 'vitest'
import { createSetupLink } from '../../src/access/operations.ts'
import { listEvents } from '../../src/events/operations.ts'
import { openBrowser, type Browser } from '../support/browser.ts'
import { ALL, good, request } from '../support/request.ts'
import { followLink } from '../support/setup-link.ts'
import { createWorld, type World } from '../support/world.ts'

const linkOf = async ({ connectionSid }: World, name: string) =>
  good(
    await createSetupLink(request(), connectionSid, {
      name,
      capabilities: ['configure', 'test'],
      expiresInMinutes: 60,
    }),
  ).secret

const openings = async ({ connectionSid }: World) =>
  good(await listEvents(request(), { subjectSid: connectionSid }, ALL)).items.filter(
    ({ type }) => type === 'setup_link.opened',
  ).length

const pageOf = async (browser: Browser) => (await browser.get('/setup')).text()

describe('setup-link-switched', () => {
  it('asks before another link takes the place of the one that is open', async () => {
    const victim = await createWorld({ connection: { name: 'Victim IdP' } })
    const attacker = await createWorld({ connection: { name: 'Attacker IdP' } })
    const [own, theirs] = [await linkOf(victim, 'vera'), await linkOf(attacker, 'mallory')]
    const browser = openBrowser()
    await followLink(browser, own)
    const before = new Map(browser.cookies)
    const asked = await followLink(browser, theirs)
    expect(asked.status).toBe(200)
    const page = await asked.text()
    for (const words of ['Victim IdP', 'for vera', 'Attacker IdP', 'for mallory'])
      expect(page).toContain(words)
    expect(browser.cookies).toEqual(before)
    expect(await openings(attacker)).toBe(0)
    const elsewhere = { origin: 'https://attacker.example' }
    const forged = await browser.sendAs(`/setup/${theirs}`, { method: 'POST', headers: elsewhere })
    expect(forged.status).toBe(403)
    expect(await pageOf(browser)).toContain('Victim IdP')
    expect((await browser.post(`/setup/${theirs}`)).status).toBe(303)
    expect(await pageOf(browser)).toContain('Attacker IdP')
    expect(await openings(attacker)).toBe(1)
  })

  it('does not ask for the same link, nor where none is open', async () => {
    const world = await createWorld()
    const link = await linkOf(world, 'ann')
    const browser = openBrowser()
    for (let time = 1; time <= 2; time++) expect((await followLink(browser, link)).status).toBe(303)
    await browser.post('/setup/end')
    expect((await followLink(browser, await linkOf(world, 'ben'))).status).toBe(303)
  })
})
