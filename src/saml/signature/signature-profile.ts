// Reads one ds:Signature by the strict profile, which refuses everything it does not name. It
// computes nothing.
import { decodeBase64 } from '../../base64.ts'
import {
  attributeOf,
  childElements,
  describe,
  hasText,
  isNamed,
  leafText,
  type StrictElement,
} from '../xml/strict-tree.ts'
import {
  CANONICALIZATIONS,
  DIGESTS,
  NS,
  SIGNATURES,
  TRANSFORM,
  type SignatureScheme,
} from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type SignatureCode } from '../refusal.ts'

export type Canonicalization = { exclusive: boolean; prefixList: readonly string[] }

/** The content of a ds:Signature of the profile. Nothing in it is verified yet. */
export type SignatureProfile = {
  signedInfo: StrictElement
  algorithm: { uri: string; scheme: SignatureScheme; hash: string }
  /** For SignedInfo. */
  canonicalization: Canonicalization
  /** For the element that the Reference names. */
  transform: Canonicalization
  digestMethod: string
  digestValue: Uint8Array<ArrayBuffer>
  signatureValue: Uint8Array<ArrayBuffer>
}

const CLAUSE = 'SAML Core §5.4; XML Signature §4'

/**
 * Refuses `signature_structure`, `signature_reference`, `signature_transform` and
 * `signature_algorithm`. `parent` is the element that has the Signature as a child, and the only
 * one it may sign.
 */
export function readSignature(
  signature: StrictElement,
  parent: StrictElement,
  options: { sha1: boolean },
): Result<SignatureProfile, Refusal<SignatureCode>> {
  const [signedInfo, valueElement, keyInfo, ...rest] = childElements(signature)
  if (
    !signedInfo ||
    !isNamed(signedInfo, NS.ds, 'SignedInfo') ||
    !valueElement ||
    !isNamed(valueElement, NS.ds, 'SignatureValue') ||
    (keyInfo && !isNamed(keyInfo, NS.ds, 'KeyInfo')) ||
    rest.length > 0 ||
    !onlyAttributes(signature, ['Id']) ||
    !onlyAttributes(valueElement, ['Id']) ||
    hasText(signature)
  )
    return structure('SignedInfo, SignatureValue and at most one KeyInfo', names(signature))

  const [method, signatureMethod, reference, ...others] = childElements(signedInfo)
  // Counted before anything is read: hundreds of References must not cost anything.
  if (others.length > 0 || !method || !signatureMethod || !reference)
    return refuse('signature_reference', CLAUSE, 'exactly one Reference', names(signedInfo))
  if (
    !isNamed(method, NS.ds, 'CanonicalizationMethod') ||
    !isNamed(signatureMethod, NS.ds, 'SignatureMethod') ||
    !isNamed(reference, NS.ds, 'Reference') ||
    !onlyAttributes(signedInfo, ['Id']) ||
    hasText(signedInfo)
  )
    return structure('CanonicalizationMethod, SignatureMethod, Reference', names(signedInfo))

  const canonicalization = readCanonicalization(method)
  if (!canonicalization.ok) return canonicalization

  const uri = attributeOf(signatureMethod, 'Algorithm') ?? ''
  const known = Object.hasOwn(SIGNATURES, uri) ? SIGNATURES[uri] : undefined
  if (!known || (known.legacy && !options.sha1))
    return refuse('signature_algorithm', CLAUSE, allowedAlgorithms(options.sha1), uri)
  if (!isEmpty(signatureMethod, ['Algorithm']))
    return refuse('signature_algorithm', CLAUSE, 'a SignatureMethod without parameters', uri)

  const target = readReference(reference, parent, options)
  if (!target.ok) return target

  const signatureValue = decodeBase64(leafText(valueElement) ?? '')
  if (!signatureValue) return structure('base64 in SignatureValue', 'text that is not base64')
  return ok({
    signedInfo,
    algorithm: { uri, scheme: known.scheme, hash: known.hash },
    canonicalization: canonicalization.value,
    signatureValue,
    ...target.value,
  })
}

function readReference(
  reference: StrictElement,
  parent: StrictElement,
  options: { sha1: boolean },
): Result<
  Pick<SignatureProfile, 'transform' | 'digestMethod' | 'digestValue'>,
  Refusal<SignatureCode>
