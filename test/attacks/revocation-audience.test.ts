// revocation-audience: a token for another connection of the same org.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token for another URL', async () => {
  await forge({ claims: { aud: 'https://login.example.com/revocation/CN0' } }, 'audience')
})
