// An e-mail domain as somebody enters it, to the one form in which domains are compared: lower
// case, ASCII. Pure.
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import { isSharedDomain } from './shared-domains.ts'

/**
 * The name of the TXT record is that of the domain behind this label; together they must be a name.
 */
export const CHALLENGE = '_gatepost-challenge'
const MAX_LENGTH = 253 - CHALLENGE.length - 1

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Refuses `input` and `domain_shared`. An internationalized name is taken in its ASCII form alone:
 * one that looks like another is told so instead of being converted.
 */
export function readDomain(value: unknown): Result<string, Problem> {
  const text = typeof value === 'string' ? value.trim().replace(/\.$/, '').toLowerCase() : ''
  if (/[^\x21-\x7e]/.test(text)) {
    const ascii = asHost(text)
    const expected = ascii
      ? `its ASCII form, which is ${ascii}`
      : 'a domain like example.com, in ASCII letters'
    return problem('input', expected, cut(text, 253), 'domain')
  }
  const labels = text.split('.')
  const isName =
    text.length <= MAX_LENGTH &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1)!) &&
    // Also what the labels say in Punycode has to be a name.
    asHost(text) === text
  if (!isName) return problem('input', 'a domain like example.com', cut(text, 253), 'domain')
  if (isSharedDomain(text))
    return problem('domain_shared', 'a domain of one company', text, 'domain')
  return ok(text)
}

function asHost(text: string): string | undefined {
  const url = `https://${text}/`
  return URL.canParse(url) ? new URL(url).hostname : undefined
}
