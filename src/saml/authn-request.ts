// Creates an AuthnRequest (SAML Core §3.4.1). How it travels is for bindings.ts.
import { formatInstant } from './instant.ts'
import { BINDING, NS } from './names.ts'
import { xml } from './xml/render-xml.ts'

export type AuthnRequest = {
  /** An NCName that nobody can guess: the response must repeat it. */
  ID: string
  /** Milliseconds since 1970. */
  issueInstant: number
  /** The IdP's endpoint that it is sent to. */
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
  const { nameIDFormat, requestedAuthnContext } = request
  // The schema's order: Issuer, (Signature), NameIDPolicy, RequestedAuthnContext.
  return xml`<samlp:AuthnRequest xmlns:samlp="${NS.samlp}" xmlns:saml="${NS.saml}" ID="${request.ID}" Version="2.0" IssueInstant="${formatInstant(request.issueInstant)}" Destination="${request.destination}"${request.forceAuthn ? xml` ForceAuthn="true"` : undefined} ProtocolBinding="${BINDING['HTTP-POST']}" AssertionConsumerServiceURL="${request.acsURL}"><saml:Issuer>${request.spEntityID}</saml:Issuer><samlp:NameIDPolicy${nameIDFormat ? xml` Format="${nameIDFormat}"` : undefined} AllowCreate="true"></samlp:NameIDPolicy>${
    requestedAuthnContext?.length
      ? xml`<samlp:RequestedAuthnContext Comparison="exact">${requestedAuthnContext.map(
          (reference) => xml`<saml:AuthnContextClassRef>${reference}</saml:AuthnContextClassRef>`,
        )}</samlp:RequestedAuthnContext>`
      : undefined
  }</samlp:AuthnRequest>`.text
}
