// Who comes twice in a file that is only tried out: an import remembers whom it has had, a trial
// leaves nothing behind. Pure.
import type { Problem } from '../../problem.ts'
import { emailKey } from '../email-key.ts'

/**
 * Asked for each row that is not refused, in order: why this one is, where an earlier one has the
 * login e-mail.
 */
export function openRepeats(): (row: unknown, at: number) => Problem | undefined {
  const seen = new Map<string, number>()
  return (row, at) => {
    const { email } = (row ?? {}) as { email?: unknown }
    const key = typeof email === 'string' ? emailKey(email) : undefined
    if (key === undefined) return undefined
    const first = seen.get(key)
    if (first === undefined) return void seen.set(key, at)
    return {
      code: 'row_repeated',
      field: 'email',
      expected: 'each user once',
      received: `the user of row ${first}`,
    }
  }
}
