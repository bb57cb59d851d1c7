// Dates in words, in UTC. Milliseconds since 1970.

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** "24 Nov 2026". */
export function dateInWords(at: number): string {
  const date = new Date(at)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

/** "24 Nov 2026, 09:05 UTC". `seconds`: "24 Nov 2026, 09:05:30 UTC", as in logs. */
export function instantInWords(at: number, { seconds = false } = {}): string {
  const time = new Date(at).toISOString().slice(11, seconds ? 19 : 16)
  return `${dateInWords(at)}, ${time} UTC`
}
