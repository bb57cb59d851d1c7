// Signs XML text that is in canonical form by construction: digests are taken over the very text,
// so that nothing here depends on a canonicalizer.
import { privateKeyOf, certificateOf, type KeyName } from './keys.ts'

const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#'
const XMLDSIG_MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const XMLDSIG_2007 = 'http://www.w3.org/2007/05/xmldsig-more#'
const XMLENC = 'http://www.w3.org/2001/04/xmlenc#'

export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
export const ENVELOPED = `${XMLDSIG}enveloped-signature`

export const SIGNATURE_METHODS = {
  'rsa-sha1': [`${XMLDSIG}rsa-sha1`, 'RSASSA-PKCS1-v1_5', 'SHA-1'],
  'rsa-sha256': [`${XMLDSIG_MORE}rsa-sha256`, 'RSASSA-PKCS1-v1_5', 'SHA-256'],
  'rsa-sha384': [`${XMLDSIG_MORE}rsa-sha384`, 'RSASSA-PKCS1-v1_5', 'SHA-384'],
  'rsa-sha512': [`${XMLDSIG_MORE}rsa-sha512`, 'RSASSA-PKCS1-v1_5', 'SHA-512'],
  'sha256-rsa-MGF1': [`${XMLDSIG_2007}sha256-rsa-MGF1`, 'RSA-PSS', 'SHA-256'],
  'sha384-rsa-MGF1': [`${XMLDSIG_2007}sha384-rsa-MGF1`, 'RSA-PSS', 'SHA-384'],
  'sha512-rsa-MGF1': [`${XMLDSIG_2007}sha512-rsa-MGF1`, 'RSA-PSS', 'SHA-512'],
  'ecdsa-sha1': [`${XMLDSIG_MORE}ecdsa-sha1`, 'ECDSA', 'SHA-1'],
  'ecdsa-sha256': [`${XMLDSIG_MORE}ecdsa-sha256`, 'ECDSA', 'SHA-256'],
  'ecdsa-sha384': [`${XMLDSIG_MORE}ecdsa-sha384`, 'ECDSA', 'SHA-384'],
  'ecdsa-sha512': [`${XMLDSIG_MORE}ecdsa-sha512`, 'ECDSA', 'SHA-512'],
} as const

export const DIGEST_METHODS = {
  sha1: [`${XMLDSIG}sha1`, 'SHA-1'],
  sha256: [`${XMLENC}sha256`, 'SHA-256'],
  sha384: [`${XMLDSIG_MORE}sha384`, 'SHA-384'],
  sha512: [`${XMLENC}sha512`, 'SHA-512'],
} as const

export type SignatureMethodName = keyof typeof SIGNATURE_METHODS
export type DigestMethodName = keyof typeof DIGEST_METHODS

export type SignatureOptions = {
  key: KeyName
  method: SignatureMethodName
  digest: DigestMethodName
  canonicalization: 'exclusive' | 'inclusive'
  /** The variants of the canonicalization that keep comments. */
  withComments: boolean
  /** Of the Transforms, enveloped-signature alone: it implies the inclusive one. */
  envelopedAlone: boolean
  /** InclusiveNamespaces of the exclusive transform. */
  prefixList: string
  /** What stands in KeyInfo; empty: no KeyInfo. */
  keyInfo: string
  /**
   * Changes SignedInfo before it is signed: what comes out carries a good signature by a good key.
   */
  editSignedInfo: (signedInfo: string) => string
  /** Namespace declarations of the ancestors, as inclusive canonicalization repeats them. */
  inScope: string
}

/**
 * The text with an enveloped ds:Signature after its Issuer. `text` is one element in exclusive
 * canonical form.
 */
export async function signText(
  text: string,
  options: Partial<SignatureOptions> = {},
): Promise<string> {
  const signature = await makeSignature(text, options)
  const startTag = text.indexOf('>') + 1
  const at = text.startsWith('<saml:Issuer', startTag)
    ? text.indexOf('</saml:Issuer>') + '</saml:Issuer>'.length
    : startTag
  return text.slice(0, at) + signature + text.slice(at)
}

