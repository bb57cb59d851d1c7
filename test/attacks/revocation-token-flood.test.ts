// revocation-token-flood: forged tokens without end from one address.
import { expect, it } from 'vitest'
import { byEmail, openOrg } from '../revocation/okta.ts'

it('answers 429 after a hundred in a minute, and takes the genuine one', async () => {
  const { ask, send, source, world } = await openOrg()
  await world.addUser('ann@tenant.example')
  // Not across the end of a minute.
  const answers = new Set<number>()
  for (let one = 0; one < 230; one++)
    answers.add((await ask(byEmail('ann@tenant.example'), { bearer: 'x.y.z' })).status)
  expect([...answers].toSorted()).toEqual([401, 429])
  const { refusedAt } = (await source())!
  expect(refusedAt).toEqual(expect.any(Number))
  expect(await send(byEmail('ann@tenant.example'))).toBe(204)
})
