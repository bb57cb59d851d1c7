// The search of the audit trail: filters in the URL, links to the thing, and the download.
import { beforeAll, describe, expect, it } from 'vitest'
import { placeOf } from '../../../src/console/operator/event-link.tsx'
import { recordEvent } from '../../../src/events/store.ts'
import { createSid } from '../../../src/ids.ts'
import type { Browser } from '../../support/browser.ts'
import { OPERATOR } from '../../support/request.ts'
import { createWorld, db, type World } from '../../support/world.ts'
import { openOperator } from './admins.ts'

const DAY = 24 * 3600 * 1000
/** Noon of tomorrow: events are in the order of their times, and others made some until now. */
const NOW = Math.ceil(Date.now() / DAY) * DAY + DAY / 2
const dayAt = (time: number) => new Date(time).toISOString().slice(0, 10)
const [FIRST, SECOND] = [dayAt(NOW), dayAt(NOW + DAY)]
const userSid = createSid('US')
let browser: Browser
let world: World
beforeAll(async () => {
  browser = await openOperator()
  world = await createWorld()
  const { tenantSid, connectionSid } = world
  const event = { actor: OPERATOR, tenantSid, subjectSid: userSid }
  await recordEvent(db, { ...event, type: 'user.updated', now: NOW, after: { name: 'Ann' } })
  const ofConnection = { ...event, subjectSid: connectionSid, now: NOW + DAY }
  await recordEvent(db, { ...ofConnection, type: 'connection.updated' })
})

const search = async (query: Record<string, string>, path = '/console/audit') => {
  const asked = new URLSearchParams({ tenant: world.tenantSid, ...query })
  return (await browser.get(`${path}?${asked}`)).text()
}
const timeline = (page: string) => page.split('<ol class="timeline">')[1] ?? ''

describe('the audit trail', () => {
  it('is filtered by type, thing, actor and days', async () => {
    const { connectionSid } = world
    const both = [userSid, connectionSid] as const
    for (const [query, found] of [
      [{}, [true, true]],
      [{ type: 'user.*' }, [true, false]],
      [{ type: 'connection.updated' }, [false, true]],
      [{ subject: userSid }, [true, false]],
      [{ actor: 'olga' }, [true, true]],
      [{ actor: 'eve' }, [false, false]],
      [{ since: SECOND }, [false, true]],
      [{ until: FIRST }, [true, false]],
      [{ since: FIRST, until: SECOND }, [true, true]],
    ] as const) {
      const page = timeline(await search(query))
      expect([query, both.map((sid) => page.includes(sid))]).toEqual([query, found])
    }
  })

  it('says at its field what is wrong, and finds nothing', async () => {
    for (const [query, error] of [
      [{ type: 'users' }, 'Choose a type of the list.'],
      [{ tenant: 'acme' }, 'Enter a SID that starts with TN.'],
      [{ since: 'today' }, 'Enter a day such as 2026-10-01.'],
    ] as const) {
      const page = await search(query)
      expect(page).toContain(error)
      expect(timeline(page)).toBe('')
    }
  })

  it('is downloaded with the same filters, a line for each event', async () => {
    const text = await search({ type: 'user.*' }, '/console/audit/export.ndjson')
    const lines = text.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'user.updated', subjectSid: userSid, after: { name: 'Ann' } },
    ])
  })

  it('links to the thing, not to its tenant', async () => {
    const { tenantSid, connectionSid } = world
    const page = timeline(await search({}))
    expect(page).toContain(`href="/console/tenants/${tenantSid}/users/${userSid}"`)
    expect(page).toContain(`href="/console/connections/${connectionSid}"`)
    const place = (subjectSid: string, more: object = {}) =>
      placeOf({ subjectSid, tenantSid, connectionSid, type: 'user.updated', ...more })
    const rollout = createSid('RO')
    expect(place(rollout)).toBe(`/console/rollouts/${rollout}`)
    const key = { type: 'signing_key.created' as const, tenantSid: null, connectionSid: null }
    expect(place('kid', key)).toBe('/console/keys')
    expect(place('kid', { ...key, type: 'operator.signed_in' })).toBeNull()
  })
})
