// Verifies a SAMLResponse field to a verified login. Logins and `explain` share this one path.
import { parseAssertion, type Assertion } from './assertion.ts'
import {
  parseCertificates,
  trustedKey,
  type StoredKey,
  type TrustedKey,
} from '../signature/certificate.ts'
import { endOf } from './compare.ts'
import { ASSERTION_CHECKS, ENVELOPE_CHECKS, judge, type CheckRow } from './checks.ts'
import type { Expectations } from './expectations.ts'
import { isNamed, type StrictElement } from '../xml/strict-tree.ts'
import { decryptAssertion, decryptionFailed, type DecryptionKey } from '../signature/encryption.ts'
import { parseInstant } from '../instant.ts'
import { NS } from '../names.ts'
import { readPersons, type PersonAttributes } from './principal.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import { type Refusal, refuse } from '../refusal.ts'
import {
  decodeResponse,
  findSignatures,
  parseResponse,
  type UntrustedResponse,
} from './response.ts'
import {
  extendToPlaintext,
  verifySignatures,
  type Enveloped,
  type SignatureTrust,
  type SignedOctets,
} from '../signature/signature.ts'

/** The keys and expectations of one connection. */
export type Verification = Expectations & {
  /** The pinned keys as they are stored; or certificates in PEM or base64, which are parsed. */
  certificates: readonly (string | StoredKey)[]
  decryptionKeys: readonly DecryptionKey[]
  /**
   * Legacy algorithms to permit: `sha1`, `aes-cbc`. `rsa1024` only for judging captured messages
   * offline.
   */
  allow: ReadonlySet<'sha1' | 'aes-cbc' | 'rsa1024'>
}

/** The person an assertion proved. */
export type Principal = PersonAttributes & {
  nameID: string
  nameIDFormat: string | null
  sessionIndex: string | null
  authnContextClassRef: string | null
  /** Milliseconds since 1970. */
  authnInstant: number
  /** Milliseconds since 1970. */
  sessionNotOnOrAfter: number | null
}

export type VerifiedLogin = {
  /**
   * One, or one for each e-mail where the assertion has several: then the caller decides. None only
   * where the caller ignores the attributes.
   */
  principals: Principal[]
  assertion: Assertion
  /**
   * Until this time, in milliseconds since 1970, the assertion could be accepted again if it were
   * not spent, whatever clock skew the connection is set to meanwhile.
   */
  replayableUntil: number
}

/**
 * The verdict on one response. `checks` ends with the first failure, or has every row that could be
 * judged.
 */
export type Judgement = {
  checks: CheckRow[]
  refusal: Refusal | null
  login: VerifiedLogin | null
  /** The parsed message, for redaction. Null where parsing failed. */
  response: UntrustedResponse | null
  /** True where a pinned key signed the message, even if other checks failed. */
  proven: boolean
  /** Of the certificate whose key had signed. */
  certificateFingerprint: string | null
}

/**
 * Judges a response. `field` is base64, as posted. With `everyRow` it continues after a failure.
 * The rows of the assertion need a verified signature.
 */
export async function verifyResponse(
  field: string,
  verification: Verification,
  options: { everyRow: boolean } = { everyRow: false },
): Promise<Judgement> {
  const rows: CheckRow[] = []
  let response: UntrustedResponse | null = null
  let octets: SignedOctets | null = null
  const end = (login: VerifiedLogin | null): Judgement => {
    const failed = rows.find((row) => !row.ok)
    return {
      checks: rows,
      refusal: failed ? (failed as CheckRow & Refusal) : null,
      login: failed ? null : login,
      response,
      proven: octets !== null,
      certificateFingerprint: octets?.certificate.fingerprint ?? null,
    }
  }
  const step = <T>(
    result: Result<T, Refusal>,
    passed: { code: string; clause: string; expected: string; received: (value: T) => string },
  ): T | undefined => {
    if (!result.ok) {
      rows.push({ ok: false, ...result.error })
      return undefined
    }
    rows.push({ ...passed, ok: true, received: cut(passed.received(result.value)) })
    return result.value
  }
  const list = <T>(checks: Parameters<typeof judge<T>>[0], subject: T): boolean => {
    const judged = judge(checks, subject, verification, options)
    rows.push(...judged)
    return options.everyRow || judged.every(({ ok }) => ok)
  }

  const text = decodeResponse(field)
  const parsed = step(text.ok ? parseResponse(text.value) : text, {
    code: 'response',
    clause: 'SAML Core §3.3.3',
    expected: 'a samlp:Response in strict XML',
    received: ({ ID }) => ID,
  })
  if (!parsed) return end(null)
  response = parsed
  if (!list(ENVELOPE_CHECKS, parsed)) return end(null)

  const content = await verifyContent(parsed, verification)
  const signed = step(content, {
    code: 'signature',
    clause: 'SAML Core §5.4',
    expected: 'content signed by a configured key',
    received: ({ octets: { certificate } }) =>
      `${certificate.subject}, SHA-256 ${certificate.fingerprint}`,
  })
  if (!signed) return end(null)
  octets = signed.octets
  const before = rows.length
  const assertion = step(parseAssertion(octets), {
    code: 'assertion',
    clause: 'SAML Core §2.3.3',
    expected: 'one saml:Assertion',
    received: ({ ID }) => ID,
  })
  const passed = assertion !== undefined && list(ASSERTION_CHECKS, assertion)
  const isWrong = rows.slice(before).some(({ ok }) => !ok)
  if (isWrong && mustHide(signed.secrecy, assertion, verification)) {
    rows.splice(before, Infinity, { ok: false, ...decryptionFailed().error })
    return end(null)
  }
  if (!passed) return end(null)
  // With every row the list goes on after a failure: what failed may be what a login is read from.
  if (rows.some(({ ok }) => !ok)) return end(null)
  return end({
    principals: readPrincipals(assertion, verification),
    assertion,
    replayableUntil: replayableUntil(assertion),
  })
}

