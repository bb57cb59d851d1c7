// The libraries that run in Node, each set up as its documentation says, behind one function: a
// message goes in, a NameID comes out. A library is loaded only where it is prepared.
import { createRequire } from 'node:module'
import type { StoredKey } from '../src/saml/signature/certificate.ts'
import type { Verification } from '../src/saml/response/verify-response.ts'
import type { Kind, Message, Parties } from './messages.ts'

/** What a contender knows before the first message. */
export type Setup = Parties & {
  /** The IdP's key as Gatepost stores it. */
  idpKey: StoredKey
  /** SubjectPublicKeyInfo in base64, of the IdPs of many connections. */
  otherKeys: readonly string[]
}

/** Verifies one message and resolves to the NameID it proves; rejects if it refuses. */
type Verify = (message: Message) => Promise<string>

type Library = {
  packageFile: string
  prepare: (setup: Setup) => Promise<Verify>
}

export const NODE_LIBRARIES: Readonly<Record<string, Library>> = {
  Gatepost: { packageFile: '../package.json', prepare: gatepost },
  '@node-saml/node-saml': { packageFile: '@node-saml/node-saml/package.json', prepare: nodeSaml },
  samlify: { packageFile: 'samlify/package.json', prepare: samlifyVerify },
  '@boxyhq/saml20': { packageFile: '@boxyhq/saml20/package.json', prepare: boxyhq },
}

const require = createRequire(import.meta.url)

async function gatepost(parties: Setup): Promise<Verify> {
  const { verifyResponse } = await import('../src/saml/response/verify-response.ts')
  const settings = verificationOf(parties)
  return async ({ field, inResponseTo, connection }) => {
    const { refusal, login } = await verifyResponse(field, {
      ...settings(inResponseTo),
      ...(connection !== undefined && { certificates: keysOf(connection, parties) }),
    })
    if (refusal) throw new Error(refusal.code)
    return login!.principals[0]!.nameID
  }
}

/** Everything that Gatepost checks, with the outstanding request; keys as they are stored. */
export function verificationOf(parties: Setup): (inResponseTo: string) => Verification {
  const base64 = parties.spPrivateKey.replace(/-----[^-]+-----|\s/g, '')
  // The same object for every message, as in a service that keeps its key.
  const decryptionKeys = [new Uint8Array(Buffer.from(base64, 'base64'))]
  return (inResponseTo) => ({
    idpEntityID: parties.idpEntityID,
    spEntityID: parties.spEntityID,
    acsURL: parties.acsURL,
    now: Date.now(),
    clockSkewSeconds: 60,
    inResponseTo,
    attributeMapping: {},
    optionalNames: [],
    maximumAuthnAgeSeconds: null,
    authnNotBefore: null,
    authnContexts: null,
    nameIDFormat: null,
    ignore: new Set(),
    certificates: [parties.idpKey],
    decryptionKeys,
    allow: new Set(),
  })
}

/** The keys of one of many connections: one of its own first, then the one that has signed. */
function keysOf(connection: number, { idpKey, otherKeys }: Setup): StoredKey[] {
  const own = otherKeys[connection]!
  return [{ ...idpKey, fingerprint: `${connection}`, spki: own }, idpKey]
}

async function nodeSaml(parties: Parties): Promise<Verify> {
  const { SAML } = await import('@node-saml/node-saml')
  const make = (wantAuthnResponseSigned: boolean, wantAssertionsSigned: boolean) =>
    new SAML({
      callbackUrl: parties.acsURL,
      issuer: parties.spEntityID,
      idpCert: parties.idpCertificate,
      idpIssuer: parties.idpEntityID,
      audience: parties.spEntityID,
      decryptionPvk: parties.spPrivateKey,
      wantAuthnResponseSigned,
      wantAssertionsSigned,
    })
  const byKind: Record<Kind, ReturnType<typeof make>> = {
    'assertion signed': make(false, true),
    'response signed': make(true, false),
    'both signed': make(true, true),
    'assertion signed, then encrypted': make(false, true),
  }
  return async ({ field, kind }) => {
    const { profile } = await byKind[kind].validatePostResponseAsync({ SAMLResponse: field })
    return profile?.nameID ?? ''
  }
}

async function samlifyVerify(parties: Parties): Promise<Verify> {
  const samlify = await import('samlify')
  // Its documentation allows this. It saves the time of a schema validation.
  samlify.setSchemaValidator({ validate: () => Promise.resolve('skipped') })
  const serviceProvider = samlify.ServiceProvider({
    entityID: parties.spEntityID,
    assertionConsumerService: [
      { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', Location: parties.acsURL },
    ],
    wantMessageSigned: true,
    encPrivateKey: parties.spPrivateKey,
  })
  const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
  const make = (isAssertionEncrypted: boolean) =>
    samlify.IdentityProvider({
      entityID: parties.idpEntityID,
      signingCert: parties.idpCertificate,
      singleSignOnService: [{ Binding: redirect, Location: parties.ssoURL }],
      // Without a value it prints a warning.
      singleLogoutService: [{ Binding: redirect, Location: parties.ssoURL }],
      isAssertionEncrypted,
    })
  const plain = make(false)
  const encrypting = make(true)
  return async ({ field, kind }) => {
    const idp = kind.endsWith('encrypted') ? encrypting : plain
    const { extract } = await serviceProvider.parseLoginResponse(idp, 'post', {
      body: { SAMLResponse: field },
    })
    return String(extract.nameID)
  }
}

async function boxyhq(parties: Parties): Promise<Verify> {
  const { default: saml } = require('@boxyhq/saml20') as typeof import('@boxyhq/saml20')
  const publicKey = parties.idpCertificate.replace(/-----[^-]+-----|\s/g, '')
  return async ({ field, inResponseTo }) => {
    const profile = await saml.validate(Buffer.from(field, 'base64').toString(), {
      publicKey,
      privateKey: parties.spPrivateKey,
      audience: parties.spEntityID,
      inResponseTo,
    })
    const claims = profile.claims as Record<string, string>
    return claims['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'] ?? ''
  }
}
