// revocation-kid-flood: token after token with kids that nobody knows, so that we flood the IdP.
import { expect, it } from 'vitest'
import { byEmail, openOrg } from '../revocation/okta.ts'

it('asks for the keys once a minute, and keeps the genuine key', async () => {
  const { ask, send, token, org, world } = await openOrg()
  await world.addUser('ann@tenant.example')
  for (let one = 0; one < 20; one++) {
    const bearer = await token({ header: { kid: `kid-${one}` } })
    const refused = await ask(byEmail('ann@tenant.example'), { bearer })
    expect(refused).toEqual({ status: 401, code: 'revocation_token' })
  }
  expect(org.fetches).toBe(1)
  expect(await send(byEmail('ann@tenant.example'))).toBe(204)
  expect(org.fetches).toBe(1)
})
