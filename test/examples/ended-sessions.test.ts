// The code of docs/apps.md for back-channel logout, with logout tokens as Gatepost makes them.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSid } from '../../src/ids.ts'
import { logoutTokenClaims, TYPE } from '../../src/oidc/back-channel/logout-token.ts'

type Login = { sub: string; sid: string; iat: number }
type Code = {
  endSession: (logoutToken: string) => Promise<void>
  hasEnded: (login: Login) => boolean
}

const CLIENT = createSid('CL')
const NOW = Math.floor(Date.now() / 1000)

let server: Server
let code: Code
let sign: (sessionSid: string | null, userSid: string, typ?: string) => Promise<string>
beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const key = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }
  server = createServer((_, response) => response.end(JSON.stringify({ keys: [key] })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  Object.assign(process.env, { ISSUER: issuer, CLIENT_ID: CLIENT })
  const file = '../e2e/apps/ended-sessions.mjs'
  code = (await import(file)) as Code
  sign = (sessionSid, userSid, typ = TYPE) => {
    const of = { clientSid: CLIENT, sessionSid, userSid }
    const claims = logoutTokenClaims(of, { issuer, now: NOW * 1000 })
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k', typ }).sign(privateKey)
  }
})
afterAll(() => server.close())

const login = (changes: Partial<Login> = {}): Login => ({
  sub: createSid('US'),
  sid: createSid('SE'),
  iat: NOW - 60,
  ...changes,
})

it('ends the session that a token names, and no other one of the person', async () => {
  const one = login()
  await code.endSession(await sign(one.sid, one.sub))
  expect(code.hasEnded(one)).toBe(true)
  expect(code.hasEnded(login({ sub: one.sub }))).toBe(false)
})

it('ends all sessions of a person until then, where the token names none', async () => {
  const one = login()
  await code.endSession(await sign(null, one.sub))
  expect(code.hasEnded(one)).toBe(true)
  expect(code.hasEnded(login({ sub: one.sub, iat: NOW }))).toBe(true)
  expect(code.hasEnded(login({ sub: one.sub, iat: NOW + 1 }))).toBe(false)
  expect(code.hasEnded(login())).toBe(false)
})

it('takes no other kind of token', async () => {
  const one = login()
  await expect(code.endSession(await sign(null, one.sub, 'JWT'))).rejects.toThrow('"typ"')
  expect(code.hasEnded(one)).toBe(false)
})