async function readTrust(verification: Verification): Promise<Result<SignatureTrust, Refusal>> {
  const certificates: TrustedKey[] = []
  for (const one of verification.certificates) {
    if (typeof one !== 'string') {
      certificates.push(trustedKey(one))
      continue
    }
    const read = await parseCertificates(one)
    if (!read.ok) return read
    certificates.push(...read.value)
  }
  return ok({ certificates, allow: verification.allow })
}

/**
 * How much may be said about content that is refused. All connections have our one key, so that a
 * customer may sign a Response around a ciphertext of another one and ask what is in it. `issuer`:
 * nothing unless its Issuer is ours to ask. `all`: nothing, because each change of the ciphertext
 * would be a question.
 */
type Secrecy = 'none' | 'issuer' | 'all'

type Content = { octets: SignedOctets; secrecy: Secrecy }

function mustHide(
  secrecy: Secrecy,
  assertion: Assertion | undefined,
  { idpEntityID }: Verification,
): boolean {
  return secrecy === 'all' || (secrecy === 'issuer' && assertion?.issuer !== idpEntityID)
}

/** The signed content with the assertion in it, decrypted where it was encrypted. */
async function verifyContent(
  response: UntrustedResponse,
  verification: Verification,
): Promise<Result<Content, Refusal>> {
  const read = await readTrust(verification)
  if (!read.ok) return read
  const trust = read.value
  const { assertion, signatures } = response
  const [outermost, ...inner] = signatures
  if (!assertion) return refuse('assertion_missing', 'SAML Core §3.3.3', 'one Assertion', 'none')
  if (!assertion.encrypted)
    return outermost
      ? asContent(await verifySignatures([outermost, ...inner], trust), 'none')
      : signatureMissing()

  const covering = outermost ? await verifySignatures([outermost, ...inner], trust) : undefined
  if (covering && !covering.ok) return covering
  const decrypted = await decryptAssertion(assertion.element, verification.decryptionKeys, {
    allowCbc: covering !== undefined || trust.allow.has('aes-cbc'),
  })
  if (!decrypted.ok) return decrypted
  const { root, isAuthenticated } = decrypted.value
  const verified = await verifyPlaintext(root, covering?.value, trust, isAuthenticated)
  return verified.ok ? verified : decryptionFailed()
}

function asContent(octets: Result<SignedOctets, Refusal>, secrecy: Secrecy) {
  return octets.ok ? ok({ octets: octets.value, secrecy }) : octets
}

/**
 * A decrypted assertion is a document of its own. It must be signed itself or covered by the
 * Response’s signature.
 */
async function verifyPlaintext(
  plaintext: StrictElement,
  covering: SignedOctets | undefined,
  trust: SignatureTrust,
  isAuthenticated: boolean,
): Promise<Result<Content, Refusal>> {
  if (!isNamed(plaintext, NS.saml, 'Assertion')) return decryptionFailed()
  const signatures = findSignatures(plaintext, [plaintext])
  if (!signatures.ok) return signatures
  const [own] = signatures.value as [Enveloped?]
  // What the customer's own IdP has signed is the customer's to read.
  if (own) return asContent(await verifySignatures([own], trust), 'none')
  return covering
    ? asContent(extendToPlaintext(covering, plaintext), isAuthenticated ? 'issuer' : 'all')
    : signatureMissing()
}

function signatureMissing() {
  return refuse(
    'signature_missing',
    'SAML Profiles §4.1.3.5, §4.1.4.5',
    'a signed Response or a signed Assertion',
    'no signature',
  )
}

function readPrincipals(assertion: Assertion, verification: Verification): Principal[] {
  const { attributeMapping, optionalNames } = verification
  const { nameID } = assertion.subject!
  const [statement] = assertion.authnStatements
  if (!nameID || !statement) return []
  return readPersons(assertion, attributeMapping, optionalNames).map((person) => ({
    ...person,
    nameID: nameID.value,
    nameIDFormat: nameID.format ?? null,
    sessionIndex: statement.sessionIndex ?? null,
    authnContextClassRef: statement.authnContextClassRef ?? null,
    authnInstant: instantOf(statement.authnInstant) ?? verification.now,
    sessionNotOnOrAfter: instantOf(statement.sessionNotOnOrAfter) ?? null,
  }))
}

function replayableUntil(assertion: Assertion): number {
  const ends = [
    ...assertion.subject!.confirmations.map(({ notOnOrAfter }) => instantOf(notOnOrAfter)),
    instantOf(assertion.conditions?.notOnOrAfter),
  ].filter((instant) => instant !== undefined)
  return endOf(assertion.issueInstant, ends)
}

function instantOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseInstant(text)
}
