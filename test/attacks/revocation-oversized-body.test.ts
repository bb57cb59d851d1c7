// revocation-oversized-body: a good token with a body without end.
import { expect, it } from 'vitest'
import { byEmail, openOrg } from '../revocation/okta.ts'

it('refuses the body, and the token may come again', async () => {
  const { ask, send, token, world } = await openOrg()
  await world.addUser('ann@tenant.example')
  const bearer = await token()
  const body = { ...byEmail('ann@tenant.example'), more: 'x'.repeat(1_000_000) }
  expect(await ask(body, { bearer })).toEqual({ status: 400, code: 'revocation_request' })
  expect(await send(byEmail('ann@tenant.example'), { bearer })).toBe(204)
})
