// samlify as the library of server.ts.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as samlify from 'samlify'
import type { Person } from '../../../examples/demo/customer.ts'
import { escapeMarkup } from '../../../examples/demo/idp/pages.ts'
import type { Setting } from '../combinations.ts'
import type { Provider } from '../idp.ts'
import type { Backend, Message, Settings } from './server.ts'

const BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-'
const FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const NAMES = ['uid', 'mail', 'givenName', 'sn', 'displayName'] as const
const SIGNATURES: Partial<Record<Setting['algorithm'], string>> = {
  'rsa-sha1': 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  'rsa-sha256': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'rsa-sha512': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'rsa-pss-sha256': 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
}
const CIPHERS = {
  none: undefined,
  'aes128-gcm': 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'aes256-gcm': 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'aes128-cbc': 'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'aes256-cbc': 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  'tripledes-cbc': 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc',
}

// It has no schemas of its own.
samlify.setSchemaValidator({ validate: async () => 'not validated' })

export async function createBackend(settings: Settings): Promise<Backend> {
  const issuer = `${settings.base}/metadata`
  const [privateKey, signingCert] = [readFileSync(settings.key), readFileSync(settings.certificate)]

  const createIdp = ({ encrypt, algorithm }: Setting) =>
    samlify.IdentityProvider({
      entityID: issuer,
      privateKey,
      signingCert,
      wantAuthnRequestsSigned: true,
      nameIDFormat: [FORMAT],
      requestSignatureAlgorithm: SIGNATURES[algorithm]!,
      isAssertionEncrypted: encrypt !== 'none',
      ...(CIPHERS[encrypt] && { dataEncryptionAlgorithm: CIPHERS[encrypt] }),
      singleSignOnService: ['Redirect', 'POST'].map((name) => ({
        Binding: BINDING + name,
        Location: `${settings.base}/sso`,
      })),
      loginResponseTemplate: {
        context: samlify.SamlLib.defaultLoginResponseTemplate.context,
        attributes: NAMES.map((name) => ({
          name,
          valueTag: name,
          nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
          valueXsiType: 'xs:string',
        })),
      },
    })

  /** By our metadata. It signs the Assertion exactly where that asks for it. */
  const createProvider = ({ metadata, setting }: Provider) =>
    samlify.ServiceProvider({
      metadata: readFileSync(metadata, 'utf8').replace(
        'WantAssertionsSigned="true"',
        `WantAssertionsSigned="${setting.sign !== 'response'}"`,
      ),
      wantMessageSigned: setting.sign !== 'assertion',
    })

  return {
    metadata: createIdp({ sign: 'both', encrypt: 'none', algorithm: 'rsa-sha256' }).getMetadata(),
    async readRequest(message, provider) {
      const { extract } = await createIdp(provider.setting).parseLoginRequest(
        createProvider(provider),
        message.method === 'GET' ? 'redirect' : 'post',
        message.method === 'GET'
          ? { query: message.fields, octetString: signedOctets(message) }
          : { body: message.fields },
      )
      return (extract.request as { id: string }).id
    },
    async respond(provider, inResponseTo, person) {
      const info = { extract: { request: { id: inResponseTo ?? '' } } }
      const { context } = await createIdp(provider.setting).createLoginResponse(
        createProvider(provider),
        info,
        'post',
        { email: person.mail },
        {
          encryptThenSign: !provider.encryptsLast,
          customTagReplacement: (template) => fill(template, provider, inResponseTo, person),
        },
      )
      return Buffer.from(context, 'base64').toString('utf8')
    },
  }

  /** The library leaves its template's values to its user. */
  function fill(
    template: string,
    { entityID, acsURL }: Provider,
    inResponseTo: string | undefined,
    person: Person,
  ) {
    const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
    const id = `_${randomUUID()}`
    const attributes = { ...person, uid: person.username }
    const values: Record<string, string> = {
      ID: id,
      AssertionID: `_${randomUUID()}`,
      Destination: acsURL,
      SubjectRecipient: acsURL,
      AssertionConsumerServiceURL: acsURL,
      Audience: entityID,
      EntityID: entityID,
      Issuer: issuer,
      IssueInstant: at(0),
      StatusCode: samlify.Constants.StatusCode.Success,
      ConditionsNotBefore: at(-60),
      ConditionsNotOnOrAfter: at(600),
      SubjectConfirmationDataNotOnOrAfter: at(600),
      NameIDFormat: FORMAT,
      NameID: person.mail,
      InResponseTo: inResponseTo ?? '',
      AuthnStatement:
        `<saml:AuthnStatement AuthnInstant="${at(0)}" SessionIndex="_s1"><saml:AuthnContext>` +
        `<saml:AuthnContextClassRef>${PASSWORD}</saml:AuthnContextClassRef>` +
        `</saml:AuthnContext></saml:AuthnStatement>`,
    }
    for (const name of NAMES)
      values[`attr${name[0]!.toUpperCase()}${name.slice(1)}`] = escapeMarkup(attributes[name])
    return { id, context: template.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) }
  }
}

/** What a redirect's signature is over (SAML Bindings §3.4.4.1), as it came. */
function signedOctets({ raw }: Message): string {
  const parts = raw.split('&')
  return ['SAMLRequest', 'RelayState', 'SigAlg']
    .flatMap((name) => parts.filter((part) => part.startsWith(`${name}=`)))
    .join('&')
}
