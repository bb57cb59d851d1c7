// Which address of the IdP a login e-mail probably means. Pure; the candidates come from the
// database.
import { editDistance } from '../../edit-distance.ts'
import { nameLocals, type Names } from './name-locals.ts'

/** How far apart two local parts may be to be suggested. */
const MAXIMUM_DISTANCE = 2

export type Match = {
  emailKey: string
  /** Why it is suggested. */
  because: 'plus_address' | 'other_domain' | 'swapped_names' | 'name' | 'similar'
}

export type Person = Names & { emailKey: string }

/** Local parts that may be the same person's, to look for. */
export function localsOf({ emailKey, ...names }: Person): string[] {
  const [local] = split(emailKey)
  const base = baseOf(local)
  const { both, one } = nameLocals(names, base)
  return [...new Set([base, local, swapNames(base) ?? base, ...both, ...one])]
}

/** The best of the candidates, or undefined where none is near. Addresses are keys: lower case. */
export function nearestMatch(person: Person, candidates: readonly string[]): Match | undefined {
  const [local, domain] = split(person.emailKey)
  const base = baseOf(local)
  const { both, one } = nameLocals(person, base)
  let best: Match | undefined
  let bestRank = Infinity
  for (const candidate of candidates) {
    const [otherLocal, otherDomain] = split(candidate)
    const foreign = otherDomain === domain ? 0 : 1
    const offer = (because: Match['because'], rank: number) => {
      if (rank >= bestRank) return
      best = { emailKey: candidate, because }
      bestRank = rank
    }
    if (base !== local && otherLocal === base) offer('plus_address', foreign)
    if (otherLocal === local && foreign) offer('other_domain', 2)
    if (swapNames(base) === otherLocal) offer('swapped_names', 3 + foreign)
    if (both.includes(otherLocal)) offer('name', 5 + foreign)
    const distance = editDistance(base, otherLocal, MAXIMUM_DISTANCE)
    // Short names are near to everybody.
    if (distance !== undefined && base.length > 2 * distance)
      offer('similar', 7 + 2 * distance + foreign)
    // Many people have the same first name: the last resort.
    if (one.includes(otherLocal)) offer('name', 14 + foreign)
  }
  return best
}

function baseOf(local: string): string {
  return local.split('+', 1)[0]!
}

/** The same two names in the other order: `anna.berg` and `berg.anna`. */
function swapNames(local: string): string | undefined {
  const [, first, mark, last] = /^([^._-]+)([._-])([^._-]+)$/.exec(local) ?? []
  return first && mark && last ? `${last}${mark}${first}` : undefined
}

function split(emailKey: string): [local: string, domain: string] {
  const at = emailKey.lastIndexOf('@')
  return [emailKey.slice(0, at), emailKey.slice(at + 1)]
}
