// revocation-alg-none: the claims of a genuine token without its signature.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses alg none', async () => {
  await forge(async ({ token }) => {
    const [, claims] = (await token()).split('.')
    const header = { typ: 'global-token-revocation+jwt', alg: 'none', kid: 'one' }
    return `${btoa(JSON.stringify(header)).replaceAll('=', '')}.${claims}.`
  }, 'algorithm')
})
