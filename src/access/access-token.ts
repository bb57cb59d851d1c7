// Verifies the token of Cloudflare Access, which names the operator.
import { createRemoteJWKSet, customFetch, jwtVerify, type JWTVerifyGetKey } from 'jose'
import type { Config } from '../env.ts'

/**
 * The key sets by issuer. jose fetches one once in an isolate, and again after a cool-down if an
 * unknown key signs.
 */
const keySets = new Map<string, JWTVerifyGetKey>()

/**
 * The e-mail of the person that Access signed in. Undefined if signature, issuer, audience or time
 * is wrong, or if it is the token of a service. See
 * https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/
 */
export async function readAccessToken(
  token: string,
  access: NonNullable<Config['access']>,
  options: { fetch: typeof fetch; now: number },
): Promise<string | undefined> {
  let keys = keySets.get(access.issuer)
  if (!keys) {
    const url = new URL('/cdn-cgi/access/certs', access.issuer)
    const { fetch } = options
    // The platform's fetch() throws if it is called as a method of another object.
    keys = createRemoteJWKSet(url, { [customFetch]: (input, init) => fetch(input, init) })
    keySets.set(access.issuer, keys)
  }
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: access.issuer,
      audience: access.audience,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'iat'],
      currentDate: new Date(options.now),
    })
    const { email } = payload
    return typeof email === 'string' && email.length <= 320 ? email : undefined
  } catch {
    return undefined
  }
}
