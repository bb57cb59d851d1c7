// revocation-other-connection: a good token of one connection sent to another, whose issuer and keys are the same.
import { expect, it } from 'vitest'
import { byEmail, openOrg } from '../revocation/okta.ts'
import { sessionRow, signIn } from '../sessions/stage.ts'

it('refuses it there', async () => {
  const first = await openOrg()
  const second = await openOrg()
  const { session } = await signIn(second.world, 'ann@tenant.example')
  const bearer = await first.token()
  const refused = await second.ask(byEmail('ann@tenant.example'), { bearer })
  expect(refused).toEqual({ status: 401, code: 'revocation_token' })
  expect((await second.source())!.refusedBecause).toBe('audience')
  expect((await sessionRow(session.sid)).endedAt).toBeNull()
})
