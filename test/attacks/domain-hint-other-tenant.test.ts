// A link with another tenant's domain, or of a tenant that is suspended: it leads to that tenant's
// IdP at most, and makes nobody of another one.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { domains, tenants } from '../../src/platform/db/schema.ts'
import { askIn, follow, openApp, openSession, type App } from '../oidc/relying-party.ts'
import { openBrowser } from '../support/browser.ts'
import { createWorld, db, type World } from '../support/world.ts'

describe('domain-hint-other-tenant', () => {
  let app: App
  let [ours, theirs]: World[] = []
  let domain: string
  let email: string
  beforeEach(async () => {
    app = await openApp()
    ours = await createWorld()
    theirs = await createWorld()
    domain = `${crypto.randomUUID()}.example`
    email = `ann@${domain}`
    await ours.addUser(email, { signInMethod: 'sso_enforced' })
    await db.insert(domains).values({
      tenantSid: theirs.tenantSid,
      domain: `their-${domain}`,
      token: 'x',
      createdBy: 'operator olga',
      createdAt: 1,
      verifiedAt: 1,
    })
  })

  it('their IdP signs in nobody of ours', async () => {
    const { path } = await app.ask({ domain_hint: `their-${domain}` })
    const { callback, page } = await follow(theirs!, openBrowser(), path, email)
    expect(callback).toBe(undefined)
    expect(page.status).toBe(403)
  })

  it('a signed-in person stays signed in, whatever the hint', async () => {
    const browser = await openSession(ours!, email)
    const { callback, checks } = await askIn(browser, app, { domain_hint: `their-${domain}` })
    const claims = (await app.redeem(callback!, checks)).claims()!
    expect([claims.email, claims.tenant_sid]).toEqual([email, ours!.tenantSid])
  })

  it.each(['login_hint', 'domain_hint'])(
    'while the tenant is suspended %s leads where it leads for nobody',
    async (name) => {
      await db
        .update(tenants)
        .set({ suspendedAt: 1 })
        .where(eq(tenants.sid, (name === 'login_hint' ? ours : theirs)!.tenantSid))
      const target = async (hint: string) => {
        const { location } = await askIn(openBrowser(), app, { [name]: hint })
        return String(location).split('?')[0]
      }
      const of = {
        login_hint: [email, `no-${email}`],
        domain_hint: [`their-${domain}`, `no-${domain}`],
      }
      const [known, unknown] = of[name as keyof typeof of]
      expect(await target(known!)).toBe(await target(unknown!))
      expect(await target(known!)).not.toMatch(/^\/sso\//)
    },
  )
})
