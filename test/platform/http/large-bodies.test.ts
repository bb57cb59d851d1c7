// Large bodies at once: three of the largest fit an isolate, the next is told to come again.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApiKey } from '../../../src/access/operations.ts'
import { createApp } from '../../../src/app.ts'
import { holdBody, releaseBody } from '../../../src/platform/http/large-bodies.ts'
import { askApp } from '../../support/ask-app.ts'
import { ORIGIN } from '../../support/browser.ts'
import { good, request } from '../../support/request.ts'
import { createWorld } from '../../support/world.ts'

const MiB = 1024 * 1024
const held: Request[] = []
const hold = (bytes: number, now?: number) => {
  const one = new Request(ORIGIN)
  held.push(one)
  return holdBody(one, bytes, now)
}
// Bodies that other tests read without an app stay held: an hour later they are forgotten.
beforeEach(() => {
  hold(2 * MiB, Date.now() + 3_600_000)
  releaseBody(held.pop()!)
})
afterEach(() => {
  for (const one of held.splice(0)) releaseBody(one)
})

describe('an isolate', () => {
  it('holds three of the largest bodies, and small ones beside them', () => {
    expect([1, 2, 3].map(() => hold(20 * MiB + 64 * 1024))).toEqual([true, true, true])
    expect(hold(20 * MiB)).toBe(false)
    expect(hold(MiB)).toBe(true)
    releaseBody(held[0]!)
    expect(hold(20 * MiB)).toBe(true)
  })

  it('forgets a body whose request never ended', () => {
    const now = Date.now()
    for (let n = 0; n < 3; n++) expect(hold(20 * MiB, now)).toBe(true)
    expect(hold(20 * MiB, now + 599_000)).toBe(false)
    expect(hold(20 * MiB, now + 601_000)).toBe(true)
  })
})

describe('the API', () => {
  it('uploads_at_once: refuses a large body with words, and holds none after its answer', async () => {
    const world = await createWorld()
    const key = { name: 'app', tenantSid: null, role: 'owner' as const, expiresInDays: 1 }
    const { secret } = good(await createApiKey(request(), key))
    const upload = () =>
      askApp(
        createApp(),
        `${ORIGIN}/api/v1/connections/${world.connectionSid}/metadata?preview=true`,
        {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/xml' },
          body: new Uint8Array(2 * MiB),
        },
        env,
      )
    for (let n = 0; n < 40; n++) expect((await upload()).status).toBe(400)
    expect(hold(63 * MiB)).toBe(true)
    const refused = await upload()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
    expect(await refused.json()).toMatchObject({
      code: 'uploads_at_once',
      detail: 'Try again in a few seconds.',
    })
  })
})
