// Verifies signatures to the octets that they cover. SignedOctets come from this file alone.
import { sameBytes } from '../../base64.ts'
import type { StrictElement } from '../xml/strict-tree.ts'
import type { TrustedKey } from './certificate.ts'
import { checkKeyStrength, importVerifyKey } from './public-key.ts'
import { xmldsigjs } from './engine.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type SignatureCode, type XmlCode } from '../refusal.ts'
import { readSignature, type SignatureProfile } from './signature-profile.ts'
import { canonicalForm, readAgain } from '../xml/two-readers.ts'
import type { XmlElement } from '../xml/xml-tree.ts'

const CLAUSE = 'SAML Core §5.4; XML Signature §3.2'
const ENCODER = new TextEncoder()

/** The keys and permissions of one connection. */
export type SignatureTrust = {
  certificates: readonly TrustedKey[]
  allow: ReadonlySet<string>
}

class Octets {
  /** The element as read from the octets whose digest was verified: the one source of claims. */
  readonly tree: XmlElement
  /** The certificate whose key signed it. */
  readonly certificate: TrustedKey
  // Makes the class nominal: no object literal is SignedOctets.
  readonly #minted = true

  constructor(tree: XmlElement, certificate: TrustedKey) {
    this.tree = tree
    this.certificate = certificate
    Object.freeze(this)
  }

  static isMinted(value: Octets): boolean {
    return #minted in value && value.#minted
  }
}

/**
 * Content that a pinned key has signed, read from the very octets that were digested. Made by this
 * file alone.
 */
export type SignedOctets = Octets

/** An element with the ds:Signature that is its child. */
export type Enveloped = { element: StrictElement; signature: StrictElement }

/**
 * Verifies all enveloped signatures of a message, outermost first. All must be valid. Returns the
 * octets that the outermost covers. Refuses every `signature_*` code and `readers_disagree`.
 */
export async function verifySignatures(
  signatures: readonly [Enveloped, ...Enveloped[]],
  trust: SignatureTrust,
): Promise<Result<SignedOctets, Refusal<SignatureCode | XmlCode>>> {
  const verified = await Promise.all(
    signatures.map((enveloped) => verifyEnveloped(enveloped, trust)),
  )
  for (const result of verified) if (!result.ok) return result
  const [outermost] = verified
  if (!outermost?.ok) throw new TypeError('verifySignatures needs a signature')
  return mint(signatures[0], outermost.value.octets, outermost.value.certificate)
}

/**
 * The plaintext of an element whose ciphertext `covering` has signed. It is trusted as the
 * ciphertext was, and read from canonical octets as all claims are.
 */
export function extendToPlaintext(
  covering: SignedOctets,
  plaintext: StrictElement,
): Result<SignedOctets, Refusal<SignatureCode | XmlCode>> {
  if (!Octets.isMinted(covering)) throw new TypeError('extendToPlaintext needs SignedOctets')
  const octets = canonicalForm(plaintext, { exclusive: true, prefixList: [] })
  if (!octets.ok) return octets
  return mint({ element: plaintext }, octets.value, covering.certificate)
}

function mint(
  source: { element: StrictElement; signature?: StrictElement },
  octets: string,
  certificate: TrustedKey,
): Result<SignedOctets, Refusal<SignatureCode | XmlCode>> {
  const tree = readAgain(octets, source.element, source.signature)
  return tree.ok ? ok(new Octets(tree.value, certificate)) : tree
}

async function verifyEnveloped(
  { element, signature }: Enveloped,
  trust: SignatureTrust,
): Promise<Result<{ octets: string; certificate: TrustedKey }, Refusal<SignatureCode | XmlCode>>> {
  const profile = readSignature(signature, element, { sha1: trust.allow.has('sha1') })
  if (!profile.ok) return profile
  const usable = usableCertificates(trust)
  if (!usable.ok) return usable
  const keys = await importKeys(usable.value, profile.value)

  // Started first: the platform verifies on its own thread while this one renders the content.
  const verifying = verifySignedInfo(profile.value, usable.value, keys)
  const octets = canonicalForm(element, { ...profile.value.transform, omit: signature })
  if (!octets.ok) return octets
  const [digestFits, certificate] = await Promise.all([
    verifyDigest(profile.value, octets.value),
    verifying,
  ])
  if (!certificate.ok) return certificate
  if (!digestFits)
    return refuse(
      'signature_digest',
      CLAUSE,
      'the content as it was signed',
      'content that was changed after signing, or signed before it was encrypted',
    )
  return ok({ octets: octets.value, certificate: certificate.value })
}

function usableCertificates(
  trust: SignatureTrust,
): Result<TrustedKey[], Refusal<SignatureCode | XmlCode>> {
  if (trust.certificates.length === 0)
    return refuse('signature_no_key', CLAUSE, 'a configured certificate', 'none')
  let refusal: Refusal<SignatureCode | XmlCode> | undefined
  const usable = trust.certificates.filter((certificate) => {
    const strength = checkKeyStrength(certificate.key, { rsa1024: trust.allow.has('rsa1024') })
    if (!strength.ok) refusal ??= strength.error
    return strength.ok
  })
  return usable.length === 0 && refusal ? { ok: false, error: refusal } : ok(usable)
}

async function verifyDigest(profile: SignatureProfile, octets: string): Promise<boolean> {
  const bytes = ENCODER.encode(octets)
  // As bytes: the library would encode a string letter by letter. It digests the whole buffer under
  // a view.
  const digest = await xmldsigjs()
    .CryptoConfig.CreateHashAlgorithm(profile.digestMethod as never)
    .Digest(bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice())
  return sameBytes(digest, profile.digestValue)
}

type VerifyKey = { certificate: TrustedKey; key: CryptoKey }

/** The keys for the algorithm. A key that WebCrypto rejects is left out. */
async function importKeys(
  certificates: readonly TrustedKey[],
  { algorithm }: SignatureProfile,
): Promise<VerifyKey[]> {
  const keys: VerifyKey[] = []
  for (const certificate of certificates)
    try {
      const key = await importVerifyKey(certificate, algorithm)
      if (key) keys.push({ certificate, key })
    } catch {
      continue
    }
  return keys
}

/** The certificate whose key verifies SignedInfo, of any number configured. */
async function verifySignedInfo(
  profile: SignatureProfile,
  certificates: readonly TrustedKey[],
  keys: readonly VerifyKey[],
): Promise<Result<TrustedKey, Refusal<SignatureCode | XmlCode>>> {
  const signedInfo = canonicalForm(profile.signedInfo, profile.canonicalization)
  if (!signedInfo.ok) return signedInfo
  const { CryptoConfig, SignatureMethod } = xmldsigjs()
  // Made from the entry of the allow-list: SignatureMethod has no parameters, by the profile.
  const method = new SignatureMethod()
  method.Algorithm = profile.algorithm.uri
  const algorithm = CryptoConfig.CreateSignatureAlgorithm(method)
  for (const { certificate, key } of keys)
    try {
      if (await algorithm.Verify(signedInfo.value, key, profile.signatureValue))
        return ok(certificate)
    } catch {
      // a signature value that WebCrypto does not take has verified nothing
    }
  const configured = certificates.map(({ fingerprint }) => fingerprint.slice(0, 16)).join(', ')
  return refuse(
    'signature_invalid',
    CLAUSE,
    `a signature by a configured key (${configured})`,
    keys.length === 0
      ? `${profile.algorithm.scheme}, for which no configured certificate has a key`
      : 'a signature by another key, or over other content',
  )
}
