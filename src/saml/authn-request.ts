// Creates an AuthnRequest (SAML Core §3.4.1). bindings.ts sends it.
import { formatInstant } from './instant.ts'
import { BINDING, NS } from './names.ts'
import { element } from './xml/render-xml.ts'

export type AuthnRequest = {
  /** An unguessable NCName. The response must repeat it as InResponseTo. */
  ID: string
  /** Milliseconds since 1970. */
  issueInstant: number
  /** The IdP’s endpoint. */
  destination: string
  spEntityID: string
  acsURL: string
  /** Left out where undefined: the IdP then chooses. */
  nameIDFormat?: string | undefined
  forceAuthn?: boolean | undefined
  /** AuthnContextClassRef values, compared as `exact`. */
  requestedAuthnContext?: readonly string[] | undefined
}

/** The request as XML, unsigned. */
export function renderAuthnRequest(request: AuthnRequest): string {
  const { nameIDFormat, requestedAuthnContext = [] } = request
  // The schema's order: Issuer, (Signature), NameIDPolicy, RequestedAuthnContext.
  return element(
    'samlp:AuthnRequest',
    {
      'xmlns:samlp': NS.samlp,
      'xmlns:saml': NS.saml,
      ID: request.ID,
      Version: '2.0',
      IssueInstant: formatInstant(request.issueInstant),
      Destination: request.destination,
      ForceAuthn: request.forceAuthn || undefined,
      ProtocolBinding: BINDING['HTTP-POST'],
      AssertionConsumerServiceURL: request.acsURL,
    },
    element('saml:Issuer', {}, request.spEntityID),
    element('samlp:NameIDPolicy', { Format: nameIDFormat || undefined, AllowCreate: true }),
    requestedAuthnContext.length > 0
      ? element(
          'samlp:RequestedAuthnContext',
          { Comparison: 'exact' },
          requestedAuthnContext.map((reference) =>
            element('saml:AuthnContextClassRef', {}, reference),
          ),
        )
      : undefined,
  ).text
}
