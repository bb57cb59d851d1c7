// The messages for every contender: from a real IdP library, with keys made for the run. Nothing
// here may know how they are verified.
import 'reflect-metadata'
import { createRequire } from 'node:module'
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509'

/** Which part of the message carries the signature, and whether the assertion is encrypted. */
export const KINDS = [
  'assertion signed',
  'response signed',
  'both signed',
  'assertion signed, then encrypted',
] as const

export type Kind = (typeof KINDS)[number]

/** What is measured: one kind of message, of people with eight groups or of one size. */
export type Case = { name: string; kind: Kind; kilobytes?: number }

export const CASES: readonly Case[] = [
  ...KINDS.map((kind) => ({ name: kind, kind })),
  ...[16, 32, 64, 200].map((kilobytes) => sized('assertion signed', kilobytes)),
  ...[16, 64].map((kilobytes) => sized('assertion signed, then encrypted', kilobytes)),
]

function sized(kind: Kind, kilobytes: number): Case {
  return { name: `${kind}, ${kilobytes} KB`, kind, kilobytes }
}

export type Message = {
  kind: Kind
  /** The `SAMLResponse` field as a browser posts it. */
  field: string
  /** The size of the XML, in bytes. */
  bytes: number
  nameID: string
  /** ID of the request that the message answers. */
  inResponseTo: string
  /** The number of the connection that it is posted to, where there are many. */
  connection?: number
}

/** A message that must be refused. */
export type BadMessage = Message & {
  reason: 'changed after signing' | 'signed by another key' | 'not signed'
}

/** What both sides know of each other, as PEM. */
export type Parties = {
  idpEntityID: string
  ssoURL: string
  idpCertificate: string
  spEntityID: string
  acsURL: string
  spCertificate: string
  spPrivateKey: string
}

export type MessageSet = {
  parties: Parties
  /** Several of each case, of different people: one constant string would favour caches. */
  messages: ReadonlyMap<Case, Message[]>
  bad: Record<Kind, BadMessage[]>
}

type Person = { nameID: string; claims: Record<string, string | string[]> }
type KeyMaterial = { certificate: string; privateKey: string; publicKey: string }
type SamlpOptions = Record<string, unknown>
type Samlp = {
  getSamlResponse(
    options: SamlpOptions,
    user: Person,
    callback: (error: Error | null, xml: string) => void,
  ): void
}

// CommonJS without declarations.
const samlp = createRequire(import.meta.url)('samlp') as Samlp

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const MICROSOFT = 'http://schemas.microsoft.com/identity/claims'
const WS2008 = 'http://schemas.microsoft.com/ws/2008/06/identity/claims'
const GROUPS = 8
/** What a group adds to a message: a UUID in an AttributeValue with a type. */
const GROUP_BYTES = 104
const NAMES = [
  ['Ada', 'Lovelace'],
  ['Grace', 'Hopper'],
  ['Zoë', 'Müller'],
  ['Alan', 'Turing'],
  ['Katherine', 'Johnson'],
  ['Søren', 'Kjær'],
  ['Edsger', 'Dijkstra'],
  ['Barbara', 'Liskov'],
] as const

export async function makeMessages(): Promise<MessageSet> {
  const [idp, sp, stranger] = await Promise.all([
    makeKey('CN=idp.example.com'),
    makeKey('CN=sp.example.org'),
    makeKey('CN=idp.example.com'),
  ])
  const parties: Parties = {
    idpEntityID: 'https://idp.example.com/6f1c0e9a-7d35-4a43-9d0a-0f3a5b7f2c11/',
    ssoURL: 'https://idp.example.com/6f1c0e9a-7d35-4a43-9d0a-0f3a5b7f2c11/saml2',
    idpCertificate: idp.certificate,
    spEntityID: 'https://sp.example.org/saml/acme',
    acsURL: 'https://sp.example.org/saml/acme/acs',
    spCertificate: sp.certificate,
    spPrivateKey: sp.privateKey,
  }
  const messages = new Map<Case, Message[]>()
  const bad = {} as MessageSet['bad']
  for (const one of CASES) {
    const { kind, kilobytes } = one
    const make = (user: Person) => makeMessage(kind, user, parties, idp.privateKey, sp)
    let groups = GROUPS
    if (kilobytes !== undefined) {
      const { bytes } = await make(person(...NAMES[0], 0, GROUPS))
      // Encrypted bytes are base64.
      const each = kind.endsWith('encrypted') ? (GROUP_BYTES * 4) / 3 : GROUP_BYTES
      groups += Math.round((kilobytes * 1000 - bytes) / each)
    }
    const people = NAMES.map(([first, last], index) => person(first, last, index, groups))
    const made = await Promise.all((kilobytes ? people.slice(0, 4) : people).map(make))
    messages.set(one, made)
    if (kilobytes) continue
    const [user] = people as [Person, ...Person[]]
    bad[kind] = [
      change(made[0]!),
      {
        // The certificate in its KeyInfo is the right one.
        ...(await makeMessage(kind, user, parties, stranger.privateKey, sp)),
        reason: 'signed by another key',
      },
      {
        ...(await makeMessage(kind, user, parties, null, sp)),
        reason: 'not signed',
      },
    ]
  }
  return { parties, messages, bad }
}

