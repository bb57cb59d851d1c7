// A test sign-in: where it begins, and what it came to in words for the person who tried. Pure.
import { explainStatus } from '../connections/status-words.ts'
import { CATALOGUE, LOGIN_REFUSED, type ErrorCode } from '../errors.ts'
import type { CheckRow } from '../saml/response/checks.ts'

/** A login whose RelayState says that nobody shall be signed in. A link: both doors offer it. */
export function testPath(connectionSid: string): string {
  return `/sso/${connectionSid}?test`
}

/** Refusals that come only after a pinned key has vouched for the person: they are told why. */
const ABOUT_THE_PERSON: ReadonlySet<ErrorCode> = new Set([
  'user_unknown',
  'user_suspended',
  'user_not_enabled',
  'name_id_changed',
])

/**
 * `code` is the attempt's. Which trust check failed is not told here either: the page is anybody's
 * who posts a message. The IdP's own status is, because the message said it itself.
 */
export function describeTest(
  code: ErrorCode | null,
  checks: readonly CheckRow[],
): { passed: boolean; title: string; text: string } {
  if (code === null)
    return {
      passed: true,
      title: 'Single sign-on works',
      text: 'Your company’s sign-in page has answered, and every check has passed.',
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
          'Your administrator finds the check that failed, and how to mend it, under the ' +
          'reference below.',
      }
}
