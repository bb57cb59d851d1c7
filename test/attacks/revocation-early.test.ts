// revocation-early: a token for tomorrow.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token that is not valid yet', async () => {
  await forge(
    {
      claims: { nbf: Math.floor(Date.now() / 1000) + 240 },
    },
    'not_yet_valid',
  )
})
