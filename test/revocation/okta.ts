// An Okta org with Universal Logout at the connection of a world: its keys, its tokens as Okta's
// documentation shows them, and its requests.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { exportJWK, generateKeyPair, SignJWT, type JWTHeaderParameters } from 'jose'
import { createApp } from '../../src/app.ts'
import type { Env } from '../../src/env.ts'
import { connections, failedGuesses, revocationSources } from '../../src/platform/db/schema.ts'
import { askApp } from '../support/ask-app.ts'
import { ORIGIN } from '../support/browser.ts'
import { createWorld, db, type World } from '../support/world.ts'

export const ORG = 'https://example.okta.test'
export const KEYS_URL = 'https://example.okta.test/oauth2/v1/keys'

export type Org = Awaited<ReturnType<typeof openOrg>>
type Pair = Awaited<ReturnType<typeof generateKeyPair>>

const createPair = () => generateKeyPair('RS256', { extractable: true })
export const pairs = {
  own: await createPair(),
  next: await createPair(),
  other: await createPair(),
}

export type TokenOptions = {
  header?: Partial<JWTHeaderParameters>
  claims?: Record<string, unknown>
  pair?: Pair
}

/** A world whose connection lets the org sign people out. */
export async function openOrg(from?: World) {
  const world = from ?? (await createWorld())
  const { connectionSid } = world
  await db
    .update(connections)
    .set({ revocationIssuer: ORG, revocationKeysURL: KEYS_URL })
    .where(eq(connections.sid, connectionSid))
  // Refusals of other tests are not counted against this one.
  await db.delete(failedGuesses)
  const url = `${ORIGIN}/revocation/${connectionSid}`
  const org = {
    published: [{ kid: 'one', pair: pairs.own }] as { kid: string; pair: Pair }[],
    /** How often the key URL was read. */
    fetches: 0,
    isDown: false,
  }
  const fetchKeys = async (input: RequestInfo | URL) => {
    const asked = new URL(input instanceof Request ? input.url : input)
    if (asked.pathname === '/dns-query')
      return Response.json({
        Status: 0,
        TC: false,
        Answer: asked.searchParams.get('type') === 'A' ? [{ type: 1, data: '8.8.8.8' }] : [],
      })
    if (asked.href !== KEYS_URL) return new Response('', { status: 404 })
    org.fetches += 1
    if (org.isDown) return new Response('', { status: 500 })
    const keys = org.published.map(async ({ kid, pair }) => ({
      ...(await exportJWK(pair.publicKey)),
      kid,
      use: 'sig',
      alg: 'RS256',
    }))
    return Response.json({ keys: await Promise.all(keys) })
  }
  const app = createApp({ fetch: fetchKeys as typeof fetch })

  async function token({ header = {}, claims = {}, pair = pairs.own }: TokenOptions = {}) {
    const now = Math.floor(Date.now() / 1000)
    const payload = {
      iss: ORG,
      sub: '0oa1',
      aud: url,
      jti: crypto.randomUUID(),
      iat: now,
      nbf: now - 300,
      exp: now + 300,
      ...claims,
    }
    const protectedHeader = { typ: 'global-token-revocation+jwt', alg: 'RS256', kid: 'one' }
    return new SignJWT(payload)
      .setProtectedHeader({ ...protectedHeader, ...header })
      .sign(pair.privateKey)
  }

  /** The answer: its status and the code of its problem. */
  async function ask(
    body: unknown,
    {
      bearer,
      to = url,
      environment = env,
    }: { bearer?: string | null; to?: string; environment?: Env } = {},
  ): Promise<{ status: number; code: string | undefined }> {
    const authorization = bearer === null ? undefined : `Bearer ${bearer ?? (await token())}`
    const response = await askApp(
      app,
      to,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      },
      environment,
    )
    const text = await response.text()
    return { status: response.status, code: text ? JSON.parse(text).code : undefined }
  }

  const send = async (...request: Parameters<typeof ask>) => (await ask(...request)).status

  const source = async () =>
    (
      await db
        .select()
        .from(revocationSources)
        .where(eq(revocationSources.connectionSid, connectionSid))
    )[0]

  return { world, url, org, token, ask, send, source }
}

export const byEmail = (email: string) => ({ sub_id: { format: 'email', email } })
