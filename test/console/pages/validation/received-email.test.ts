// Which e-mail the IdP sent: the tester reads all of it, administrators a mask and whose it may be,
// and one click maps it. Of a real login nothing is kept but the kind of difference.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { aliases, domains } from '../../../../src/platform/db/schema.ts'
import { testValues } from '../../../../src/platform/db/history-schema.ts'
import { openBrowser, ORIGIN } from '../../../support/browser.ts'
import { as, db, history } from '../../../support/world.ts'
import { createStage, wordsOf } from './stage.ts'

const SENT = 'cid.hal@tenant.example'
const MEANT = 'cid.hall@tenant.example'

describe('an e-mail that no user has', () => {
  it('is shown whole to the tester, masked to both sides, and mapped by one click', async () => {
    const { world, base, operator, customer, operatorRoom, customerRoom } = await createStage()
    const cid = await world.addUser(MEANT)
    const tester = openBrowser()
    const { requestID, relayState } = await world.begin(tester, '?test')
    const message = await world.idp(requestID).respond(as(SENT))
    const answer = await world.deliver(tester, message, relayState)
    const tested = await tester.get(answer.headers.get('location')!)
    expect(await tested.text()).toContain(SENT)
    const stranger = await openBrowser().get(answer.headers.get('location')!)
    expect(await stranger.text()).not.toContain(SENT)

    for (const room of [await operatorRoom(), await customerRoom()]) {
      expect(room).toContain('c•••l@tenant.example')
      expect(room).not.toContain(SENT)
    }
    const { attempts } = await world.rows()
    const { sid } = attempts.at(-1)!
    for (const [browser, path] of [
      [operator, base],
      [customer, '/setup'],
    ] as const) {
      const html = await (await browser.get(`${path}/attempts/${sid}`)).text()
      expect(html).not.toContain(SENT)
      expect(wordsOf(html)).toContain(`Did you mean ${MEANT} ?`)
    }
    const mapped = await operator.post(`${base}/attempts/${sid}/alias`, { user: cid })
    expect(mapped.status).toBe(303)
    const rows = await db
      .select()
      .from(aliases)
      .where(eq(aliases.connectionSid, world.connectionSid))
    expect(rows.map(({ emailKey, userSid }) => [emailKey, userSid])).toEqual([[SENT, cid]])
    // Only a test that was refused for its e-mail.
    const again = await operator.post(`${base}/attempts/AT${'0'.repeat(32)}/alias`, { user: cid })
    expect(again.status).toBe(404)
    // It is not shown to another tester of the same connection, who has the reference.
    const other = openBrowser()
    const ofOther = await world.begin(other, '?test')
    const theirs = await world.idp(ofOther.requestID).respond(as('somebody@tenant.example'))
    const ended = await world.deliver(other, theirs, ofOther.relayState)
    const link = new URL(ended.headers.get('location')!, ORIGIN)
    link.searchParams.set(
      'attempt',
      new URL(answer.headers.get('location')!, ORIGIN).searchParams.get('attempt')!,
    )
    const seen = await (await other.get(link.pathname + link.search)).text()
    expect(seen).toContain('Reference')
    expect(seen).not.toContain(SENT)
  })

  it('of a real login leaves its kind alone', async () => {
    const { world } = await createStage({ connection: { state: 'live' } })
    await history.delete(testValues)
    await world.login('secret.person@tenant.example')
    await db.delete(domains).where(eq(domains.domain, 'tenant.example'))
    await db.insert(domains).values({
      tenantSid: world.tenantSid,
      domain: 'tenant.example',
      token: 't',
      createdBy: 'test',
      createdAt: 1,
      verifiedAt: 1,
      verifiedBy: 'dns',
    })
    await world.login('secret.person@tenant.example')
    const { attempts } = await world.rows()
    expect(attempts.map(({ checks }) => checks.at(-1)!.received)).toEqual([
      'another domain than the tenant has verified, which no user has',
      'a verified domain of the tenant, with a local part that no user has',
    ])
    expect(JSON.stringify(attempts)).not.toContain('secret')
    expect(await history.select().from(testValues)).toEqual([])
  })
})
