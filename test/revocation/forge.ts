// A forged revocation: refused with one answer for all, noted, and without effect. The genuine one
// passes.
import { expect } from 'vitest'
import { sessionRow, signIn } from '../sessions/stage.ts'
import { byEmail, openOrg, type Org, type TokenOptions } from './okta.ts'

const ANN = 'ann@tenant.example'

type Forgery = TokenOptions | ((okta: Org) => Promise<string | null>)

export async function forge(forgery: Forgery, because: string): Promise<void> {
  const okta = await openOrg()
  const { session } = await signIn(okta.world, ANN)
  const bearer = typeof forgery === 'function' ? await forgery(okta) : await okta.token(forgery)
  const refused = await okta.ask(byEmail(ANN), { bearer })
  expect(refused).toEqual({ status: 401, code: 'revocation_token' })
  expect((await okta.source())!.refusedBecause).toBe(because)
  expect((await okta.world.rows()).spent.filter(({ kind }) => kind === 'revocation')).toEqual([])
  expect((await sessionRow(session.sid)).endedAt).toBeNull()
  expect(await okta.send(byEmail(ANN))).toBe(204)
  expect((await sessionRow(session.sid)).endedBecause).toBe('idp_revoked')
}
