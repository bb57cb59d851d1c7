// Times the stages of Gatepost for one case of the benchmark: `node bench/profile.ts [case]`.
// It repeats what verify-response.ts does: a stage that is added there must be added here.
import { parseAssertion } from '../src/saml/response/assertion.ts'
import { canonicalize } from '../src/saml/xml/canonicalize.ts'
import { trustedKey } from '../src/saml/signature/certificate.ts'
import { importVerifyKey } from '../src/saml/signature/public-key.ts'
import { ASSERTION_CHECKS, ENVELOPE_CHECKS, judge } from '../src/saml/response/checks.ts'
import { xmldsigjs } from '../src/saml/signature/engine.ts'
import { readPersons } from '../src/saml/response/principal.ts'
import type { Result } from '../src/result.ts'
import type { Refusal } from '../src/saml/refusal.ts'
import { decodeResponse, parseResponse } from '../src/saml/response/response.ts'
import { readSignature } from '../src/saml/signature/signature-profile.ts'
import { verifySignatures } from '../src/saml/signature/signature.ts'
import { verifyResponse, type Verification } from '../src/saml/response/verify-response.ts'
import { readTree, sameContent } from '../src/saml/xml/xml-tree.ts'
import { readStrictXml } from '../src/saml/xml/strict-xml.ts'
import { verificationOf } from './libraries.ts'
import { CASES, makeMessages, type Message } from './messages.ts'
import { makeSetup } from './setup.ts'

const ROUNDS = 300
const WARM_UP_ROUNDS = 100

type Stages = Map<string, number>

const encoder = new TextEncoder()

const wanted = process.argv[2] ?? 'assertion signed'
const one = CASES.find(({ name }) => name === wanted)
if (!one || one.kind.endsWith('encrypted'))
  throw new Error(
    `one of: ${CASES.filter(({ kind }) => !kind.endsWith('encrypted'))
      .map(({ name }) => name)
      .join('; ')}`,
  )

const { parties, messages } = await makeMessages()
const setup = await makeSetup(parties, 0)
const settings = verificationOf(setup)
const certificates = [trustedKey(setup.idpKey)]
const samples = new Map<string, number[]>()
for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++)
  for (const message of messages.get(one)!) {
    const verification = settings(message.inResponseTo)
    const stages = await profile(message, verification)
    const start = performance.now()
    await verifyResponse(message.field, verification)
    stages.set('verifyResponse, whole', performance.now() - start)
    if (round < WARM_UP_ROUNDS) continue
    for (const [stage, time] of stages) {
      if (!samples.has(stage)) samples.set(stage, [])
      samples.get(stage)!.push(time)
    }
  }

console.log(
  `${one.name}, medians of ${samples.values().next().value!.length} runs, in microseconds`,
)
for (const [stage, times] of samples)
  console.log(`${stage.padEnd(40)} ${String(Math.round(median(times) * 1000)).padStart(6)}`)

async function profile(message: Message, verification: Verification): Promise<Stages> {
  const stages: Stages = new Map()
  const time = <T>(stage: string, work: () => T): T => {
    const start = performance.now()
    const value = work()
    stages.set(stage, (stages.get(stage) ?? 0) + performance.now() - start)
    return value
  }
  const timeAsync = async <T>(stage: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now()
    const value = await work()
    stages.set(stage, (stages.get(stage) ?? 0) + performance.now() - start)
    return value
  }
  const text = get(time('base64, UTF-8', () => decodeResponse(message.field)))
  time('strict reader', () => readStrictXml(text))
  const response = get(time('strict reader and structure', () => parseResponse(text)))
  time('checks of the envelope', () =>
    judge(ENVELOPE_CHECKS, response, verification, { everyRow: false }),
  )
  const { CryptoConfig, SignatureMethod } = xmldsigjs()
  let outermost: string | undefined
  for (const { element, signature } of response.signatures) {
    const signed = get(
      time('signature profile', () => readSignature(signature, element, { sha1: false })),
    )
    const octets = time('canonicalize the content', () =>
      canonicalize(element, { ...signed.transform, omit: signature }),
    )
    outermost ??= octets
    const signedInfo = time('canonicalize SignedInfo', () =>
      canonicalize(signed.signedInfo, signed.canonicalization),
    )
    const digest = () =>
      CryptoConfig.CreateHashAlgorithm(signed.digestMethod as never).Digest(encoder.encode(octets))
    const verify = async () =>
      CryptoConfig.CreateSignatureAlgorithm(
        Object.assign(new SignatureMethod(), { Algorithm: signed.algorithm.uri }),
      ).Verify(
        signedInfo,
        await importVerifyKey(certificates[0]!, signed.algorithm)!,
        signed.signatureValue,
      )
    await timeAsync('digest, alone', digest)
    if (!(await timeAsync('verify, alone', verify))) throw new Error('signature_invalid')
    await timeAsync('digest and verify at once', () => Promise.all([digest(), verify()]))
  }

  const [first, ...inner] = response.signatures
  if (!first || outermost === undefined) throw new Error('signature_missing')
  const tree = get(time('fast-xml-parser read', () => readTree(outermost)))
  if (!time('compare both readings', () => sameContent(first.element, tree, first.signature)))
    throw new Error('readers_disagree')

  const octets = get(
    await verifySignatures([first, ...inner], { certificates, allow: verification.allow }),
  )
  const assertion = get(time('structure of the Assertion', () => parseAssertion(octets)))
  time('checks of the assertion', () =>
    judge(ASSERTION_CHECKS, assertion, verification, { everyRow: false }),
  )
  time('principal', () => readPersons(assertion, verification.attributeMapping))
  return stages
}

function get<T>(result: Result<T, Refusal>): T {
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

function median(times: number[]): number {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)]!
}
