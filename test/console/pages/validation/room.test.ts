// The room as both sides see it: the same attempts, live, with what each side says; nobody else's,
// and no markup of strangers.
import { describe, expect, it } from 'vitest'
import { eq, sql } from 'drizzle-orm'
import { listEvents } from '../../../../src/events/operations.ts'
import { editConnection, getConnection } from '../../../../src/connections/operations.ts'
import { attemptDetails, attempts } from '../../../../src/platform/db/history-schema.ts'
import { tenants } from '../../../../src/platform/db/schema.ts'
import { ALL, good, request } from '../../../support/request.ts'
import { db, history } from '../../../support/world.ts'
import { landedAt } from '../../../support/landed-at.ts'
import { openLink } from '../../operator/admins.ts'
import { ALICE, createStage, partOf, wordsOf } from './stage.ts'

describe('the page', () => {
  it('shows both sides the same attempts, with checks, certificate, clock and remedies', async () => {
    const stage = await createStage({ connection: { state: 'testing', preset: 'okta' } })
    await stage.test()
    await stage.test({ audiences: [['https://other.example']] })
    for (const page of [await stage.operatorRoom(), await stage.customerRoom()]) {
      const words = wordsOf(page)
      expect(words).toContain('Test passed')
      expect(words).toContain(ALICE)
      expect(words).toContain('The Assertion is for another service')
      expect(words).toContain('Audience URI (SP Entity ID)')
      expect(words).toContain('https://other.example')
      expect(words).toMatch(/All checks: \d+ passed, 1 failed/)
      expect(words).toMatch(/Certificate used CN=/)
      expect(words).toContain('Median of 2 signed messages')
      expect(words).toContain('Waiting for sign-off by the vendor and the customer')
      expect(words).toContain(`/sso/${stage.world.connectionSid}?test`)
      // Names of attributes and no values.
      expect(words).not.toContain('Ämter')
    }
  })

  it('explains a status in words, and says where they are written', async () => {
    const stage = await createStage()
    await stage.test({
      status: ['Responder', 'RequestDenied'],
      statusMessage: 'AADSTS50105: not assigned',
    })
    const words = wordsOf(await stage.customerRoom())
    expect(words).toContain('Refused The user is not assigned to the application')
    expect(words).toContain('Responder / RequestDenied: AADSTS50105: not assigned')
    expect(words).toContain('Source: https://learn.microsoft.com/')
    const { attempts } = await stage.world.rows()
    const page = await stage.operator.get(`${stage.base}/attempts/${attempts[0]!.sid}`)
    const own = wordsOf(await page.text())
    expect(own).toContain('The user is not assigned to the application')
    expect(own).toContain('assign the user, or a group of theirs')
    expect(own).not.toContain('The received status says why')
  })

  it('says of each row that fails how to mend it', async () => {
    const stage = await createStage({ connection: { preset: 'okta' } })
    await stage.test({ issuer: 'https://else.example', audiences: [['https://other.example']] })
    const words = wordsOf(await stage.customerRoom())
    expect(words).toMatch(/How to fix it: Copy .*How to fix it: Copy our Entity ID into Audience/)
  })

  it('names whose login it was, however many users came after', async () => {
    const stage = await createStage()
    await stage.test()
    await db.run(
      sql`INSERT INTO users (sid, tenant_sid, email, email_key, sign_in_method, connection_sid, created_at, updated_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
        SELECT 'US' || lower(hex(randomblob(16))), ${stage.world.tenantSid}, i || '@many.example', i || '@many.example', 'sso_enabled', ${stage.world.connectionSid}, ${Date.now() + 1000}, 1 FROM n`,
    )
    const { attempts } = await stage.world.rows()
    for (const path of ['/attempts', `/attempts/${attempts[0]!.sid}`, '']) {
      const page = await (await stage.operator.get(stage.base + path)).text()
      // Of a connection's page, the list of logins alone.
      const list = path === '' ? page.slice(page.indexOf('Latest logins')) : page
      expect(list, path).toContain(ALICE)
    }
  })

  it('alone may connect, and to our own origin alone', async () => {
    const stage = await createStage()
    const policyOf = async (path: string) =>
      (await stage.operator.get(path)).headers.get('content-security-policy')
    expect(await policyOf(`${stage.base}/room`)).toMatch(
      /default-src 'none';.* connect-src 'self'$/,
    )
    for (const path of [stage.base, `${stage.base}/testers`, `${stage.base}/what-if`])
      expect(await policyOf(path)).not.toContain('connect-src')
  })

  it('shows what strangers and people have written as text', async () => {
    const evil = `</textarea><img src=x onerror=alert(1)>"'`
    const stage = await createStage({ tenant: { name: `T ${evil}` } })
    await stage.test({ status: ['Responder'], statusMessage: evil })
    await stage.test()
    const [row] = await history.select().from(attempts).where(eq(attempts.code, 'status')).limit(1)
    await history
      .update(attemptDetails)
      .set({ message: evil })
      .where(eq(attemptDetails.sid, row!.sid))
    const { revision } = good(await getConnection(request(), stage.world.connectionSid))
    await stage.operator.post(`${stage.base}/room/sign-off`, {
      revision: String(revision),
      verdict: 'fail',
      name: `N ${evil}`,
      note: `W ${evil}`,
    })
    for (const page of [
      await stage.operatorRoom(),
      await stage.customerRoom(),
      await (await stage.operator.get(`${stage.base}/room/live`)).text(),
    ]) {
      expect(page).not.toContain('<img')
      for (const said of [`N ${evil}`, `W ${evil}`]) expect(wordsOf(page)).toContain(said)
    }
    await db.update(tenants).set({ name: 'Tenant' }).where(eq(tenants.sid, stage.world.tenantSid))
  })

  it('has nothing of another tenant', async () => {
    const other = await createStage({ tenant: { name: 'Initech' } })
    const theirs = await other.test()
    const stage = await createStage()
    await stage.test()
    for (const path of ['/setup/room', '/setup/room/live', '/setup/testers']) {
      const page = await (await stage.customer.get(path)).text()
      for (const secret of [theirs, other.world.connectionSid, other.world.tenantSid, 'Initech'])
        expect([path, page.includes(secret)]).toEqual([path, false])
    }
    expect((await stage.customer.get(`/setup/what-if?attempt=${theirs}`)).status).toBe(404)
    // An operator may see both, but not one below the other.
    expect((await stage.operator.get(`${stage.base}/what-if?attempt=${theirs}`)).status).toBe(404)
  })
})

