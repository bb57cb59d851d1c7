// A public host that sends us on to one inside.
import { describe, expect, it } from 'vitest'
import { fetchPublic } from '../../src/platform/network/fetch-public.ts'
import { fakeNetwork, PUBLIC_V4, redirectTo } from '../support/fake-network.ts'

const URL_OF_ATTACKER = 'https://attacker.example/metadata'
const NAMES = { 'attacker.example': [PUBLIC_V4], 'inside.example': ['10.0.0.1'] }

const TARGETS = [
  'https://127.0.0.1/',
  'https://2130706433/',
  '//169.254.169.254/latest/meta-data/',
  '\\\\10.0.0.1\\',
  'https://[::ffff:127.0.0.1]/',
  'https://localhost/',
  'https://inside.example/',
  'https://metadata.google.internal/',
]

describe('metadata-url-redirect-private', () => {
  it.each(TARGETS)('is refused: endpoint_private, to %s', async (target) => {
    const { options, visited } = fakeNetwork({
      names: NAMES,
      hosts: { [URL_OF_ATTACKER]: redirectTo(target) },
    })
    expect(await fetchPublic(URL_OF_ATTACKER, options)).toMatchObject({
      ok: false,
      code: 'endpoint_private',
    })
    expect(visited).toEqual([URL_OF_ATTACKER])
  })

  it('is refused: endpoint_private, at the last of five redirects', async () => {
    const hop = (index: number) => `https://attacker.example/${index}`
    const { options, visited } = fakeNetwork({
      names: NAMES,
      hosts: {
        [hop(1)]: redirectTo(hop(2), 301),
        [hop(2)]: redirectTo(hop(3), 303),
        [hop(3)]: redirectTo(hop(4), 307),
        [hop(4)]: redirectTo(hop(5), 308),
        [hop(5)]: redirectTo('https://inside.example/'),
      },
    })
    expect(await fetchPublic(hop(1), options)).toMatchObject({ code: 'endpoint_private' })
    expect(visited).toHaveLength(5)
  })

  it('is refused: endpoint_private, a name that leads inside from the second look-up on', async () => {
    let lookUps = 0
    const { options, visited } = fakeNetwork({
      hosts: { [URL_OF_ATTACKER]: redirectTo('/again') },
      dns: () =>
        Response.json({
          Status: 0,
          Answer: [{ type: 1, data: lookUps++ < 2 ? PUBLIC_V4 : '10.0.0.1' }],
        }),
    })
    expect(await fetchPublic(URL_OF_ATTACKER, options)).toMatchObject({ code: 'endpoint_private' })
    expect(visited).toEqual([URL_OF_ATTACKER])
  })
})
