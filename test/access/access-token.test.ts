// Cloudflare Access: whom a token names, and which tokens name nobody.
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, expect, it } from 'vitest'
import { readAccessToken } from '../../src/access/access-token.ts'

const access = { issuer: 'https://vendor.cloudflareaccess.com', audience: 'aud-of-the-console' }
const now = Date.UTC(2026, 10, 24)
const seconds = now / 1000

let keys: Awaited<ReturnType<typeof generateKeyPair>>
let stranger: Awaited<ReturnType<typeof generateKeyPair>>
const asked: string[] = []

beforeAll(async () => {
  keys = await generateKeyPair('RS256')
  stranger = await generateKeyPair('RS256')
})

/** The keys of Access, as its address says. */
const fetchKeys = (async (input: RequestInfo | URL) => {
  asked.push(String(input))
  const jwk = await exportJWK(keys.publicKey)
  return Response.json({ keys: [{ ...jwk, kid: 'one', alg: 'RS256', use: 'sig' }] })
}) as typeof fetch

function sign(claims: { [claim: string]: unknown } = {}, key = keys.privateKey) {
  const { issuer, audience } = access
  const usual = { iss: issuer, aud: audience, iat: seconds, exp: seconds + 60 }
  return new SignJWT({ ...usual, email: 'ann@vendor.example', ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .sign(key)
}

const read = (token: string, at = now) =>
  readAccessToken(token, access, { fetch: fetchKeys, now: at })

it('names the person whose e-mail Access has signed', async () => {
  expect(await read(await sign())).toBe('ann@vendor.example')
  expect(asked).toEqual([`${access.issuer}/cdn-cgi/access/certs`])
})

it.each<[string, () => Promise<string>]>([
  ['is signed by another key', () => sign({}, stranger.privateKey)],
  ['is for another application', () => sign({ aud: 'other' })],
  ['is of another team', () => sign({ iss: 'https://other.cloudflareaccess.com' })],
  ['never expires', () => sign({ exp: undefined })],
  ['is of a service, which has no e-mail', () => sign({ email: undefined })],
  ['has an e-mail that is no text', () => sign({ email: { a: 1 } })],
  ['is unsigned', async () => `${btoa('{"alg":"none"}')}.${(await sign()).split('.')[1]}.`],
  ['is no token', async () => 'x'],
])('a token that %s names nobody', async (_, make) => {
  expect(await read(await make())).toBeUndefined()
})

it('an expired token names no one', async () => {
  expect(await read(await sign(), now + 60_000)).toBeUndefined()
})