async function makeMessage(
  kind: Kind,
  user: Person,
  parties: Parties,
  signingKey: string | null,
  recipient: KeyMaterial,
): Promise<Message> {
  const inResponseTo = `_${crypto.randomUUID().replaceAll('-', '')}`
  const options: SamlpOptions = {
    issuer: parties.idpEntityID,
    cert: parties.idpCertificate,
    key: signingKey,
    audience: parties.spEntityID,
    recipient: parties.acsURL,
    destination: parties.acsURL,
    inResponseTo,
    sessionIndex: `_${crypto.randomUUID()}`,
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    nameIdentifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    lifetimeInSeconds: 4 * 3600,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    signAssertion: signingKey !== null && kind !== 'response signed',
    signResponse: signingKey !== null && (kind === 'response signed' || kind === 'both signed'),
    profileMapper: (one: Person) => ({
      getClaims: () => one.claims,
      getNameIdentifier: () => ({ nameIdentifier: one.nameID }),
    }),
  }
  if (kind === 'assertion signed, then encrypted')
    Object.assign(options, {
      encryptionCert: recipient.certificate,
      encryptionPublicKey: recipient.publicKey,
      encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    })
  const xml = await new Promise<string>((resolve, reject) => {
    samlp.getSamlResponse(options, user, (error, response) =>
      error ? reject(error) : resolve(response),
    )
  })
  return { kind, ...encode(xml), nameID: user.nameID, inResponseTo }
}

/** Changes one character of the signed content, or of the ciphertext. */
function change(message: Message): BadMessage {
  const xml = Buffer.from(message.field, 'base64').toString()
  const changed = message.kind.endsWith('encrypted')
    ? xml.replace(
        /([A-Za-z0-9+/])([A-Za-z0-9+/]{99}=*<\/(?:\w+:)?CipherValue>(?!.*CipherValue>))/s,
        (_all: string, character: string, rest: string) => (character === 'A' ? 'B' : 'A') + rest,
      )
    : xml.replace('>Engineering<', '>EngineerinG<')
  if (changed === xml) throw new Error(`nothing to change in: ${message.kind}`)
  return { ...message, ...encode(changed), reason: 'changed after signing' }
}

function encode(xml: string): { field: string; bytes: number } {
  const bytes = Buffer.from(xml)
  return { field: bytes.toString('base64'), bytes: bytes.length }
}

/** What a large IdP sends by default, with some groups. */
function person(first: string, last: string, index: number, size: number): Person {
  const account = `${first}.${last}`
    .normalize('NFD')
    .replace(/[^A-Za-z.]/g, '')
    .toLowerCase()
  const email = `${account}@example.com`
  const groups = Array.from({ length: size }, () => crypto.randomUUID())
  return {
    nameID: `${crypto.randomUUID()}-${index}`,
    claims: {
      [`${MICROSOFT}/tenantid`]: crypto.randomUUID(),
      [`${MICROSOFT}/objectidentifier`]: crypto.randomUUID(),
      [`${MICROSOFT}/displayname`]: `${first} ${last}`,
      [`${MICROSOFT}/identityprovider`]: 'https://idp.example.com/',
      'http://schemas.microsoft.com/claims/authnmethodsreferences': [
        'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
        'http://schemas.microsoft.com/claims/multipleauthn',
      ],
      [`${CLAIMS}/givenname`]: first,
      [`${CLAIMS}/surname`]: last,
      [`${CLAIMS}/emailaddress`]: email,
      [`${CLAIMS}/name`]: email,
      [`${WS2008}/groups`]: groups,
      department: 'Engineering',
      employeeid: String(104_000 + index),
      jobtitle: 'Analyst & Programmer',
      telephonenumber: '+44 20 7946 0000',
    },
  }
}

async function makeKey(name: string): Promise<KeyMaterial> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    serialNumber: '01',
    notBefore: new Date(Date.now() - 24 * 3600 * 1000),
    notAfter: new Date(Date.now() + 365 * 24 * 3600 * 1000),
    signingAlgorithm: algorithm,
    keys,
  })
  const [pkcs8, spki] = (await Promise.all([
    crypto.subtle.exportKey('pkcs8', keys.privateKey),
    crypto.subtle.exportKey('spki', keys.publicKey),
  ])) as [ArrayBuffer, ArrayBuffer]
  return {
    certificate: certificate.toString('pem'),
    privateKey: PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    publicKey: PemConverter.encode(spki, 'PUBLIC KEY'),
  }
}