describe('the live parts', () => {
  it('are fetched when something has changed, and not before', async () => {
    const stage = await createStage()
    const version = /data-version="([^"]*)"/.exec(await stage.operatorRoom())![1]!
    const tag = version.replaceAll('&quot;', '"')
    const live = (path: string, seen: string) =>
      (path === '/setup' ? stage.customer : stage.operator).sendAs(`${path}/room/live`, {
        headers: { 'if-none-match': seen },
      })
    for (const path of [stage.base, '/setup']) {
      for (const seen of [tag, `W/${tag}`]) {
        const same = await live(path, seen)
        expect([path, same.status, await same.text()]).toEqual([path, 304, ''])
      }
    }
    const attempt = await stage.test()
    for (const path of [stage.base, '/setup']) {
      const next = await live(path, tag)
      expect(next.status).toBe(200)
      const parts = await next.text()
      expect(parts).toContain(`id="${attempt}"`)
      expect(parts).not.toMatch(/<html|<script|<style|nonce/)
      const again = await live(path, next.headers.get('etag')!)
      expect(again.status).toBe(304)
    }
  })

  it('setup_link: end with the link, and for visitors who are not signed in', async () => {
    const stage = await createStage()
    stage.customer.cookies.set('__Host-setup', 'x'.repeat(43))
    expect((await stage.customer.get('/setup/room/live')).status).toBe(403)
    stage.operator.cookies.clear()
    expect((await stage.operator.get(`${stage.base}/room/live`)).status).toBe(303)
  })
})

