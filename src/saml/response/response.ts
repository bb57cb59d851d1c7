// Parses bytes to an UntrustedResponse: the shape of the message and the place of its signatures.
// It reads no claim.
import { decodeBase64 } from '../../base64.ts'
import {
  attributeOf,
  childElements,
  childrenNamed,
  descendants,
  describe,
  hasText,
  isNamed,
  leafText,
  type StrictElement,
} from '../xml/strict-tree.ts'
import { parseInstant } from '../instant.ts'
import { NS } from '../names.ts'
import { withoutAddresses } from './redact.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { Enveloped } from '../signature/signature.ts'
import { decodeText } from '../xml/decode-text.ts'
import { LIMITS, readStrictXml } from '../xml/strict-xml.ts'

/** A well-formed samlp:Response. Nothing in it is trusted. */
export type UntrustedResponse = {
  element: StrictElement
  ID: string
  version: string
  destination: string | undefined
  /** Empty counts as absent: some IdPs answer nothing with an empty InResponseTo. */
  inResponseTo: string | undefined
  issuer: string | undefined
  /** IssueInstant, in milliseconds since 1970: the IdP’s clock, to compare with ours. */
  issueInstant: number | undefined
  /** StatusCode values, top level first. */
  status: string[]
  /** Without e-mail addresses: some IdPs name the person whom they refuse. */
  statusMessage: string | undefined
  /** The only Assertion or EncryptedAssertion; absent in most failure responses. */
  assertion: { element: StrictElement; encrypted: boolean } | undefined
  /** The signatures that cover the Response or its plain Assertion, outermost first. */
  signatures: Enveloped[]
}

const CLAUSE = 'SAML Core §3.2.2, §3.3.3'
const REFERENCE_TAGS = /<(?:[A-Za-z0-9._-]+:)?Reference[ \t\r\n/>]/g
const MAX_REFERENCES = 8
const NCNAME = /^[A-Za-z_][A-Za-z0-9._-]*$/
const RESPONSE_CHILDREN: Readonly<Record<string, string>> = {
  Issuer: NS.saml,
  Signature: NS.ds,
  Extensions: NS.samlp,
  Status: NS.samlp,
  Assertion: NS.saml,
  EncryptedAssertion: NS.saml,
}

/**
 * Decodes the `SAMLResponse` field of HTTP-POST (SAML Bindings §3.5.4). Refuses
 * `response_not_base64`, `response_too_large` and `response_not_utf8`.
 */
export function decodeResponse(field: string): Result<string, Refusal> {
  if (field.length > (LIMITS.bytes / 3) * 4 * 1.1)
    return refuse(
      'response_too_large',
      CLAUSE,
      `at most ${LIMITS.bytes} bytes`,
      `${field.length} characters`,
    )
  const bytes = decodeBase64(field)
  if (!bytes)
    return refuse('response_not_base64', 'SAML Bindings §3.5.4', 'base64', field.slice(0, 40))
  return decodeText(bytes)
}

/**
 * Refuses the `xml_*` codes, `signature_reference`, `root_not_response`,
 * `single_logout_unsupported` and the codes of structure.
 */
