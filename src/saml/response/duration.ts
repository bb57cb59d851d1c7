// SAML's durations (xs:duration, XML Schema Part 2 §3.2.6), as seconds.

const DAYS = String.raw`(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})D)?`
const TIME = String.raw`(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,10})(?:\.\d{1,9})?S)?`
const DURATION = new RegExp(`^P${DAYS}(?:T${TIME})?$`)

/**
 * Seconds of a year, month, day, hour, minute and second. A year counts 365 days and a month 30,
 * which is precise enough for a cache.
 */
const SECONDS = [365 * 86_400, 30 * 86_400, 86_400, 3600, 60, 1]

/** Undefined for text that is not a duration, and for negative durations. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text)?.slice(1)
  if (!parts?.some((part) => part !== undefined) || text.endsWith('T')) return undefined
  return parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (SECONDS[index] ?? 0), 0)
}
