// The project's own IdP: genuine Responses as text, from a description in SAML's words. Every text
// is in canonical form by construction, whichever canonicalization signs it.
import { encryptText, type EncryptionOptions } from './encrypt-text.ts'
import type { KeyName } from './keys.ts'
import { base64, signText, type SignatureOptions } from './sign-text.ts'
import { escapeAttribute, escapeText } from './xml-text.ts'

const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion'
const SAMLP = 'urn:oasis:names:tc:SAML:2.0:protocol'
const XS = 'http://www.w3.org/2001/XMLSchema'
const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
const STATUS = 'urn:oasis:names:tc:SAML:2.0:status:'
const MINUTE = 60_000

/** The service provider as the IdP knows it. */
export type ServiceProvider = {
  entityID: string
  acsURL: string
  /** SubjectPublicKeyInfo of its encryption certificate. */
  publicKey?: Uint8Array<ArrayBuffer>
}

export type IdpSettings = {
  entityID: string
  key: KeyName
  sp: ServiceProvider
  /** Milliseconds since 1970. */
  now: number
  /** ID of the AuthnRequest that is being answered; null: none. */
  inResponseTo: string | null
}

/** Milliseconds since 1970, or text as it shall stand. */
export type Instant = number | string

export type Confirmation = {
  method?: string
  recipient?: string | null
  notBefore?: Instant | null
  notOnOrAfter?: Instant | null
  inResponseTo?: string | null
}

/**
 * What a Response says. Everything has a default that a login is good with; null leaves the thing
 * out.
 */
export type Answer = {
  responseID: string
  assertionID: string
  issueInstant: Instant
  destination: string | null
  /** On the Response and on the confirmation. */
  inResponseTo: string | null
  /** On the Response alone. */
  responseInResponseTo: string | null
  /** Of both. */
  issuer: string
  responseIssuer: string | null
  assertionIssuer: string | null
  /** Top level first; the part after the last colon, or a URI. */
  status: string[]
  statusMessage: string | null
  /** False: a Response without an assertion. */
  assertion: boolean
  nameID: string | null
  nameIDFormat: string | null
  nameQualifier: string | null
  spNameQualifier: string | null
  confirmations: Confirmation[]
  /** The Audiences of each AudienceRestriction. */
  audiences: string[][]
  notBefore: Instant | null
  notOnOrAfter: Instant | null
  /** Further Conditions, as XML. */
  conditions: string
  authnInstant: Instant | null
  sessionIndex: string | null
  sessionNotOnOrAfter: Instant | null
  attributes: Record<string, string | string[]>
  /** AttributeValues with `xsi:type="xs:string"`. */
  typedValues: boolean

  sign: ('Response' | 'Assertion')[]
  signature: Partial<SignatureOptions>
  encrypt: Partial<EncryptionOptions> | boolean
  order: 'encrypt, then sign' | 'sign, then encrypt'
  /** Changes the Assertion before it is signed; what comes out must be in canonical form. */
  editAssertion: (assertion: string) => string
  /** Changes the Response, its Assertion ready in it, before it is signed. */
  editResponse: (response: string) => string
}

export type FakeIdp = ReturnType<typeof createFakeIdp>