export function parseResponse(text: string): Result<UntrustedResponse, Refusal> {
  // Each signature has one Reference, and we accept at most two signatures. Hundreds of References
  // must not cost as much as a parse.
  const references = text.match(REFERENCE_TAGS)?.length ?? 0
  if (references > MAX_REFERENCES)
    return refuse('signature_reference', CLAUSE, 'one Reference in each Signature', `${references}`)
  const read = readStrictXml(text)
  if (!read.ok) return read
  const root = read.value
  if (root.namespace === NS.samlp && /^Logout(?:Request|Response)$/.test(root.localName))
    return refuse('single_logout_unsupported', CLAUSE, 'samlp:Response', describe(root))
  if (!isNamed(root, NS.samlp, 'Response'))
    return refuse('root_not_response', CLAUSE, 'samlp:Response', describe(root))

  const children = childElements(root)
  const ID = attributeOf(root, 'ID')
  for (const child of children)
    if (RESPONSE_CHILDREN[child.localName] !== child.namespace)
      return structure('Issuer, Signature, Extensions, Status and one assertion', describe(child))
  const assertions = children.filter((child) => /^(?:Encrypted)?Assertion$/.test(child.localName))
  const [assertion] = assertions
  if (assertions.length > 1)
    return refuse('assertion_not_single', CLAUSE, 'exactly one Assertion', `${assertions.length}`)
  if (new Set(children.map((child) => child.localName)).size !== children.length)
    return structure('each element once', children.map((child) => child.localName).join(', '))
  if (!ID || hasText(root)) return structure('an ID and no text', describe(root))
  for (const id of [ID, assertion && attributeOf(assertion, 'ID')])
    if (id !== undefined && !NCNAME.test(id))
      return refuse('xml_id', 'XML Schema Part 2 §3.3.8', 'an ID that is an NCName', id)

  const encrypted = assertion?.localName === 'EncryptedAssertion'
  const owners = assertion && !encrypted ? [root, assertion] : [root]
  const signatures = findSignatures(root, owners, assertion)
  if (!signatures.ok) return signatures
  const status = readStatus(root)
  return ok({
    element: root,
    ID,
    version: attributeOf(root, 'Version') ?? '',
    destination: attributeOf(root, 'Destination'),
    inResponseTo: attributeOf(root, 'InResponseTo') || undefined,
    issuer: issuerOf(root),
    issueInstant: parseInstant(attributeOf(root, 'IssueInstant') ?? ''),
    status: status.codes,
    statusMessage: status.message,
    assertion: assertion && { element: assertion, encrypted },
    signatures: signatures.value,
  })
}

/**
 * The signatures that are children of `owners`. Refuses `signature_misplaced` for a Signature
 * elsewhere or a second one of an owner. Refuses `assertion_misplaced` for any Assertion below
 * `root` except the given one.
 */
export function findSignatures(
  root: StrictElement,
  owners: readonly StrictElement[],
  assertion?: StrictElement,
): Result<Enveloped[], Refusal> {
  const signatures: Enveloped[] = []
  for (const element of descendants(root)) {
    const name = element.localName
    if (name === 'Signature' && element.namespace === NS.ds) {
      const owner = owners.find((candidate) => candidate === element.parent)
      if (!owner || signatures.some((other) => other.element === owner))
        return refuse(
          'signature_misplaced',
          'SAML Core §5.4.2; XML Signature §4',
          'at most one Signature, a child of the Response or Assertion it signs',
          `a Signature in ${element.parent ? describe(element.parent) : 'no element'}`,
        )
      signatures.push({ element: owner, signature: element })
    } else if (name === 'Assertion' || name === 'EncryptedAssertion' || name === 'Response') {
      // In any namespace: a reader that ignores namespaces must not find an Assertion that we did
      // not see.
      if (element !== root && element !== assertion)
        return refuse(
          'assertion_misplaced',
          CLAUSE,
          'an Assertion only in the Response',
          describe(element),
        )
    }
  }
  return ok(
    signatures.toSorted(
      (left, right) => owners.indexOf(left.element) - owners.indexOf(right.element),
    ),
  )
}

/**
 * The Issuer’s exact text (SAML Core §2.2.5). Empty, which matches no IdP, where it is not plain
 * text.
 */
function issuerOf(parent: StrictElement): string | undefined {
  const [issuer] = childrenNamed(parent, NS.saml, 'Issuer')
  return issuer && (leafText(issuer) ?? '')
}

function readStatus(root: StrictElement): { codes: string[]; message: string | undefined } {
  const [status] = childrenNamed(root, NS.samlp, 'Status')
  if (!status) return { codes: [], message: undefined }
  const codes: string[] = []
  let [code] = childrenNamed(status, NS.samlp, 'StatusCode')
  while (code && codes.length < 4) {
    codes.push(attributeOf(code, 'Value') ?? '')
    code = childrenNamed(code, NS.samlp, 'StatusCode')[0]
  }
  const [message] = childrenNamed(status, NS.samlp, 'StatusMessage')
  const text = message && (leafText(message) || attributeOf(message, 'Value'))
  return { codes, message: text && withoutAddresses(text) }
}

function structure(expected: string, received: string) {
  return refuse('response_structure', CLAUSE, expected, received)
}
