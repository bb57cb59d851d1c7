// The response of the synthetic login: what an IdP would say of somebody whom no customer has.
import { formatInstant } from '../../saml/instant.ts'
import { NS } from '../../saml/names.ts'
import { signEnveloped } from '../../saml/signature/sign-enveloped.ts'
import { element } from '../../saml/xml/render-xml.ts'
import { MINUTE, SECOND } from '../../durations.ts'

const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const BASIC = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic'
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
/** A clock of a monitor may be a little ahead. */
const BEFORE = 30 * SECOND

export type ProbedRequest = {
  requestID: string
  idpEntityID: string
  spEntityID: string
  acsURL: string
}

/** No domain can be under `.invalid` (RFC 2606 §2). */
export const NOBODY = 'nobody@probe.invalid'

/** Signed as a whole: SAML Bindings §3.5.5.2. */
export function renderResponse(
  request: ProbedRequest,
  key: CryptoKey,
  now: number,
): Promise<string> {
  const { requestID: InResponseTo, idpEntityID, acsURL } = request
  const [ID, IssueInstant] = [newID(), formatInstant(now)]
  const response = element(
    'samlp:Response',
    {
      'xmlns:samlp': NS.samlp,
      'xmlns:saml': NS.saml,
      ID,
      Version: '2.0',
      IssueInstant,
      Destination: acsURL,
      InResponseTo,
    },
    element('saml:Issuer', {}, idpEntityID),
    element(
      'samlp:Status',
      {},
      element('samlp:StatusCode', { Value: 'urn:oasis:names:tc:SAML:2.0:status:Success' }),
    ),
    renderAssertion(request, now),
  )
  return signEnveloped(response.text, ID, { key, certificate: null })
}

function renderAssertion(
  { requestID, idpEntityID, spEntityID, acsURL }: ProbedRequest,
  now: number,
) {
  const IssueInstant = formatInstant(now)
  const NotOnOrAfter = formatInstant(now + 5 * MINUTE)
  return element(
    'saml:Assertion',
    { ID: newID(), Version: '2.0', IssueInstant },
    element('saml:Issuer', {}, idpEntityID),
    element(
      'saml:Subject',
      {},
      element('saml:NameID', { Format: EMAIL_FORMAT }, NOBODY),
      element(
        'saml:SubjectConfirmation',
        { Method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer' },
        element('saml:SubjectConfirmationData', {
          InResponseTo: requestID,
          Recipient: acsURL,
          NotOnOrAfter,
        }),
      ),
    ),
    element(
      'saml:Conditions',
      { NotBefore: formatInstant(now - BEFORE), NotOnOrAfter },
      element('saml:AudienceRestriction', {}, element('saml:Audience', {}, spEntityID)),
    ),
    element(
      'saml:AuthnStatement',
      { AuthnInstant: IssueInstant, SessionIndex: newID() },
      element('saml:AuthnContext', {}, element('saml:AuthnContextClassRef', {}, PASSWORD)),
    ),
    element(
      'saml:AttributeStatement',
      {},
      Object.entries({ email: NOBODY, firstName: 'Synthetic', lastName: 'Login' }).map(
        ([Name, value]) =>
          element(
            'saml:Attribute',
            { Name, NameFormat: BASIC },
            element('saml:AttributeValue', {}, value),
          ),
      ),
    ),
  )
}

function newID(): string {
  return `_${crypto.randomUUID()}`
}
