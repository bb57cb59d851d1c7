// Sign-in to the console by Cloudflare Access: a signed token whose e-mail is an operator's account.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { removeOperator } from '../../../src/access/operations.ts'
import { DEPLOYMENT } from '../../../src/events/actor.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import { operators } from '../../../src/platform/db/schema.ts'
import { openBrowser } from '../../support/browser.ts'
import { addOperatorRow, findOperatorRow } from '../../support/operators.ts'
import { good, request } from '../../support/request.ts'
import { db } from '../../support/world.ts'

const TEAM = 'operators-test.cloudflareaccess.com'
const environment = { ...env, ACCESS_TEAM_DOMAIN: TEAM, ACCESS_AUDIENCE: 'console' }

let keys: Awaited<ReturnType<typeof generateKeyPair>>
beforeAll(async () => {
  keys = await generateKeyPair('RS256')
})

const fetchKeys = (async (input: RequestInfo | URL) => {
  if (new URL(String(input)).hostname !== TEAM) throw new TypeError('Network connection lost.')
  const jwk = await exportJWK(keys.publicKey)
  return Response.json({ keys: [{ ...jwk, kid: 'one', alg: 'RS256', use: 'sig' }] })
}) as typeof fetch

async function get(path: string, email: string, audience = 'console'): Promise<Response> {
  const token = await new SignJWT({ email })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuer(`https://${TEAM}`)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(keys.privateKey)
  const headers = { 'cf-access-jwt-assertion': token }
  return openBrowser(environment, { fetch: fetchKeys }).sendAs(path, { headers })
}

describe('Cloudflare Access', () => {
  it('opens the account that has the e-mail, in any case, and proves it', async () => {
    const operator = await addOperatorRow('support', 'Olga Access')
    for (let time = 0; time < 2; time++) {
      const page = await get('/console/tenants', operator.email.toUpperCase())
      expect(page.status).toBe(200)
      expect(await page.text()).toContain('Olga Access')
    }
    const row = await findOperatorRow(operator.sid)
    expect(row?.emailVerifiedAt).toEqual(expect.any(Number))
    const rows = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, operator.sid))
    const ways = rows.filter(({ type }) => type === 'operator.signed_in')
    // Once in a working day, not with every page.
    expect(ways.map(({ after }) => after)).toEqual([{ way: 'access' }])
    // The role counts as everywhere.
    expect((await get('/console/apps/new', operator.email)).status).toBe(403)
  })

  it('opens nothing for an e-mail without an account, and says so', async () => {
    const page = await get('/console/tenants', 'nobody@vendor.example')
    expect([page.status, page.headers.get('location')]).toEqual([303, '/console/sign-in'])
    const told = await (await get('/console/sign-in', 'nobody@vendor.example')).text()
    expect(told).toContain('nobody@vendor.example is no operator’s account')
  })

  it('opens nothing with a token for another application', async () => {
    const operator = await addOperatorRow('owner')
    expect((await get('/console/tenants', operator.email, 'other')).status).toBe(303)
  })

  it('opens no account that was removed, or that only the company’s IdP opens', async () => {
    await addOperatorRow('owner')
    const [first, second] = [await addOperatorRow('admin'), await addOperatorRow('admin')]
    good(await removeOperator(request(DEPLOYMENT), first.sid))
    await db.update(operators).set({ signsInBy: 'own_idp' }).where(eq(operators.sid, second.sid))
    for (const { email } of [first, second])
      expect((await get('/console/tenants', email)).status).toBe(303)
  })
})
