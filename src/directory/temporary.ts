// What is granted to a person for a while has a reason and an end. Pure.
import { DAY } from '../durations.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'

const LONGEST = 366 * DAY

/** Returns the reason without white space around it. Refuses `input`, naming the field. */
export function checkTemporary(
  input: { reason: string; expiresAt: number },
  now: number,
): Result<{ reason: string; expiresAt: number }, Problem> {
  const reason = input.reason.trim()
  if (reason.length < 1 || reason.length > 500)
    return problem('input', '1 to 500 characters', reason.slice(0, 500), 'reason')
  const { expiresAt } = input
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= now)
    return problem('input', 'a time to come', `${expiresAt}`, 'expiresAt')
  if (expiresAt > now + LONGEST)
    return problem('input', 'a year at most', `${expiresAt}`, 'expiresAt')
  return ok({ reason, expiresAt })
}
