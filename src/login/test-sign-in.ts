// The result of a test sign-in in words for the tester. Pure.
import { explainStatus, type StatusWords } from '../connections/status-words.ts'
import { CATALOGUE, type ErrorCode } from '../errors.ts'
import { wordsFor } from '../error-words.ts'
import type { ErrorText, TestKind } from '../languages/catalogue.ts'
import type { Translator } from '../languages/translate.ts'
import type { CheckRow } from '../saml/response/checks.ts'
import { NAME_ID_CODES } from './name-ids/judge.ts'

/** These refusals come after a verified signature of the IdP, so the page may name the reason. */
const ABOUT_THE_PERSON: ReadonlySet<ErrorCode> = new Set([
  'user_unknown',
  'user_suspended',
  'user_not_enabled',
  'admin_unknown',
])

const isNameIDCode = (code: ErrorCode) => (NAME_ID_CODES as readonly ErrorCode[]).includes(code)

/** English has the words that administrators read: testers often are administrators. */
const FOR_TESTERS = ['customer', 'sign_in'] as const

/** Of the statuses and numbers that a tester can do something about, or name to somebody. */
const KINDS: Readonly<Record<string, TestKind>> = {
  not_assigned: 'not_assigned',
  50105: 'not_assigned',
  UnknownPrincipal: 'unknown_account',
  50020: 'unknown_account',
  50034: 'unknown_account',
  90072: 'unknown_account',
  50053: 'locked_account',
  50057: 'disabled_account',
  7000112: 'disabled_account',
  50055: 'wrong_password',
  50126: 'wrong_password',
  50074: 'second_factor',
  50076: 'second_factor',
  50079: 'second_factor',
  53000: 'blocked_by_policy',
  53001: 'blocked_by_policy',
  53003: 'blocked_by_policy',
  65001: 'consent_missing',
  90094: 'consent_missing',
  open_too_long: 'open_too_long',
}

/** The remedy ends with the IdP’s own name of the status, which is in no language. */
function inWords(t: Translator, status: StatusWords): ErrorText {
  const { key } = status
  const words = t.test(Object.hasOwn(KINDS, key) ? KINDS[key]! : 'refused_by_idp')
  if (!words) return status
  const name = /^\d+$/.test(key) ? `AADSTS${key}` : /^[A-Z]/.test(key) ? key : undefined
  return name === undefined ? words : { ...words, remedy: `${words.remedy} (${name})` }
}

type TestResult = { passed: boolean; title: string; text: string }

/**
 * `code` is the attempt's. The page does not say which trust check failed: any sender of a message
 * can open it. It shows the IdP's own status, which the sender knows from the message.
 */
export function describeTest(
  t: Translator,
  code: ErrorCode | null,
  checks: readonly CheckRow[],
): TestResult {
  if (code === null)
    return { passed: true, title: t.text('testWorks'), text: t.text('testWorksText') }
  const status = code === 'status' ? explainStatus(checks) : null
  if (status) return failed(inWords(t, status))
  if (isNameIDCode(code)) return failed(t.test('name_id') ?? wordsFor({ code }, ...FOR_TESTERS))
  if (CATALOGUE[code].audience === 'everyone' || ABOUT_THE_PERSON.has(code))
    return failed(t.tag === 'en' ? wordsFor({ code }, ...FOR_TESTERS) : t.error(code))
  return { passed: false, title: t.refused().title, text: t.text('testRefused') }
}

const failed = ({ title, remedy }: ErrorText): TestResult => ({
  passed: false,
  title,
  text: remedy,
})
