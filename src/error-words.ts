// wordsFor(): the words for a code, by where it came up and who reads them. Every page, answer of
// the API, line of the CLI and mail takes its words here. Pure.
import { CATALOGUE, LOGIN_REFUSED, type ErrorCode } from './errors.ts'
import type { GivenThing } from './given-instead.ts'
import type { CertificateCode, MetadataCode } from './saml/refusal.ts'
import { ADMINISTRATION_ERRORS } from './errors/administration.ts'
import { CERTIFICATE_ERRORS } from './errors/certificates.ts'
import type { ContextWords, Reader, Remedy } from './errors/entry.ts'
import { FILE_ERRORS, IN_FILES, type FileCode } from './errors/files.ts'
import { insteadOf } from './errors/given.ts'
import { IN_METADATA } from './errors/in-metadata.ts'
import { IN_API, IN_RESPONSES, ON_PAGES } from './errors/in-requests.ts'
import { METADATA_ERRORS } from './errors/metadata.ts'
import { ROLLOUT_ERRORS } from './errors/rollouts.ts'
import { SERVICE_ERRORS } from './errors/service.ts'
import { SIGNATURE_ERRORS } from './errors/signatures.ts'
import { SWITCH_ON_ERRORS } from './errors/switch-on.ts'

const { signature_key_weak, signature_key_unsupported } = SIGNATURE_ERRORS
const { connection_suspended, connection_not_ready, plan_required, recovery_code } = CATALOGUE
const ADMINISTRATION = {
  ...SERVICE_ERRORS,
  ...ADMINISTRATION_ERRORS,
  ...ROLLOUT_ERRORS,
  ...SWITCH_ON_ERRORS,
  connection_suspended,
  connection_not_ready,
  plan_required,
  recovery_code,
}

/** Every code that has words in a context. A door may produce no other there. */
export const WORDS = {
  sign_in: CATALOGUE,
  /** A response that somebody has captured, and gives to be judged. */
  response: { ...CATALOGUE, ...IN_RESPONSES },
  metadata: { ...METADATA_ERRORS, ...IN_METADATA } satisfies Record<MetadataCode, ContextWords>,
  certificate: {
    ...CERTIFICATE_ERRORS,
    signature_key_weak,
    signature_key_unsupported,
  } satisfies Record<CertificateCode, ContextWords>,
  /** A file of people: the IdP's user list, or an import. */
  people: { ...FILE_ERRORS, ...IN_FILES } satisfies Record<FileCode, ContextWords>,
  /** A request of the IdP that provisions users (SCIM). */
  provisioning: ADMINISTRATION,
  api: { ...ADMINISTRATION, ...IN_API },
  page: { ...ADMINISTRATION, ...ON_PAGES },
} satisfies Record<string, Readonly<Partial<Record<ErrorCode, ContextWords>>>>

export type Context = keyof typeof WORDS
/** Where an answer is shown: its words are for codes that no context of the problem has. */
export type Surface = Extract<Context, 'sign_in' | 'provisioning' | 'api' | 'page'>

export type About = {
  code: ErrorCode
  /** Of the thing that was read. */
  context?: Context | undefined
  given?: GivenThing | undefined
  /** In place of the code’s, where it depends on the thing. */
  remedy?: string | undefined
}

export type Words = { title: string; remedy: string }

export function wordsFor(
  { code, context, given, remedy }: About,
  reader: Reader,
  surface: Surface,
): Words {
  const words = inContext(code, context) ?? inContext(code, surface) ?? CATALOGUE[code]
  const instead = insteadOf(context, code, given)
  return {
    title: instead?.title ?? words.title,
    remedy: remedy ?? remedyOf(instead?.remedy ?? words.remedy, reader),
  }
}

/** Of a page of a sign-in: who is not proved learns nothing about a check. */
export function wordsForPerson(code: ErrorCode): Words {
  const entry = CATALOGUE[code]
  const { title, remedy } = entry.person ?? (entry.audience === 'everyone' ? entry : LOGIN_REFUSED)
  return { title, remedy: remedyOf(remedy, 'person') }
}

/** For the context itself, without a problem: `title` of it, alone. */
export function titleOf(code: ErrorCode, context: Context): string {
  return (inContext(code, context) ?? CATALOGUE[code]).title
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CATALOGUE, code)
}

function inContext(code: ErrorCode, context: Context | undefined): ContextWords | undefined {
  if (context === undefined) return undefined
  const words: Partial<Record<ErrorCode, ContextWords>> = WORDS[context]
  return Object.hasOwn(words, code) ? words[code] : undefined
}

export function remedyOf(remedy: Remedy, reader: Reader): string {
  if (typeof remedy === 'string') return remedy
  return reader === 'person' ? (remedy.person ?? remedy.customer) : remedy[reader]
}
