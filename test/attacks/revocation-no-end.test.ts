// revocation-no-end: a token that never expires.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token without exp', async () => {
  await forge({ claims: { exp: undefined } }, 'malformed')
})
