// revocation-no-jti: a token that could not be told from its copy.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token without jti', async () => {
  await forge({ claims: { jti: undefined } }, 'jti')
})
