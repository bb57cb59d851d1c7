// Distances in time as a reader would say them.
import { expect, it } from 'vitest'
import { Instant } from '../../../src/console/kit/values.tsx'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 10, 30, 9)

const said = (distance: number) => {
  const text = String(Instant({ at: NOW + distance, now: NOW, show: 'relative' }))
  return /(?:in (?:a moment|\d+ \w+)|just now|\d+ \w+ ago)/.exec(text)?.[0]
}

it.each([
  [7 * DAY - 4000, 'in 7 days'],
  [7 * DAY - HOUR, 'in 7 days'],
  [7 * DAY - 2 * HOUR, 'in 6 days'],
  [DAY - MINUTE, 'in 24 hours'],
  [2 * DAY - 4000, 'in 2 days'],
  [10 * MINUTE - 2000, 'in 10 minutes'],
  [30_000, 'in a moment'],
  [-30_000, 'just now'],
  [-3 * HOUR, '3 hours ago'],
  [800 * DAY, 'in 2 years'],
  [-700 * DAY, '23 months ago'],
])('%d ms are said as “%s”', (distance, words) => {
  expect(said(distance)).toBe(words)
})