> {
  const id = attributeOf(parent, 'ID')
  const uri = attributeOf(reference, 'URI')
  if (id === undefined || uri !== `#${id}`)
    return refuse('signature_reference', CLAUSE, `URI="#${id ?? '(no ID)'}"`, uri ?? '(no URI)')
  const [transforms, digestMethod, digestElement, ...rest] = childElements(reference)
  if (
    !transforms ||
    !isNamed(transforms, NS.ds, 'Transforms') ||
    !digestMethod ||
    !isNamed(digestMethod, NS.ds, 'DigestMethod') ||
    !digestElement ||
    !isNamed(digestElement, NS.ds, 'DigestValue') ||
    rest.length > 0 ||
    !onlyAttributes(reference, ['URI', 'Id', 'Type']) ||
    !onlyAttributes(digestElement, []) ||
    hasText(reference)
  )
    return structure('Transforms, DigestMethod, DigestValue', names(reference))

  const transform = readTransforms(transforms)
  if (!transform.ok) return transform

  const digest = attributeOf(digestMethod, 'Algorithm') ?? ''
  const known = Object.hasOwn(DIGESTS, digest) ? DIGESTS[digest] : undefined
  if (!known || (known.legacy && !options.sha1))
    return refuse('signature_algorithm', CLAUSE, 'a SHA-2 DigestMethod', digest)
  if (!isEmpty(digestMethod, ['Algorithm']))
    return refuse('signature_algorithm', CLAUSE, 'a DigestMethod without parameters', digest)

  const digestValue = decodeBase64(leafText(digestElement) ?? '')
  if (!digestValue) return structure('base64 in DigestValue', 'text that is not base64')
  return ok({ transform: transform.value, digestMethod: digest, digestValue })
}

/** XML Signature 1.1 §4.4.3.2: without a canonicalization, Canonical XML 1.0. */
const IMPLIED: Canonicalization = { exclusive: false, prefixList: [] }

function readTransforms(
  transforms: StrictElement,
): Result<Canonicalization, Refusal<SignatureCode>> {
  const list = childElements(transforms)
  const expected =
    'enveloped-signature, alone or with exclusive or inclusive canonicalization after it'
  const [enveloped, last] = list
  if (
    list.length > 2 ||
    !enveloped ||
    !isNamed(enveloped, NS.ds, 'Transform') ||
    (last && !isNamed(last, NS.ds, 'Transform')) ||
    attributeOf(enveloped, 'Algorithm') !== TRANSFORM.enveloped ||
    !isEmpty(enveloped, ['Algorithm']) ||
    !onlyAttributes(transforms, []) ||
    hasText(transforms)
  )
    return refuse(
      'signature_transform',
      CLAUSE,
      expected,
      list
        .slice(0, 3)
        .map((transform) => attributeOf(transform, 'Algorithm') ?? describe(transform))
        .join(', ') + (list.length > 3 ? ` and ${list.length - 3} more` : ''),
    )
  return last ? readCanonicalization(last) : ok(IMPLIED)
}

function readCanonicalization(
  method: StrictElement,
): Result<Canonicalization, Refusal<SignatureCode>> {
  const algorithm = attributeOf(method, 'Algorithm') ?? '(none)'
  const children = childElements(method)
  const wrong = (received: string) =>
    refuse('signature_transform', CLAUSE, 'exclusive or inclusive canonicalization 1.0', received)
  if (!onlyAttributes(method, ['Algorithm']) || hasText(method)) return wrong(describe(method))
  const known = Object.hasOwn(CANONICALIZATIONS, algorithm)
    ? CANONICALIZATIONS[algorithm]
    : undefined
  if (!known) return wrong(algorithm)
  const [inclusiveNamespaces, ...rest] = children
  if (!inclusiveNamespaces) return ok({ ...known, prefixList: [] })
  if (!known.exclusive) return wrong('Canonical XML with content')
  const list = attributeOf(inclusiveNamespaces, 'PrefixList')
  if (
    rest.length > 0 ||
    !isNamed(inclusiveNamespaces, TRANSFORM.exclusive, 'InclusiveNamespaces') ||
    !isEmpty(inclusiveNamespaces, ['PrefixList']) ||
    list === undefined ||
    list.length > 500
  )
    return wrong('content other than one InclusiveNamespaces')
  return ok({ exclusive: true, prefixList: list.split(/[ \t\r\n]+/).filter(Boolean) })
}

function allowedAlgorithms(sha1: boolean): string {
  return Object.entries(SIGNATURES)
    .filter(([, { legacy }]) => sha1 || !legacy)
    .map(([uri]) => uri.slice(uri.indexOf('#') + 1))
    .join(', ')
}

function isEmpty(element: StrictElement, allowed: readonly string[]): boolean {
  return (
    onlyAttributes(element, allowed) && childElements(element).length === 0 && !hasText(element)
  )
}

function onlyAttributes(element: StrictElement, allowed: readonly string[]): boolean {
  return element.attributes.every(({ qualifiedName }) => allowed.includes(qualifiedName))
}

function structure(expected: string, received: string) {
  return refuse('signature_structure', CLAUSE, expected, received)
}

function names(element: StrictElement): string {
  const children = childElements(element)
  return children.slice(0, 6).map(describe).join(', ') + (children.length > 6 ? ', …' : '')
}
