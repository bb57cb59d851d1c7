// revocation-audience-two: a token for this URL and for somebody else’s.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token for two URLs', async () => {
  await forge(
    async ({ url, token }) => token({ claims: { aud: [url, 'https://elsewhere.example'] } }),
    'audience',
  )
})
