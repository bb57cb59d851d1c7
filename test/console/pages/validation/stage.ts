// A connection that is being tested, and both sides' browsers at its room.
import type { Capability } from '../../../../src/events/actor.ts'
import { openBrowser } from '../../../support/browser.ts'
import type { Answer } from '../../../support/fake-idp.ts'
import { as, createWorld, type WorldSettings } from '../../../support/world.ts'
import { openLink, openOperator } from '../../operator/admins.ts'

export const ALICE = 'alice@tenant.example'

export async function createStage(settings: WorldSettings = {}) {
  const world = await createWorld({
    ...settings,
    connection: { state: 'testing', ...settings.connection },
  })
  const alice = await world.addUser(ALICE)
  const base = `/console/connections/${world.connectionSid}`
  const [operator, customer] = await Promise.all([openOperator(), openLink(world)])

  /** A test sign-in, in a browser of the person's own. */
  async function test(answer: Partial<Answer> = {}): Promise<string> {
    const browser = openBrowser()
    const departure = await world.begin(browser, '?test')
    const message = await world.idp(departure.requestID).respond({ ...as(ALICE), ...answer })
    await world.deliver(browser, message, departure.relayState)
    const { attempts } = await world.rows()
    return attempts.at(-1)!.sid
  }

  return {
    world,
    alice,
    base,
    operator,
    customer,
    test,
    linkOf: (capabilities: Capability[]) => openLink(world, capabilities),
    operatorRoom: async () => (await operator.get(`${base}/room`)).text(),
    customerRoom: async () => (await customer.get('/setup/room')).text(),
  }
}

/** What a page says, without its marks. */
export function wordsOf(page: string): string {
  return page
    .replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
}

/** One part of a room, as it stands in the page. */
export function partOf(page: string, id: string): string {
  const start = page.indexOf(`id="${id}"`)
  if (start < 0) throw new Error(`the page has no part ${id}`)
  const next = page.indexOf('data-part', page.indexOf('data-part', start) + 1)
  return page.slice(start, next < 0 ? undefined : next)
}
