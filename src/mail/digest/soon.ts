// What the weekly digest says expires or is due within 30 days. Pure.
import { dayOf, timeOf } from '../templates/template.ts'
import type { DueRow } from './store/due.ts'

/** Lines of one digest. The pages have the rest. */
const MOST_LINES = 20

/** One line each, the earliest first. Operators read whose it is. */
export function linesOf(
  due: readonly DueRow[],
  { product, isForOperators }: { product: string; isForOperators: boolean },
): string[] {
  const sorted = due.toSorted((one, other) => one.at - other.at)
  const lines = sorted.slice(0, MOST_LINES).map((row) => {
    const whose = isForOperators && row.tenant !== null ? ` (${row.tenant})` : ''
    return wordsOf(row, product, whose)
  })
  const left = sorted.length - lines.length
  return left === 0 ? lines : [...lines, `${left} more. The pages have them all.`]
}

function wordsOf({ kind, name, at }: DueRow, product: string, whose: string): string {
  switch (kind) {
    case 'certificate':
      return `${name}${whose}: a certificate of the IdP expires on ${dayOf(at)}`
    case 'own_certificate':
      return `${product}: our certificate expires on ${dayOf(at)}`
    case 'scim_token':
      return `SCIM token “${name}”${whose} expires on ${dayOf(at)}`
    case 'api_key':
      return `API key “${name}”${whose} expires on ${dayOf(at)}`
    case 'client_secret':
      return `App “${name}”: the previous secret works until ${timeOf(at)}`
    case 'webhook_secret':
      return `Webhook “${name}”${whose}: the previous secret signs until ${timeOf(at)}`
    case 'domain_record':
      return `${name}${whose}: the record of the domain is missing since ${dayOf(at)}`
    case 'enforcement':
      return `Rollout “${name}”${whose}: single sign-on is enforced on ${timeOf(at)}`
  }
}
