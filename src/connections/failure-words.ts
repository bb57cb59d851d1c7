// The words for a failed check: its title, and the fix in the words of that IdP’s own screens.
// Pure. The validation room, the page of an attempt and the API use the same.
import type { Reader } from '../errors/entry.ts'
import { isErrorCode, titleOf } from '../error-words.ts'
import type { CheckRow } from '../saml/response/checks.ts'
import type { Preset } from './presets/preset.ts'
import { remedyFor } from './presets/presets.ts'
import { explainStatus, isOfPreset, type StatusWords } from './status-words.ts'

export type FailureWords = { title: string | null; remedy: string | null }

export type Explained = FailureWords & {
  /** What the IdP says with a status that is no success. */
  status: StatusWords | null
  /** Each with its own words where it failed: a test sign-in goes on after the first failure. */
  checks: (CheckRow & FailureWords)[]
}

/**
 * Title and remedies of an attempt and of each of its checks. Rows may be older than the catalogue:
 * then there are none.
 */
export function explainAttempt(
  { code, checks }: { code: string | null; checks: readonly CheckRow[] },
  preset: Preset,
  reader: Reader,
): Explained {
  const status = explainStatus(checks)
  const isGuest = checks.some(isGuestName)
  return {
    ...(isGuest && code === 'user_unknown' ? GUEST : wordsOf(code, preset, status, reader)),
    status,
    checks: checks.map((check) => ({
      ...check,
      ...(isGuestName(check)
        ? GUEST
        : wordsOf(check.ok && !check.isWarning ? null : check.code, preset, status, reader)),
    })),
  }
}

/** The warning of `judgeEmail`: the e-mail is one, and nobody’s. */
const isGuestName = ({ code, ok, isWarning }: CheckRow) => code === 'email' && ok && isWarning

const GUEST: FailureWords = {
  title: 'The e-mail is the user principal name of a guest',
  remedy:
    'Send the mail address of the user. In Microsoft Entra ID, choose user.mail as the source of ' +
    'the claim emailaddress under Attributes & Claims. If it is empty for a guest, fill in Email ' +
    'in the properties of that user.',
}

function wordsOf(
  code: string | null,
  preset: Preset,
  status: StatusWords | null,
  reader: Reader,
): FailureWords {
  if (code === null || !isErrorCode(code)) return { title: null, remedy: null }
  if (code !== 'status' || !status)
    return { title: titleOf(code, 'sign_in'), remedy: remedyFor(preset, code, reader) }
  // What the preset says of failures in general helps where the status itself did not name its
  // screens.
  const general = isOfPreset(status) ? undefined : preset.remedies.status
  return { title: status.title, remedy: general ? `${status.remedy} ${general}` : status.remedy }
}
