// Every library under measurement, set up as its documentation says, behind one function: a field
// goes in, a NameID comes out.
import { createRequire } from 'node:module'
import { SAML } from '@node-saml/node-saml'
import * as samlify from 'samlify'
import type { DecryptionKey } from '../src/saml/signature/encryption.ts'
import { verifyResponse, type Verification } from '../src/saml/response/verify-response.ts'
import { startLasso } from './lasso.ts'
import type { Kind, Message, Parties } from './messages.ts'

/** Verifies one message and resolves to the NameID it proves; rejects if it refuses. */
export type Verify = (message: Message) => Promise<string>

export type Contender = {
  name: string
  version: string
  /**
   * Measures one pass over the messages: the milliseconds of each. Rejects if one is refused, or if
   * its NameID is not the expected one.
   */
  measure(messages: readonly Message[]): Promise<number[]>
  /** True if the message is refused. */
  refuses(message: Message): Promise<boolean>
  close(): void
}

/** A contender, or why it takes no part. */
export type Entry = { name: string; contender: Contender } | { name: string; absent: string }

const require = createRequire(import.meta.url)

export async function makeContenders(parties: Parties): Promise<Entry[]> {
  const libraries = [
    inProcess('Gatepost', '../package.json', gatepost(parties)),
    inProcess('@node-saml/node-saml', '@node-saml/node-saml/package.json', nodeSaml(parties)),
    inProcess('samlify', 'samlify/package.json', samlifyVerify(parties)),
    inProcess('@boxyhq/saml20', '@boxyhq/saml20/package.json', boxyhq(parties)),
  ]
  return [
    ...libraries.map((contender) => ({ name: contender.name, contender })),
    await startLasso(parties),
  ]
}

function inProcess(name: string, packageFile: string, verify: Verify): Contender {
  const { version } = require(packageFile) as { version: string }
  return {
    name,
    version,
    async measure(messages) {
      const times: number[] = []
      for (const message of messages) {
        const start = performance.now()
        const nameID = await verify(message)
        times.push(performance.now() - start)
        if (nameID !== message.nameID)
          throw new Error(`${name} read "${nameID}" from: ${message.kind}`)
      }
      return times
    },
    async refuses(message) {
      // One library prints what it refuses.
      const { error } = console
      console.error = () => {}
      try {
        await verify(message)
        return false
      } catch {
        return true
      } finally {
        console.error = error
      }
    },
    close() {},
  }
}

function gatepost(parties: Parties): Verify {
  return async (message) => {
    const { login, refusal } = await verifyResponse(message.field, verificationOf(parties, message))
    if (refusal) throw new Error(refusal.code)
    return login!.principal!.nameID
  }
}

/** Everything that Gatepost checks, with the outstanding request. */
export function verificationOf(parties: Parties, { inResponseTo }: Message): Verification {
  return {
    idpEntityID: parties.idpEntityID,
    spEntityID: parties.spEntityID,
    acsURL: parties.acsURL,
    now: Date.now(),
    clockSkewSeconds: 60,
    inResponseTo,
    attributeMapping: {},
    maximumAuthnAgeSeconds: null,
    authnNotBefore: null,
    authnContexts: null,
    ignore: new Set(),
    certificates: [parties.idpCertificate],
    decryptionKeys: [decryptionKey(parties)],
    allow: new Set(),
  }
}

const decryptionKeys = new WeakMap<Parties, DecryptionKey>()

/** The same object for every message, as in a service that keeps its key. */
function decryptionKey(parties: Parties): DecryptionKey {
  let key = decryptionKeys.get(parties)
  if (!key) {
    const base64 = parties.spPrivateKey.replace(/-----[^-]+-----|\s/g, '')
    decryptionKeys.set(parties, (key = new Uint8Array(Buffer.from(base64, 'base64'))))
  }
  return key
}

function nodeSaml(parties: Parties): Verify {
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
  const byKind: Record<Kind, SAML> = {
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

function samlifyVerify(parties: Parties): Verify {
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
  const make = (isAssertionEncrypted: boolean) =>
    samlify.IdentityProvider({
      entityID: parties.idpEntityID,
      signingCert: parties.idpCertificate,
      singleSignOnService: [
        { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: parties.ssoURL },
      ],
      // Without a value it prints a warning.
      singleLogoutService: [
        { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: parties.ssoURL },
      ],
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

function boxyhq(parties: Parties): Verify {
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
