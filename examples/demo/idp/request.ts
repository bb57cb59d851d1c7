// Reads AuthnRequests by samlp, an implementation other than the one it is used to try. Takes no
// destination from them.
import { idpURL, type IdpConfig } from './config.ts'
import { samlp, toPEM, type ParsedRequest } from './samlp.ts'
import { readSpCertificates } from './sp-certificates.ts'

export type AuthnRequest = {
  id: string
  /** The person must be asked again, whatever the IdP remembers. */
  forceAuthn: boolean
}

/**
 * The AuthnRequest in the parameters of one binding, its signature verified. Rejects with a reason
 * for people.
 */
export async function readAuthnRequest(
  config: IdpConfig,
  binding: 'HTTP-Redirect' | 'HTTP-POST',
  parameters: Record<string, string>,
): Promise<AuthnRequest> {
  // samlp would also inflate a posted message; SAML Bindings §3.5.4 knows base64 alone.
  const startsWithTag = /^P[A-P]/
  if (binding === 'HTTP-POST' && !startsWithTag.test(parameters.SAMLRequest ?? '')) {
    throw new Error('a posted SAMLRequest must be XML in base64')
  }
  const { signing } = await readSpCertificates(config)
  const message = binding === 'HTTP-POST' ? { query: {}, body: parameters } : { query: parameters }
  // Any of the keys may have signed it.
  const request = await Promise.any(
    signing.map((certificate) => parse(message, certificate)),
  ).catch(({ errors }: AggregateError) => Promise.reject(errors[0]))
  if (!request?.id) throw new Error('there is no AuthnRequest in it')
  if (request.issuer !== config.sp.entityID) {
    throw new Error(`its Issuer is ${request.issuer}, expected ${config.sp.entityID}`)
  }
  if (request.destination && request.destination !== idpURL(config, '/sso')) {
    throw new Error(`its Destination is ${request.destination}, expected ${idpURL(config, '/sso')}`)
  }
  const acsURL = request.assertionConsumerServiceURL
  if (acsURL && acsURL !== config.sp.acsURL) {
    throw new Error(`its AssertionConsumerServiceURL is ${acsURL}, expected ${config.sp.acsURL}`)
  }
  return { id: request.id, forceAuthn: /^(true|1)$/.test(request.forceAuthn ?? '') }
}

function parse(
  message: Parameters<typeof samlp.parseRequest>[0],
  certificate: string,
): Promise<ParsedRequest | undefined> {
  return new Promise((resolve, reject) => {
    samlp.parseRequest(
      message,
      { signingCert: toPEM('CERTIFICATE', certificate) },
      (error, value) => (error ? reject(error) : resolve(value)),
    )
  })
}
