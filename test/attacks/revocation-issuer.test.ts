// revocation-issuer: a token of another org, signed with a key that is trusted.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token of another issuer', async () => {
  await forge({ claims: { iss: 'https://evil.okta.test' } }, 'issuer')
})