/** The ds:Signature alone. */
async function makeSignature(
  text: string,
  options: Partial<SignatureOptions> = {},
): Promise<string> {
  const {
    key = 'idp',
    method = 'rsa-sha256',
    digest = 'sha256',
    canonicalization = 'exclusive',
    withComments = false,
    envelopedAlone = false,
    prefixList = '',
    keyInfo = `<ds:X509Data><ds:X509Certificate>${certificateOf(key)}</ds:X509Certificate></ds:X509Data>`,
    editSignedInfo = (signedInfo) => signedInfo,
    inScope = '',
  } = options
  const inclusive = canonicalization === 'inclusive'
  const ID = / ID="([^"]*)"/.exec(text.slice(0, text.indexOf('>')))?.[1] ?? ''
  const digested =
    inclusive || envelopedAlone
      ? declareOn(text, inScope)
      : prefixList.includes('xs')
        ? text
        : text.replaceAll(/ xmlns:xs="[^"]*"/g, '')
  const [digestURI, digestHash] = DIGEST_METHODS[digest]
  const [methodURI] = SIGNATURE_METHODS[method]
  const methodName = (inclusive ? INCLUSIVE : EXCLUSIVE) + commentsOf(inclusive, withComments)
  const namespaces = prefixList
    ? `<ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE}" PrefixList="${prefixList}"></ec:InclusiveNamespaces>`
    : ''
  const transform = envelopedAlone
    ? ''
    : `<ds:Transform Algorithm="${methodName}">${namespaces}</ds:Transform>`
  const signedInfo = editSignedInfo(
    `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${methodName}"></ds:CanonicalizationMethod>` +
      `<ds:SignatureMethod Algorithm="${methodURI}"></ds:SignatureMethod>` +
      `<ds:Reference URI="#${ID}"><ds:Transforms>` +
      `<ds:Transform Algorithm="${ENVELOPED}"></ds:Transform>` +
      `${transform}</ds:Transforms>` +
      `<ds:DigestMethod Algorithm="${digestURI}"></ds:DigestMethod>` +
      `<ds:DigestValue>${await digestOf(digested, digestHash)}</ds:DigestValue>` +
      `</ds:Reference></ds:SignedInfo>`,
  )
  const scope = [
    ` xmlns:ds="${XMLDSIG}"`,
    ...(inclusive ? [ownDeclaration(text), ...split(inScope)] : []),
  ]
  const declarations = [...new Set(scope)].toSorted().join('')
  const value = await signatureValue(
    signedInfo.replace('<ds:SignedInfo', `<ds:SignedInfo${declarations}`),
    key,
    method,
  )
  return (
    `<ds:Signature xmlns:ds="${XMLDSIG}">${signedInfo}<ds:SignatureValue>${value}</ds:SignatureValue>` +
    (keyInfo ? `<ds:KeyInfo>${keyInfo}</ds:KeyInfo>` : '') +
    `</ds:Signature>`
  )
}

/** The exclusive URI ends with the hash sign already. */
function commentsOf(inclusive: boolean, withComments: boolean): string {
  return withComments ? (inclusive ? '#WithComments' : 'WithComments') : ''
}

export async function digestOf(text: string, hash = 'SHA-256'): Promise<string> {
  return base64(await crypto.subtle.digest(hash, new TextEncoder().encode(text)))
}

/** A signature over the octets of a text, in base64. */
async function signatureValue(
  text: string,
  key: KeyName,
  method: SignatureMethodName,
): Promise<string> {
  const [, scheme, hash] = SIGNATURE_METHODS[method]
  const curve = { p256: 'P-256', p384: 'P-384', p521: 'P-521' }[key as string] ?? ''
  const privateKey = await crypto.subtle.importKey(
    'pkcs8',
    privateKeyOf(key),
    scheme === 'ECDSA' ? { name: scheme, namedCurve: curve } : { name: scheme, hash },
    false,
    ['sign'],
  )
  const saltLength = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 }[hash]
  return base64(
    await crypto.subtle.sign(
      { name: scheme, hash, saltLength },
      privateKey,
      new TextEncoder().encode(text),
    ),
  )
}

export function base64(bytes: ArrayBuffer | Uint8Array): string {
  let binary = ''
  for (const byte of new Uint8Array(bytes as ArrayBuffer)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/**
 * Writes inherited declarations on the start tag where Canonical XML 1.0 puts them: with its own,
 * sorted.
 */
function declareOn(text: string, inScope: string): string {
  const own = ownDeclaration(text)
  return text.replace(own, [...new Set([own, ...split(inScope)])].toSorted().join(''))
}

/** The namespace declaration that a Response or an Assertion begins with. */
function ownDeclaration(text: string): string {
  return /^<[^ >]+( xmlns:samlp?="[^"]*")/.exec(text)![1]!
}

function split(declarations: string): string[] {
  return declarations.match(/ xmlns:[a-z]+="[^"]*"/g) ?? []
}
