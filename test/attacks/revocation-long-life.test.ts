// revocation-long-life: a token that is valid for an hour.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token that lives longer than five minutes', async () => {
  await forge({ claims: { exp: Math.floor(Date.now() / 1000) + 3600 } }, 'lives_too_long')
})
