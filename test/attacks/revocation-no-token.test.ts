// revocation-no-token: no token at all.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a request without a token', async () => {
  await forge(async () => null, 'no_token')
})
