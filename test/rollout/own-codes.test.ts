// The page on which a signed-in owner makes recovery codes. There is no other way to get them.
import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/routes.ts'
import {
  addBreakGlass,
  endBreakGlass,
  exchangeRecoveryCode,
} from '../../src/rollout/break-glass/operations.ts'
import { signIn } from '../sessions/stage.ts'
import { openBrowser } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

const OWNER = 'olga@tenant.example'

async function openOwner() {
  const world = await createWorld()
  const { browser, session } = await signIn(world, OWNER)
  const expiresAt = Date.now() + 86_400_000
  const exemption = { user: OWNER, reason: 'runs the account', expiresAt }
  good(await addBreakGlass(request(), world.tenantSid, exemption))
  return { world, browser, userSid: session.userSid }
}

const codesIn = (page: string) =>
  [...page.matchAll(/<code>((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})<\/code>/g)].map(([, code]) => code!)

describe('the owner', () => {
  it('makes ten codes in the session, which work, and which the page offers to download', async () => {
    const { browser } = await openOwner()
    const page = await (await browser.get('/recovery-codes')).text()
    expect(page).toContain('You have no codes yet.')
    const made = await browser.post('/recovery-codes', {})
    const text = await made.text()
    const codes = codesIn(text)
    expect(new Set(codes).size).toBe(10)
    const [, file = ''] = /href="data:text\/plain;charset=utf-8,([^"]+)"/.exec(text) ?? []
    for (const code of codes) expect(decodeURIComponent(file)).toContain(code)
    expect(made.headers.get('cache-control')).toBe('no-store')
    const now = Date.now()
    const code = { email: OWNER, code: codes[0]!, client: 'here' }
    expect(await exchangeRecoveryCode({ db, now }, code)).toMatchObject({ ok: true })
    const after = await (await browser.get('/recovery-codes')).text()
    expect(after).toContain('You have 9 unused codes.')
    expect(codesIn(after)).toEqual([])
  })

  it('makes none once the exemption has ended', async () => {
    const { world, browser, userSid } = await openOwner()
    good(await endBreakGlass(request(), world.tenantSid, userSid))
    expect((await browser.get('/recovery-codes')).status).toBe(409)
    expect((await browser.post('/recovery-codes', {})).status).toBe(409)
  })
})

describe('nobody else', () => {
  it('makes any: somebody else of the tenant is no owner', async () => {
    const { world } = await openOwner()
    const { browser } = await signIn(world, 'ann@tenant.example')
    const refused = await browser.post('/recovery-codes', {})
    expect(refused.status).toBe(409)
    expect(codesIn(await refused.text())).toEqual([])
  })

  it('makes any: a browser without a session is sent to sign in', async () => {
    for (const answer of [
      await openBrowser().get('/recovery-codes'),
      await openBrowser().post('/recovery-codes', {}),
    ])
      expect(answer.headers.get('location')).toBe('/login?return_to=/recovery-codes')
  })

  it('makes any: a form of another site is refused', async () => {
    const { browser } = await openOwner()
    expect((await browser.postFromElsewhere('/recovery-codes', {})).status).toBe(403)
  })

  it('makes any by API: no route answers with codes', () => {
    const made = ROUTES.filter(({ path }) => path.includes('recovery-codes'))
    expect(made.map(({ operationId }) => operationId)).toEqual(['spendRecoveryCode'])
  })
})
