// PATCH (RFC 7644 §3.5.2) as IdPs send it: operations in any case, whole users as values, paths
// with filters. It ignores attributes that we do not store, since IdPs send all that are mapped.
// Pure.
import { get, isObject, matches, parsePath, type Filter, type Path } from './filter.ts'
import { isPrimary, readEmails, unreadable, type Draft } from './resource.ts'
import { bad, type ScimRefusal } from './refusal.ts'

const MAX_OPERATIONS = 100
/** Each change copies what it changes. A whole user has a few dozen attributes. */
const MAX_CHANGES = 500

type Element = Record<string, unknown>

const SIMPLE = {
  username: 'userName',
  externalid: 'externalId',
  displayname: 'displayName',
  active: 'active',
} as const

/**
 * Changes the draft. Refuses `invalidSyntax`, `invalidPath`, `noTarget`, `mutability` and
 * `invalidValue`.
 */
export function applyPatch(draft: Draft, body: Record<string, unknown>): void {
  const operations = get(body, 'operations')
  if (!Array.isArray(operations) || operations.length > MAX_OPERATIONS) throw malformed()
  let changes = 0
  for (const operation of operations as unknown[]) {
    if (!isObject(operation)) throw malformed()
    const op = String(get(operation, 'op')).toLowerCase()
    const path = get(operation, 'path') ?? undefined
    const value = get(operation, 'value')
    if (op !== 'add' && op !== 'replace' && op !== 'remove') throw malformed()
    if (op !== 'remove' && value === undefined) throw malformed()
    if (path !== undefined) {
      const target = parsePath(String(path))
      if (target.attribute === 'id' || target.attribute === 'meta')
        throw bad('mutability', `${target.attribute} is read-only.`)
      applyAt(draft, op, target, value)
    } else {
      if (op === 'remove') throw bad('noTarget', 'remove needs a path.')
      const fields = only(value)
      if (!isObject(fields)) throw malformed()
      changes += Object.keys(fields).length
      if (changes > MAX_CHANGES)
        throw bad('invalidSyntax', `Send at most ${MAX_CHANGES} attributes.`)
      // Keys may be paths: Entra ID writes `name.givenName` so.
      for (const [name, one] of Object.entries(fields)) applyAt(draft, op, parsePath(name), one)
    }
  }
}

function malformed(): ScimRefusal {
  return bad(
    'invalidSyntax',
    `Send at most ${MAX_OPERATIONS} Operations, each with op (add, replace, remove), ` +
      'path and value (RFC 7644 §3.5.2).',
  )
}

/** The element of a list of one. */
function only(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value
}

/** One value. Some IdPs write it `[{ "$ref": null, "value": "Ann" }]`. */
function single(value: unknown): unknown {
  const one = only(value)
  return one !== value && isObject(one) ? get(one, 'value') : value
}

type Op = 'add' | 'replace' | 'remove'

function applyAt(draft: Draft, op: Op, path: Path, value: unknown): void {
  const { attribute, filter, sub } = path
  if (attribute === 'emails') return applyToEmails(draft, op, filter, sub, value)
  const name = Object.hasOwn(SIMPLE, attribute) && SIMPLE[attribute as keyof typeof SIMPLE]
  if (!name && attribute !== 'name') return
  if (filter) throw bad('invalidPath', `${attribute} is not a list, so its path has no filter.`)
  if (!name) return applyToName(draft, op, sub, value)
  if (sub !== undefined) throw bad('invalidPath', `${name} has no ${sub}.`)
  if (op === 'remove' && name === 'userName')
    throw bad('mutability', 'userName is required. Replace it instead of removing it.')
  draft[name] = op === 'remove' ? null : single(value)
}

function applyToName(draft: Draft, op: Op, sub: string | undefined, value: unknown): void {
  const name = isObject(draft.name) ? draft.name : {}
  if (sub !== undefined)
    draft.name = { ...without(name, sub), [sub]: op === 'remove' ? null : single(value) }
  else if (op === 'remove') draft.name = { givenName: null, familyName: null }
  else if (!isObject(value)) throw bad('invalidValue', 'name must be an object.')
  else draft.name = merge(name, value)
}

/**
 * A draft may have any number of addresses. resource.ts chooses the one that we store after all
 * operations.
 */
function applyToEmails(
  draft: Draft,
  op: Op,
  filter: Filter | undefined,
  sub: string | undefined,
  value: unknown,
): void {
  const emails = readEmails(draft.emails)
  if (!filter && sub === undefined) {
    const given = op === 'remove' ? [] : readEmails(value)
    // Only one address is primary: the last that became so.
    const before = given.some(isPrimary)
      ? emails.map((email) => ({ ...without(email, 'primary'), primary: false }))
      : emails
    draft.emails = op === 'add' ? [...before, ...given] : given
    return
  }
  const isMeant = (email: Element) => !filter || matches(email, filter)
  if (op === 'remove') {
    draft.emails = emails.flatMap((email) =>
      !isMeant(email) ? [email] : sub === undefined || sub === 'value' ? [] : [without(email, sub)],
    )
    return
  }
  const given = sub === undefined ? only(value) : single(value)
  if (sub === undefined && !isObject(given)) throw unreadable('e-mail', value)
  const change = (email: Element): Element =>
    sub === undefined ? merge(email, given as Element) : { ...without(email, sub), [sub]: given }
  if (emails.some(isMeant))
    draft.emails = emails.map((email) => (isMeant(email) ? change(email) : email))
  else {
    const begun = filter && begin(filter)
    if (!begun) throw bad('noTarget', 'The path matches no e-mail of this user.')
    draft.emails = [...emails, change(begun)]
  }
}

/** The address for `emails[type eq "work"]` where the user has none: Entra ID adds one this way. */
function begin(filter: Filter): Element | undefined {
  if (filter.kind !== 'compare' || filter.operator !== 'eq') return undefined
  const name = filter.path.join('.')
  return name === 'type' || name === 'primary' ? { [name]: filter.value } : undefined
}

/** Both together; where a name is in both, in any case, the second counts. */
function merge(first: Element, second: Element): Element {
  const fields = new Map<string, [string, unknown]>()
  for (const field of [...Object.entries(first), ...Object.entries(second)])
    fields.set(field[0].toLowerCase(), field)
  return Object.fromEntries(fields.values())
}

/** A copy without a field. The case of the name does not matter. */
function without(object: Element, lowerCaseName: string): Element {
  return Object.fromEntries(
    Object.entries(object).filter(([name]) => name.toLowerCase() !== lowerCaseName),
  )
}
