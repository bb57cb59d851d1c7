// revocation-oversized-token: a token of 16 KB.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token before it is read', async () => {
  await forge({ claims: { more: 'x'.repeat(16_384) } }, 'no_token')
})
