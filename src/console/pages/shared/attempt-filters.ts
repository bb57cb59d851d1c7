// Filters of the logins of a connection.
import type { AttemptQuery } from '../../../login/operations.ts'
import type { FilterValues } from '../../kit/filters.ts'

export const ATTEMPT_FILTERS = {
  user: { kind: 'search', label: 'Person', hint: 'Whole login e-mail, or SID' },
  outcome: {
    kind: 'choice',
    label: 'Result',
    any: 'Any',
    options: { accepted: 'Signed in', refused: 'Refused' },
  },
  code: { kind: 'search', label: 'Code', hint: 'Such as user_unknown' },
  since: { kind: 'day', label: 'From' },
  until: { kind: 'day', label: 'To', isLast: true },
  reference: { kind: 'sid', of: 'AT', label: 'Reference' },
} as const

export function attemptQueryOf(values: FilterValues<typeof ATTEMPT_FILTERS>): AttemptQuery {
  const { user, outcome, code, since, until, reference } = values
  return { user, outcome, code, since, before: until, sid: reference }
}
