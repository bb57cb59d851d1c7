// revocation-alg-hmac: a token signed with the public key as the secret of HS256.
import { exportSPKI, SignJWT } from 'jose'
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'
import { ORG, pairs } from '../revocation/okta.ts'

it('refuses HS256', async () => {
  const secret = new TextEncoder().encode(await exportSPKI(pairs.own.publicKey))
  await forge(
    async ({ url }) =>
      new SignJWT({ iss: ORG, aud: url, jti: 'x', exp: Math.floor(Date.now() / 1000) + 60 })
        .setProtectedHeader({ typ: 'global-token-revocation+jwt', alg: 'HS256', kid: 'one' })
        .sign(secret),
    'algorithm',
  )
})
