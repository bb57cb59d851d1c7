// PKCE by the registration of an app: required, or optional with a secret (RFC 9700 §2.1.1).
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { editClient } from '../../src/clients/operations.ts'
import { readCode } from '../../src/oidc/grant-token.ts'
import { clients, grants } from '../../src/platform/db/schema.ts'
import type { Browser } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'
import { askIn, basic, codeFields, openApp, openSession, post, type App } from './relying-party.ts'

const DAY = 24 * 3600_000
/** An empty parameter counts as omitted. */
const NO_CHALLENGE = { code_challenge: '', code_challenge_method: '' }
const NEITHER = { ...NO_CHALLENGE, nonce: '' }

let browser: Browser
let optional: App
beforeAll(async () => {
  const world = await createWorld()
  await world.addUser('alice@tenant.example')
  browser = await openSession(world, 'alice@tenant.example')
})
beforeEach(async () => {
  optional = await openApp({ pkce: 'optional' })
})

/** Without the verifier if that is undefined. */
async function redeem(app: App, code: string, verifier: string | undefined) {
  const fields = codeFields(code, { state: '', nonce: '', verifier: verifier ?? '' })
  if (verifier === undefined) delete fields.code_verifier
  const { status, body } = await post('/oauth2/token', fields, basic(app))
  return [status, body.error ?? 'tokens']
}

async function grantOf(code: string) {
  const { hash } = (await readCode(code))!
  const [grant] = await db.select().from(grants).where(eq(grants.secretHash, hash))
  return grant
}

async function errorOf(app: App, more: Record<string, string>) {
  const { callback, code } = await askIn(browser, app, more)
  expect(code).toBe('')
  const answer = callback!.searchParams
  return [answer.get('error'), answer.get('error_description')]
}

describe('an app for which it is required', () => {
  it('gets an error without a challenge, and no code', async () => {
    const app = await openApp()
    expect(await errorOf(app, NO_CHALLENGE)).toEqual([
      'invalid_request',
      'PKCE is required: code_challenge is missing',
    ])
    const rows = await db.select().from(grants).where(eq(grants.clientSid, app.client.sid))
    expect(rows).toEqual([])
  })

  it('is every public one: the statement asks for it whatever the row says', async () => {
    const app = await openApp({ clientType: 'public' })
    await db.update(clients).set({ pkce: 'optional' }).where(eq(clients.sid, app.client.sid))
    const { code } = await askIn(browser, app, NO_CHALLENGE)
    expect(code).toBe('')
    const rows = await db.select().from(grants).where(eq(grants.clientSid, app.client.sid))
    expect(rows).toEqual([])
  })

  it('is one that was changed while its person signed in', async () => {
    const { sid } = optional.client
    good(await editClient(request(), sid, { pkce: 'required' }))
    const [error] = await errorOf(optional, NO_CHALLENGE)
    expect(error).toBe('invalid_request')
  })
})

describe('an app for which it is optional', () => {
  it('gets tokens without it', async () => {
    const { code } = await askIn(browser, optional, NO_CHALLENGE)
    expect((await grantOf(code))!.codeChallenge).toBe(null)
    expect(await redeem(optional, code, undefined)).toEqual([200, 'tokens'])
  })

  it('must send the verifier of a challenge that it sent', async () => {
    const good = await askIn(browser, optional)
    expect(await redeem(optional, good.code, good.checks.verifier)).toEqual([200, 'tokens'])
    for (const verifier of [undefined, 'x'.repeat(43)]) {
      const { code, checks } = await askIn(browser, optional)
      expect(await redeem(optional, code, verifier)).toEqual([400, 'invalid_grant'])
      expect((await grantOf(code))!.endedAt).not.toBe(null)
      expect(await redeem(optional, code, checks.verifier)).toEqual([400, 'invalid_grant'])
    }
  })

  it('must send no verifier without a challenge', async () => {
    const { code, checks } = await askIn(browser, optional, NO_CHALLENGE)
    expect(await redeem(optional, code, checks.verifier)).toEqual([400, 'invalid_grant'])
    expect((await grantOf(code))!.endedAt).not.toBe(null)
  })

  it('may use S256 alone', async () => {
    expect(await errorOf(optional, { code_challenge_method: 'plain' })).toEqual([
      'invalid_request',
      'code_challenge_method must be S256',
    ])
    expect(await errorOf(optional, { code_challenge_method: '' })).toEqual([
      'invalid_request',
      'code_challenge_method must be S256',
    ])
    expect(await errorOf(optional, { code_challenge: '' })).toEqual([
      'invalid_request',
      'code_challenge is missing',
    ])
  })
})

describe('a code that neither PKCE nor a nonce protects', () => {
  const notedAt = async () => {
    const [row] = await db.select().from(clients).where(eq(clients.sid, optional.client.sid))
    return row!.unprotectedCodeAt
  }
  const exchange = async (more: Record<string, string>) => {
    const { code, checks } = await askIn(browser, optional, more)
    const verifier = more.code_challenge === '' ? undefined : checks.verifier
    expect(await redeem(optional, code, verifier)).toEqual([200, 'tokens'])
  }

  it('is noted with its app, which a nonce or PKCE is not', async () => {
    await exchange({ nonce: '' })
    await exchange(NO_CHALLENGE)
    expect(await notedAt()).toBe(null)
    const before = Date.now()
    await exchange(NEITHER)
    expect(await notedAt()).toBeGreaterThanOrEqual(before)
  })

  it('is noted once a day', async () => {
    const set = (unprotectedCodeAt: number) =>
      db.update(clients).set({ unprotectedCodeAt }).where(eq(clients.sid, optional.client.sid))
    const recent = Date.now() - DAY + 60_000
    await set(recent)
    await exchange(NEITHER)
    expect(await notedAt()).toBe(recent)
    await set(Date.now() - DAY)
    await exchange(NEITHER)
    expect(await notedAt()).toBeGreaterThan(recent)
  })

  it('is not noted for a code that is not exchanged: anybody can make such a request', async () => {
    const { code } = await askIn(browser, optional, NEITHER)
    expect(await redeem(optional, code, 'x'.repeat(43))).toEqual([400, 'invalid_grant'])
    expect(await notedAt()).toBe(null)
  })
})
