// A customer's link nominates somebody who is also a member of another customer's accounts, to log
// in as them by an IdP of its own.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { accounts, memberships, sessions, testers, users } from '../../src/platform/db/schema.ts'
import { createSid } from '../../src/ids.ts'
import { createSetupLink } from '../../src/access/operations.ts'
import { openBrowser } from '../support/browser.ts'
import { followLink } from '../support/setup-link.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

describe('tester-take-over', () => {
  it('other_tenant: a member of another tenant’s account is no tester', async () => {
    const victim = await createWorld()
    const accountSid = createSid('AC')
    const { tenantSid } = victim
    await db.insert(accounts).values({ sid: accountSid, tenantSid, name: 'Victim', createdAt: 1 })
    const world = await createWorld({ connection: { state: 'testing' } })
    const sid = await world.addUser('vic@victim.example', { signInMethod: 'password' })
    await db.insert(memberships).values({ accountSid, userSid: sid })
    const link = good(
      await createSetupLink(request(), world.connectionSid, {
        name: 'mallory',
        capabilities: ['test'],
        expiresInMinutes: 60,
      }),
    )
    const browser = openBrowser()
    await followLink(browser, link.secret)
    const answer = await browser.post('/setup/testers', { emails: 'vic@victim.example' })
    expect(await answer.text()).toContain('also belongs to another customer’s accounts')
    expect(await db.select().from(testers).where(eq(testers.userSid, sid))).toEqual([])
    const [user] = await db.select().from(users).where(eq(users.sid, sid))
    expect(user).toMatchObject({ signInMethod: 'password', connectionSid: null })
    const { arrived } = await world.login('vic@victim.example')
    expect(arrived.status).toBe(403)
    expect(await db.select().from(sessions).where(eq(sessions.userSid, sid))).toEqual([])
  })
})