export function createFakeIdp(settings: IdpSettings) {
  const { entityID, key, sp, now } = settings

  /** A saml:Assertion, unsigned. */
  function assert(answer: Partial<Answer> = {}): string {
    const {
      assertionID = newID(),
      issueInstant = now,
      issuer = entityID,
      assertionIssuer = issuer,
      inResponseTo = settings.inResponseTo,
      nameID = 'alice@tenant.example',
      nameIDFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      nameQualifier = null,
      spNameQualifier = null,
      confirmations = [{}],
      audiences = [[sp.entityID]],
      notBefore = now,
      notOnOrAfter = now + 60 * MINUTE,
      conditions = '',
      authnInstant = now - MINUTE,
      sessionIndex = '_session-1',
      sessionNotOnOrAfter = null,
      attributes = { email: 'alice@tenant.example', firstName: 'Alice', lastName: 'Ämter & Söhne' },
      typedValues = false,
      editAssertion = (assertion) => assertion,
    } = answer
    const typed = typedValues ? ` xmlns:xs="${XS}" xmlns:xsi="${XSI}" xsi:type="xs:string"` : ''
    return editAssertion(
      [
        `<saml:Assertion xmlns:saml="${SAML}"${write({ ID: assertionID, IssueInstant: issueInstant, Version: '2.0' })}>`,
        leaf('saml:Issuer', assertionIssuer),
        `<saml:Subject>${leaf('saml:NameID', nameID, {
          Format: nameIDFormat,
          NameQualifier: nameQualifier,
          SPNameQualifier: spNameQualifier,
        })}`,
        ...confirmations.map((confirmation) => confirm(confirmation, inResponseTo)),
        `</saml:Subject>`,
        `<saml:Conditions${write({ NotBefore: notBefore, NotOnOrAfter: notOnOrAfter })}>`,
        ...audiences.map(
          (list) =>
            `<saml:AudienceRestriction>${list.map((audience) => leaf('saml:Audience', audience)).join('')}</saml:AudienceRestriction>`,
        ),
        `${conditions}</saml:Conditions>`,
        authnInstant === null
          ? ''
          : `<saml:AuthnStatement${write({
              AuthnInstant: authnInstant,
              SessionIndex: sessionIndex,
              SessionNotOnOrAfter: sessionNotOnOrAfter,
            })}><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
        Object.keys(attributes).length === 0
          ? ''
          : `<saml:AttributeStatement>${Object.entries(attributes)
              .map(
                ([name, values]) =>
                  `<saml:Attribute${write({ Name: name })}>${[values]
                    .flat()
                    .map(
                      (value) =>
                        `<saml:AttributeValue${typed}>${escapeText(value)}</saml:AttributeValue>`,
                    )
                    .join('')}</saml:Attribute>`,
              )
              .join('')}</saml:AttributeStatement>`,
        `</saml:Assertion>`,
      ].join(''),
    )
  }

  function confirm(confirmation: Confirmation, answered: string | null): string {
    const {
      method = 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
      recipient = sp.acsURL,
      notBefore = null,
      notOnOrAfter = now + 5 * MINUTE,
      inResponseTo = answered,
    } = confirmation
    return `<saml:SubjectConfirmation${write({ Method: method })}><saml:SubjectConfirmationData${write(
      {
        InResponseTo: inResponseTo,
        NotBefore: notBefore,
        NotOnOrAfter: notOnOrAfter,
        Recipient: recipient,
      },
    )}></saml:SubjectConfirmationData></saml:SubjectConfirmation>`
  }

  /** A samlp:Response, unsigned, around an assertion as it stands. */
  function wrap(assertion: string, answer: Partial<Answer> = {}): string {
    const {
      responseID = newID(),
      issueInstant = now,
      destination = sp.acsURL,
      inResponseTo = settings.inResponseTo,
      responseInResponseTo = inResponseTo,
      issuer = entityID,
      responseIssuer = issuer,
      status = ['Success'],
      statusMessage = null,
      editResponse = (response) => response,
    } = answer
    const attributes = {
      Destination: destination,
      ID: responseID,
      InResponseTo: responseInResponseTo,
      IssueInstant: issueInstant,
      Version: '2.0',
    }
    const codes = status.reduceRight(
      (inner, code) =>
        `<samlp:StatusCode${write({ Value: code.includes(':') ? code : STATUS + code })}>${inner}</samlp:StatusCode>`,
      '',
    )
    return editResponse(
      `<samlp:Response xmlns:samlp="${SAMLP}"${write(attributes)}>` +
        leaf('saml:Issuer', responseIssuer).replace('>', ` xmlns:saml="${SAML}">`) +
        `<samlp:Status>${codes}${leaf('samlp:StatusMessage', statusMessage)}</samlp:Status>` +
        `${assertion}</samlp:Response>`,
    )
  }

  async function respond(answer: Partial<Answer> = {}): Promise<string> {
    const { sign = ['Assertion'], encrypt = false, order = 'encrypt, then sign' } = answer
    const signature = { key, ...answer.signature }
    const encryption = {
      ...(sp.publicKey ? { to: [sp.publicKey] } : {}),
      ...(encrypt === true ? {} : encrypt || {}),
    }
    let assertion = answer.assertion === false ? '' : assert(answer)
    if (assertion && sign.includes('Assertion'))
      assertion = await signText(assertion, {
        ...signature,
        inScope: encrypt ? '' : ` xmlns:samlp="${SAMLP}"`,
      })
    const encrypted = assertion && encrypt ? await encryptText(assertion, encryption) : assertion
    const early = order === 'sign, then encrypt'
    let response = wrap(early ? assertion : encrypted, answer)
    if (sign.includes('Response')) response = await signText(response, signature)
    return early ? response.replace(assertion, () => encrypted) : response
  }

  return { ...settings, assert, wrap, respond }
}

/** XML as the SAMLResponse field carries it. */
export function toField(xml: string | Uint8Array): string {
  return base64(typeof xml === 'string' ? new TextEncoder().encode(xml) : xml)
}

function newID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** Attributes in the order they are given: alphabetical, as both canonicalizations sort them. */
function write(attributes: Record<string, Instant | null>): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(
      ([name, value]) =>
        ` ${name}="${escapeAttribute(typeof value === 'number' ? iso(value) : value!)}"`,
    )
    .join('')
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function leaf(name: string, text: string | null, attributes: Record<string, string | null> = {}) {
  return text === null ? '' : `<${name}${write(attributes)}>${escapeText(text)}</${name}>`
}
