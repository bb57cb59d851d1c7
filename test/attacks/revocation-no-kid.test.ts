// revocation-no-kid: a token that names no key.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token without kid', async () => {
  await forge({ header: { kid: '' } }, 'key_unknown')
})
