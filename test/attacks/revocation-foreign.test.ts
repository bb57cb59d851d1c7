// revocation-foreign: the IdP of one customer names a person of another.
import { expect, it } from 'vitest'
import { byEmail, openOrg } from '../revocation/okta.ts'
import { sessionRow, signIn } from '../sessions/stage.ts'
import { createWorld } from '../support/world.ts'

it('answers 404 for a person of another tenant, as for one who does not exist', async () => {
  const attacker = await openOrg()
  const victim = await createWorld()
  const { session } = await signIn(victim, 'vic@victim.example')
  const expected = { status: 404, code: 'revocation_subject' }
  expect(await attacker.ask(byEmail('vic@victim.example'))).toEqual(expected)
  expect(await attacker.ask(byEmail('nobody@victim.example'))).toEqual(expected)
  const iss = victim.idpEntityID
  const subject = { format: 'iss_sub', iss, sub: 'vic@victim.example' }
  expect(await attacker.ask({ sub_id: subject })).toEqual(expected)
  expect((await sessionRow(session.sid)).endedAt).toBeNull()
})
