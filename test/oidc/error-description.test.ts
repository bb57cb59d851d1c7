// What an error says is ASCII without quotes and backslashes (RFC 6749 §5.2): some libraries read
// no other.
import { beforeAll, expect, it } from 'vitest'
import { createWorld, type World } from '../support/world.ts'
import { basic, openApp, post, signInWith, type App } from './relying-party.ts'

let world: World
let app: App
let other: App
beforeAll(async () => {
  world = await createWorld()
  app = await openApp()
  other = await openApp({ name: 'Reports' })
})

const SAYABLE = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/

it.each(['/oauth2/token', '/oauth2/revoke'])('at %s, of another client’s token', async (path) => {
  const { tokens } = await signInWith(app, world)
  const token = tokens.refresh_token!
  const fields: Record<string, string> =
    path === '/oauth2/token' ? { grant_type: 'refresh_token', refresh_token: token } : { token }
  const { status, body } = await post(path, fields, basic(other))
  expect([status, body.error]).toEqual([400, 'invalid_grant'])
  expect(body.error_description).toMatch(SAYABLE)
})
