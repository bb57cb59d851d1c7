// The field as XML instead of base64: it must not get around what is asked of an unsolicited
// response, nor its size.
import { describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { attack, freeze, open } from './harness.ts'

attack('request-raw-xml', {
  message: ({ genuine }) => ({ field: genuine }),
  code: 'response_not_base64',
})

attack('request-raw-xml, unsolicited', {
  unsolicited: true,
  message: ({ genuine }) => ({ field: genuine }),
  code: 'response_not_base64',
})

describe('request-raw-xml, unsolicited', () => {
  freeze()

  for (const idpInitiated of ['refuse', 'restart'] as const)
    it(`logs nobody in where the connection says ${idpInitiated}`, async () => {
      const { world, genuine } = await open({ unsolicited: true, connection: { idpInitiated } })
      const arrived = await openBrowser().postFromElsewhere(world.acs, { SAMLResponse: genuine })
      expect(arrived.headers.get('location') ?? '').not.toContain('/login/finish')
      expect(await world.rows()).toMatchObject({ spent: [], loginCodes: [], sessions: [] })
    })
})
