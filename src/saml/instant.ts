// SAML's instants (SAML Core §1.3.3: xs:dateTime in UTC), to and from milliseconds since 1970.

import { MINUTE } from '../durations.ts'

const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,40}))?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/** Undefined for another format, a missing time zone, or a day that does not exist. */
export function parseInstant(text: string): number | undefined {
  const match = DATE_TIME.exec(text)
  if (!match) return undefined
  const year = Number(match[1])
  const month = Number(match[2])
  const day = Number(match[3])
  const hour = Number(match[4])
  const minute = Number(match[5])
  const second = Number(match[6])
  const milliseconds = match[7] ? Math.trunc(Number(`0.${match[7]}`) * 1000) : 0
  if (hour > 24 || minute > 59 || second > 59) return undefined
  // 24:00:00 is the end of the day (XML Schema Part 2 §3.2.7).
  if (hour === 24 && minute + second + milliseconds > 0) return undefined
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds)
  const zone = match[8]!
  if (zone === 'Z') return utc
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return utc - (zone.startsWith('-') ? -offset : offset) * MINUTE
}

/** Milliseconds since 1970 as `2026-01-31T12:00:00Z`. */
export function formatInstant(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, -'.000Z'.length)}Z`
}
