// Reads when a certificate is valid. Tools write times that RFC 5280 does not allow, such as a
// UTCTime without seconds: a pinned key needs no more of them than a date to show. Pure.
import { elementAt } from '../../der.ts'

const EXPLICIT_VERSION = 0xa0
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18

/** Milliseconds since 1970. Undefined: times that nobody can read. */
export function validityOf(der: Uint8Array): { notBefore: number; notAfter: number } | undefined {
  const inner = elementAt(der, elementAt(der, 0).content)
  const first = elementAt(der, inner.content)
  const serial = first.tag === EXPLICIT_VERSION ? elementAt(der, first.end) : first
  const issuer = elementAt(der, elementAt(der, serial.end).end)
  const { content } = elementAt(der, issuer.end)
  const [notBefore, notAfter] = [timeAt(der, content), timeAt(der, elementAt(der, content).end)]
  return notBefore === undefined || notAfter === undefined ? undefined : { notBefore, notAfter }
}

const TIME = new RegExp(
  String.raw`^(?<date>\d{8})(?<hour>\d\d)(?<minute>\d\d)?(?<second>\d\d)?` +
    String.raw`(?:[.,](?<fraction>\d{1,20}))?(?<zone>Z|[+-]\d{4})?$`,
)

/** X.680 §46 and §47. Of two digits, a year below 50 is after 2000 (RFC 5280 §4.1.2.5.1). */
function timeAt(der: Uint8Array, position: number): number | undefined {
  const { tag, content, end } = elementAt(der, position)
  if (tag !== UTC_TIME && tag !== GENERALIZED_TIME) return undefined
  const text = new TextDecoder().decode(der.subarray(content, Math.min(end, content + 40)))
  const century = tag === GENERALIZED_TIME ? '' : text < '50' ? '20' : '19'
  const parts = TIME.exec(century + text)?.groups
  if (!parts) return undefined
  const { date, hour, minute = '00', second = '00', fraction = '0', zone = 'Z' } = parts
  const day = date!.replace(/(....)(..)(..)/, '$1-$2-$3')
  const offset = zone.replace(/(..)$/, ':$1').replace(/^:?Z$/, 'Z')
  const millisecond = fraction.slice(0, 3).padEnd(3, '0')
  const time = Date.parse(`${day}T${hour}:${minute}:${second}.${millisecond}${offset}`)
  return Number.isNaN(time) ? undefined : time
}
