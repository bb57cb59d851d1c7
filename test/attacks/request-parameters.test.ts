// Fields twice, in the query, or under other names: one reader takes the first, another the last.
import { describe, expect, it } from 'vitest'
import { toField } from '../support/fake-idp.ts'
import { freeze, open, unsigned, forge } from './harness.ts'

describe('request-parameters', () => {
  freeze()

  const encode = encodeURIComponent

  it('refuses SAMLResponse twice', async () => {
    const { world, browser, genuine, relayState } = await open({})
    const forged = forge(unsigned(genuine))
    for (const [first, second] of [
      [genuine, forged],
      [forged, genuine],
      [genuine, genuine],
    ] as const) {
      const body = `SAMLResponse=${encode(toField(first))}&SAMLResponse=${encode(toField(second))}&RelayState=${relayState}`
      expect((await browser.postFromElsewhere(world.acs, body)).status).toBe(400)
    }
    expect(await world.rows()).toMatchObject({ spent: [], loginCodes: [], attempts: [] })
  })

  it('reads nothing from the query', async () => {
    const { world, browser, genuine, relayState } = await open({})
    const query = `SAMLResponse=${encode(toField(genuine))}&RelayState=${relayState}`
    expect((await browser.postFromElsewhere(`${world.acs}?${query}`, '')).status).toBe(400)
    expect((await browser.get(`${world.acs}?${query}`)).status).toBe(405)
    expect(await world.rows()).toMatchObject({ spent: [], loginCodes: [], attempts: [] })
  })

  it('refuses another type of content', async () => {
    const { world, browser, genuine } = await open({})
    for (const type of [
      'text/xml',
      'application/json',
      'multipart/form-data; boundary=a',
      'text/plain',
    ])
      expect(
        (
          await browser.send(world.acs, {
            method: 'POST',
            headers: { 'content-type': type },
            body: genuine,
          })
        ).status,
      ).toBe(415)
    expect(await world.rows()).toMatchObject({ spent: [], loginCodes: [], attempts: [] })
  })
})