describe('the word of both sides', () => {
  it('not_tested: is no pass before somebody has got in; both passes validate', async () => {
    const stage = await createStage()
    const word = { revision: '1', verdict: 'pass', name: 'Olga', note: 'Kept & shown' }
    const early = await stage.operator.post(`${stage.base}/room/sign-off`, word)
    expect(early.status).toBe(409)
    const page = await early.text()
    expect(page).toContain('No one has signed in with this configuration yet')
    expect(page).toContain('Kept &amp; shown</textarea>')
    expect(early.headers.get('content-security-policy')).toContain("connect-src 'self'")

    await stage.test()
    const said = await stage.operator.post(`${stage.base}/room/sign-off`, word)
    expect([said.status, landedAt(said)]).toEqual([303, `${stage.base}/room (signedOff)`])
    expect(wordsOf(partOf(await stage.customerRoom(), 'vendor-sign-off'))).toContain('Passed Olga')
    const both = { ...word, name: 'Carla', note: '' }
    expect((await stage.customer.post('/setup/room/sign-off', both)).status).toBe(303)
    for (const room of [await stage.operatorRoom(), await stage.customerRoom()]) {
      expect(wordsOf(partOf(room, 'room-state'))).toContain('Validated')
      expect(wordsOf(room)).toContain('Both sides passed revision 1')
    }
    const { items } = good(
      await listEvents(request(), { subjectSid: stage.world.connectionSid }, ALL),
    )
    expect(items.filter(({ type }) => type === 'connection.signed_off')).toHaveLength(2)
  })

  it('revision_changed: says nothing of a configuration that was not shown, and takes no choice over to it', async () => {
    const stage = await createStage()
    await stage.test()
    good(
      await editConnection(request(), stage.world.connectionSid, {
        fields: { entityID: 'urn:renamed' },
      }),
    )
    const late = await stage.customer.post('/setup/room/sign-off', {
      revision: '1',
      verdict: 'fail',
      name: 'Carla',
      note: 'of the old one',
    })
    expect(late.status).toBe(412)
    const page = await late.text()
    expect(page).toContain('of the old one')
    expect(page).toContain('name="revision" value="2"')
    expect(page).not.toMatch(/<input[^>]*type="radio"[^>]*checked/)
    expect(wordsOf(partOf(page, 'customer-sign-off'))).toContain('No result for revision 2 yet')
  })

  it('names the field that does not fit, and keeps the others', async () => {
    const stage = await createStage()
    const send = (fields: Record<string, string>) =>
      stage.operator.post(`${stage.base}/room/sign-off`, { revision: '1', ...fields })
    for (const [fields, field] of [
      [{ verdict: 'fail', name: '', note: 'why' }, 'name'],
      [{ verdict: '', name: 'Olga', note: 'why' }, 'verdict'],
      [{ verdict: 'fail', name: 'Olga', note: 'w'.repeat(2001) }, 'note'],
    ] as const) {
      const response = await send(fields)
      expect([field, response.status]).toEqual([field, 400])
      const page = await response.text()
      expect(page).toContain(`id="${field}-error"`)
      expect(page).toContain(`href="#${field}"`)
      expect(page).toContain(`${fields.note}</textarea>`)
    }
  })

  it('forbidden: has no form for a link that may not test', async () => {
    const stage = await createStage()
    await stage.test()
    const onlooker = await openLink(stage.world, ['configure'])
    const page = await (await onlooker.get('/setup/room')).text()
    expect(page).not.toContain('room/sign-off')
    expect(wordsOf(page)).toContain('Your setup link does not allow you to sign off')
    const refused = await onlooker.post('/setup/room/sign-off', {
      revision: '1',
      verdict: 'fail',
      name: 'x',
    })
    expect(refused.status).toBe(403)
    const tester = await stage.linkOf(['test'])
    const theirs = await (await tester.get('/setup/room')).text()
    expect(theirs).toContain('room/sign-off')
    expect(theirs).not.toContain('/what-if')
  })
})
