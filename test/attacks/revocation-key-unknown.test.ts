// revocation-key-unknown: a token signed with a key that the key URL does not have.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'
import { pairs } from '../revocation/okta.ts'

it('refuses a token of an unknown key', async () => {
  await forge({ header: { kid: 'mine' }, pair: pairs.other }, 'key_unknown')
})
