// A clock for calls of D1 and KV: its time passes at once, and only where nothing else goes on.
import type { Timing } from '../../src/platform/storage/carry-out.ts'

export function stubTiming(random = 0.5): Timing & { passed: number[] } {
  let now = 0
  const passed: number[] = []
  return {
    passed,
    now: () => now,
    after(milliseconds, done) {
      const due = now + milliseconds
      let isOff = false
      const timer = setTimeout(() => {
        if (isOff) return
        passed.push(due - now)
        now = due
        done()
      })
      return () => {
        isOff = true
        clearTimeout(timer)
      }
    },
    random: () => random,
  }
}
