// The result of a test sign-in in words for the tester. Pure.
import { explainStatus } from '../connections/status-words.ts'
import { CATALOGUE, LOGIN_REFUSED, type ErrorCode } from '../errors.ts'
import type { CheckRow } from '../saml/response/checks.ts'
import { NAME_ID_CODES } from './name-ids/judge.ts'

/** These refusals come after a verified signature of the IdP, so the page may name the reason. */
const ABOUT_THE_PERSON: ReadonlySet<ErrorCode> = new Set([
  'user_unknown',
  'user_suspended',
  'user_not_enabled',
  ...NAME_ID_CODES,
])

/**
 * `code` is the attempt's. The page does not say which trust check failed: any sender of a message
 * can open it. It shows the IdP's own status, which the sender knows from the message.
 */
export function describeTest(
  code: ErrorCode | null,
  checks: readonly CheckRow[],
): { passed: boolean; title: string; text: string } {
  if (code === null)
    return {
      passed: true,
      title: 'Single sign-on works',
      text: 'Your company’s sign-in page answered, and every check passed.',
    }
  const status = code === 'status' ? explainStatus(checks) : null
  if (status) return { passed: false, title: status.title, text: status.remedy }
  const { audience, title, remedy } = CATALOGUE[code]
  return audience === 'everyone' || ABOUT_THE_PERSON.has(code)
    ? { passed: false, title, text: remedy }
    : {
        passed: false,
        title: LOGIN_REFUSED.title,
        text:
          'Send the reference below to your administrator, who can look up the failed check and ' +
          'its remedy.',
      }
}
