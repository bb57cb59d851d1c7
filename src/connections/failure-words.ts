// The words for a failed check: its title, and the fix in the words of that IdP’s own screens.
// Pure. The validation room, the page of an attempt and the API use the same.
import { CATALOGUE, type ErrorCode } from '../errors.ts'
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
): Explained {
  const status = explainStatus(checks)
  return {
    ...wordsOf(code, preset, status),
    status,
    checks: checks.map((check) => ({
      ...check,
      ...wordsOf(check.ok && !check.isWarning ? null : check.code, preset, status),
    })),
  }
}

function wordsOf(code: string | null, preset: Preset, status: StatusWords | null): FailureWords {
  if (code === null || !Object.hasOwn(CATALOGUE, code)) return { title: null, remedy: null }
  const known = code as ErrorCode
  if (known !== 'status' || !status)
    return { title: CATALOGUE[known].title, remedy: remedyFor(preset, known) }
  // What the preset says of failures in general helps where the status itself did not name its
  // screens.
  const general = isOfPreset(status) ? undefined : preset.remedies.status
  return { title: status.title, remedy: general ? `${status.remedy} ${general}` : status.remedy }
}
