// revocation-expired: a token from an hour ago.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses an expired token', async () => {
  await forge({ claims: { exp: Math.floor(Date.now() / 1000) - 3600 } }, 'expired')
})
