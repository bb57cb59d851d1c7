// The search of the audit trail: filters in the URL, links to the thing, and the download.
import { beforeAll, describe, expect, it } from 'vitest'
import { placeOf } from '../../../src/console/operator/event-link.tsx'
import { recordEvent } from '../../../src/events/store.ts'
import { createSid, createTimedSid } from '../../../src/ids.ts'
import { attempts } from '../../../src/platform/db/history-schema.ts'
import type { Browser } from '../../support/browser.ts'
import { OPERATOR } from '../../support/request.ts'
import { createWorld, db, history, type World } from '../../support/world.ts'
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
      [{ type: 'users' }, 'an option of the list'],
      [{ tenant: 'acme' }, 'a SID that starts with TN'],
      [{ outcome: 'lost' }, 'one of: Succeeded, Refused logins'],
      [{ since: 'today' }, 'a day such as 2026-10-01'],
    ] as const) {
      const page = await search(query)
      expect(page).toContain(error)
      expect(timeline(page)).toBe('')
    }
  })

  it('has logins with their outcome, and leads to their checks', async () => {
    const [good, bad] = [createTimedSid('AT', NOW), createTimedSid('AT', NOW)]
    const { connectionSid } = world
    const line = { connectionSid, createdAt: NOW, userSid }
    await history.insert(attempts).values([
      { ...line, sid: good },
      { ...line, sid: bad, code: 'audience', isTest: true },
    ])
    const hrefOf = (sid: string) => `href="/console/connections/${connectionSid}/attempts/${sid}"`
    for (const [query, found] of [
      [{}, [true, true]],
      [{ type: 'actions' }, [false, false]],
      [{ type: 'login.*' }, [true, true]],
      [{ outcome: 'refused' }, [false, true]],
      [{ outcome: 'succeeded' }, [true, false]],
      [{ since: SECOND }, [false, false]],
    ] as const) {
      const page = timeline(await search(query))
      expect([query, [good, bad].map((sid) => page.includes(hrefOf(sid)))]).toEqual([query, found])
    }
    const page = timeline(await search({ outcome: 'refused' }))
    expect(page).toMatch(/Login refused: .* \(test\)/)
    const csv = await search({ outcome: 'refused' }, '/console/audit/export.csv')
    expect(csv.split('\r\n')).toHaveLength(3)
    expect(csv).toContain(bad)
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

  it('goes to older pages and back', async () => {
    const { tenantSid, connectionSid } = world
    for (let at = 0; at < 60; at++) {
      const event = {
        actor: OPERATOR,
        tenantSid,
        subjectSid: connectionSid,
        now: NOW + 2 * DAY + at,
      }
      await recordEvent(db, { ...event, type: 'connection.updated' })
    }
    const first = await search({ since: FIRST })
    const links = (page: string) =>
      [...page.matchAll(/href="(\/console\/audit\?[^"]*page=[^"]*)"/g)].map(([, href]) => href!)
    const [older] = links(first)
    expect(older).toContain(`since=${FIRST}`)
    const page = await (await browser.get(older!.replaceAll('&amp;', '&'))).text()
    expect(timeline(page)).toContain(userSid)
    expect(timeline(first)).not.toContain(userSid)
    const count = (text: string) => text.split(connectionSid).length
    expect(count(timeline(first))).toBeGreaterThan(count(timeline(page)))
  })
})
