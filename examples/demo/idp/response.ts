// Writes Responses by samlp: to the configured ACS URL, signed and encrypted as the configuration
// says.
import { randomBytes } from 'node:crypto'
import type { Person } from '../customer.ts'
import type { IdpConfig } from './config.ts'
import { emailAddress } from './metadata.ts'
import { escapeMarkup } from './pages.ts'
import { samlp, signers, toPEM } from './samlp.ts'
import { readSpCertificates } from './sp-certificates.ts'

const encryptionAlgorithms = {
  'aes128-gcm': 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'aes256-gcm': 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'aes256-cbc': 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
}
const status = 'urn:oasis:names:tc:SAML:2.0:status'

/** A Response that vouches for a person; without inResponseTo an unsolicited one. XML. */
export async function createResponse(
  config: IdpConfig,
  person: Person,
  inResponseTo: string | undefined,
): Promise<string> {
  const spCertificate = toPEM('CERTIFICATE', (await readSpCertificates(config)).encryption)
  const encryption = config.encrypt !== 'none' && {
    encryptionCert: spCertificate,
    encryptionPublicKey: spCertificate,
    encryptionAlgorithm: encryptionAlgorithms[config.encrypt],
    // AES-CBC is there to be tried against the SP: the library would refuse it, and warn.
    disallowEncryptionWithInsecureAlgorithm: false,
    warnOnInsecureEncryptionAlgorithm: false,
  }
  const options = {
    ...signing(config),
    ...encryption,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    signResponse: config.sign !== 'assertion',
    signAssertion: config.sign !== 'response',
    issuer: config.entityID,
    audience: config.sp.entityID,
    destination: config.sp.acsURL,
    recipient: config.sp.acsURL,
    inResponseTo,
    lifetimeInSeconds: 300,
    sessionIndex: createID(),
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    profileMapper: createProfile,
  }
  return new Promise((resolve, reject) => {
    samlp.getSamlResponse(options, person, (error, xml) => (xml ? resolve(xml) : reject(error)))
  })
}

/**
 * A Response that says the person did not sign in. XML, always signed. Not by samlp's sendError,
 * which knows one level of StatusCode and writes a StatusMessage that the schema refuses (SAML Core
 * §3.2.2).
 */
export function createFailure(config: IdpConfig, inResponseTo: string | undefined): string {
  const inResponse = inResponseTo ? ` InResponseTo="${escapeMarkup(inResponseTo)}"` : ''
  return signers.signXml(
    { ...signing(config), reference: "/*[local-name(.)='Response']" },
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${createID()}" Version="2.0"` +
      ` IssueInstant="${new Date().toISOString()}" Destination="${escapeMarkup(config.sp.acsURL)}"${inResponse}>` +
      `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${escapeMarkup(config.entityID)}</saml:Issuer>` +
      `<samlp:Status><samlp:StatusCode Value="${status}:Responder"><samlp:StatusCode Value="${status}:AuthnFailed"/>` +
      `</samlp:StatusCode><samlp:StatusMessage>The person cancelled.</samlp:StatusMessage></samlp:Status></samlp:Response>`,
  )
}

function createProfile(person: Person) {
  const { username: uid, mail, givenName, sn, displayName } = person
  return {
    getClaims: () => ({ uid, mail, givenName, sn, displayName }),
    getNameIdentifier: () => ({ nameIdentifier: mail, nameIdentifierFormat: emailAddress }),
  }
}

function signing(config: IdpConfig) {
  return {
    key: toPEM('PRIVATE KEY', config.privateKey),
    cert: toPEM('CERTIFICATE', config.certificate),
  }
}

function createID(): string {
  return `_${randomBytes(16).toString('hex')}`
}
