// revocation-repeated: a token that was seen on its way, sent again with another person’s name.
import { expect, it } from 'vitest'
import { byEmail, openOrg } from '../revocation/okta.ts'
import { sessionRow, signIn } from '../sessions/stage.ts'

it('answers 204 and signs nobody out', async () => {
  const { send, token, world } = await openOrg()
  await world.addUser('ann@tenant.example')
  const bob = await signIn(world, 'bob@tenant.example')
  const bearer = await token()
  expect(await send(byEmail('ann@tenant.example'), { bearer })).toBe(204)
  expect(await send(byEmail('bob@tenant.example'), { bearer })).toBe(204)
  expect((await sessionRow(bob.session.sid)).endedAt).toBeNull()
})
