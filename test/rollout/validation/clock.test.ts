// The measured clock of an IdP: a median over what it has signed, and when to say something.
import { describe, expect, it } from 'vitest'
import { measureClock } from '../../../src/rollout/validation/clock.ts'

type Sample = Parameters<typeof measureClock>[0][number]

function signed(seconds: number | null, changes: Partial<Sample> = {}): Sample {
  return {
    ring: null,
    code: null,
    clockOffset: seconds === null ? null : seconds * 1000,
    ...changes,
  }
}

describe('the median', () => {
  it.each([
    [[], null],
    [[2], 2],
    [[9, 1, 2], 2],
    [[1, 2, 3, 100], 2.5],
    [[-4, -2], -3],
  ] as const)('of %j is %s', (seconds, median) => {
    const offset = measureClock(
      seconds.map((second) => signed(second)),
      60,
    )
    expect(offset.median).toBe(median === null ? null : median * 1000)
    expect(offset.samples).toBe(seconds.length)
  })

  it('takes no message that no pinned key had signed, and none that was brought again', () => {
    const offset = measureClock(
      [
        signed(1),
        signed(3000, { ring: 'unproven', code: 'signature_invalid' }),
        signed(-3000, { ring: 'refused', code: 'replayed' }),
        signed(-3000, { ring: 'refused', code: 'relay_state_unknown' }),
        signed(3, { ring: 'refused', code: 'audience' }),
        signed(null),
      ],
      60,
    )
    expect(offset).toMatchObject({ median: 2000, samples: 2 })
  })
})

describe('a warning', () => {
  it.each([
    [30, 60, 'good', null],
    [
      31,
      60,
      'drifting',
      '31 seconds ahead of ours. The connection allows 60 seconds. Logins still work',
    ],
    [-31, 60, 'drifting', '31 seconds behind ours'],
    [60, 60, 'drifting', 'allows 60 seconds'],
    [61, 60, 'beyond_skew', 'Logins fail'],
    [20, 10, 'beyond_skew', 'allows 10 seconds'],
    [-400, 300, 'beyond_skew', '400 seconds behind'],
  ] as const)('of %s s where %s s are forgiven: %s', (seconds, skew, level, words) => {
    const offset = measureClock([signed(seconds)], skew)
    expect(offset.level).toBe(level)
    if (words === null) expect(offset.advice).toBeNull()
    else expect(offset.advice).toContain(words)
  })

  it('needs something measured', () => {
    expect(measureClock([], 60)).toMatchObject({ level: 'unknown', advice: null })
  })
})
