// An assertion with OneTimeUse is used once, as every assertion is.
import { describe, expect, it } from 'vitest'
import { deliver, freeze, open, stranger } from './harness.ts'

describe('one-time-use', () => {
  freeze()

  it('is refused the second time: replayed', async () => {
    const scene = await open({
      unsolicited: true,
      genuine: { conditions: '<saml:OneTimeUse></saml:OneTimeUse>' },
    })
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
    expect((await deliver(scene.genuine, stranger(scene))).code).toBe('replayed')
  })
})
