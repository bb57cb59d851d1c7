// For tests that count by days of UTC: none of them begins on one day and ends on the next.
import { afterAll, beforeAll, vi } from 'vitest'

const DAY = 24 * 3600_000
/** Longer than such a file takes. */
const NEAR = 3 * 60_000

/** Shortly before midnight the clock stands shortly after it. At other times it goes as always. */
export function stayOnOneDay(): void {
  beforeAll(() => {
    const midnight = Math.ceil(Date.now() / DAY) * DAY
    if (midnight - Date.now() < NEAR) vi.setSystemTime(midnight + 1000)
  })
  afterAll(() => void vi.useRealTimers())
}
