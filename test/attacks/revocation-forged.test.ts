// revocation-forged: a token signed with a key of the attacker, under the kid of the IdP.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'
import { pairs } from '../revocation/okta.ts'

it('refuses a token of another key', async () => {
  await forge({ pair: pairs.other }, 'signature')
})
