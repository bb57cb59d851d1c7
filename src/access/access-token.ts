// Cloudflare Access in front of the console: its token says which operator comes.
import { createRemoteJWKSet, customFetch, jwtVerify, type JWTVerifyGetKey } from 'jose'
import type { Config } from '../env.ts'

/**
 * Keys are fetched once an issuer and isolate, and again when an unknown one signs: jose keeps them
 * and holds back.
 */
const keySets = new Map<string, JWTVerifyGetKey>()

/**
 * The e-mail of the person that Access has signed in, or undefined: wrong signature, issuer,
 * audience or time, or a token of a service, which is no person. See
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
    // Called by itself: as a method of something else, the platform's fetch() refuses.
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
