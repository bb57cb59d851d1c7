// Another site that wants to sign a person out.
import { describe, expect, it } from 'vitest'
import { deliver, freeze, open, refusal } from './harness.ts'

describe('logout-csrf', () => {
  freeze()

  it.each(['https://attacker.example', 'null', 'https://sso.vendor.example.attacker.example', ''])(
    'is refused: not_same_site, from %j',
    async (origin) => {
      const scene = await open({})
      await deliver(scene.genuine, scene)
      const cookie = [...scene.browser.cookies]
        .map(([name, value]) => `${name}=${value}`)
        .join('; ')
      const answer = await scene.browser.send('/logout', {
        method: 'POST',
        headers: { cookie, ...(origin && { origin }) },
      })
      expect(answer.status).toBe(403)
      expect(refusal()).toBe('not_same_site')
      expect((await scene.world.rows()).sessions).toMatchObject([{ endedAt: null }])
    },
  )
})
