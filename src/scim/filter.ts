// Parses filters and PATCH paths (RFC 7644 §3.4.2.2, §3.5.2), and tells by which keys a filter can
// find rows. Pure.
import { bad } from './refusal.ts'

/** RFC 7643 §4.1. */
export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PREFIX = `${USER_SCHEMA.toLowerCase()}:`

/** The name of a user’s attribute in lower case, without its schema. */
export function nameOf(name: string): string {
  return name.trim().toLowerCase().replace(PREFIX, '')
}

const MAX_LENGTH = 1000
const MAX_DEPTH = 20
const MAX_KEYS = 20

type FilterOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'pr' | 'gt' | 'ge' | 'lt' | 'le'
type FilterValue = string | number | boolean | null

/** Attribute names are in lower case: they are compared so (RFC 7643 §2.1). */
export type Filter =
  | { kind: 'and' | 'or'; left: Filter; right: Filter }
  | { kind: 'not'; of: Filter }
  | { kind: 'compare'; path: string[]; operator: FilterOperator; value: FilterValue }
  /** `emails[…]`: one value of the attribute meets it. */
  | { kind: 'some'; path: string[]; of: Filter }

export type Path = { attribute: string; filter: Filter | undefined; sub: string | undefined }

/** A key that finds rows. */
export type Key = { by: 'id' | 'userName' | 'externalId' | 'email'; value: string }

/** Refuses `invalidFilter`. */
export function parseFilter(text: string): Filter {
  const tokens = new Tokens(text, 'invalidFilter')
  const filter = readOr(tokens, 0)
  tokens.end()
  return filter
}

/** Refuses `invalidPath`. */
export function parsePath(text: string): Path {
  const tokens = new Tokens(text, 'invalidPath')
  const [attribute = '', sub, ...rest] = readName(tokens)
  if (rest.length > 0) throw tokens.wrong()
  if (!tokens.takes('[')) {
    tokens.end()
    return { attribute, filter: undefined, sub }
  }
  if (sub !== undefined) throw tokens.wrong()
  const filter = readOr(tokens, 0)
  tokens.expect(']')
  const after = readAfter(tokens)
  tokens.end()
  return { attribute, filter, sub: after }
}

/**
 * The keys that find every match of the filter. Undefined: only reading all users could find them.
 */
export function keysOf(filter: Filter, prefix: readonly string[] = []): Key[] | undefined {
  switch (filter.kind) {
    case 'and':
      return keysOf(filter.left, prefix) ?? keysOf(filter.right, prefix)
    case 'or': {
      const [left, right] = [keysOf(filter.left, prefix), keysOf(filter.right, prefix)]
      return left && right && left.length + right.length <= MAX_KEYS
        ? [...left, ...right]
        : undefined
    }
    case 'some':
      return keysOf(filter.of, filter.path)
    case 'compare': {
      const by = KEYS[[...prefix, ...filter.path].join('.')]
      const { operator, value } = filter
      return by && operator === 'eq' && typeof value === 'string' ? [{ by, value }] : undefined
    }
    default:
      return undefined
  }
}

const KEYS: Readonly<Record<string, Key['by'] | undefined>> = {
  id: 'id',
  username: 'userName',
  externalid: 'externalId',
  emails: 'email',
  'emails.value': 'email',
}

/** Compared case-sensitively; all other attributes without regard to case (RFC 7643 §4.1.1). */
const EXACT = new Set(['id', 'externalid'])

export function matches(resource: unknown, filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return matches(resource, filter.left) && matches(resource, filter.right)
    case 'or':
      return matches(resource, filter.left) || matches(resource, filter.right)
    case 'not':
      return !matches(resource, filter.of)
    case 'some':
      return valuesAt(resource, filter.path).some((one) => matches(one, filter.of))
    default: {
      const { path, operator, value } = filter
      const isExact = EXACT.has(path.join('.'))
      const values = valuesAt(resource, path).map(plain)
      // An absent attribute differs from every value.
      if (operator === 'ne') return !values.some((one) => compare(one, 'eq', value, isExact))
      return values.some((one) => compare(one, operator, value, isExact))
    }
  }
}

/** The sub-attribute by which a complex value is compared. */
function plain(value: unknown): unknown {
  return isObject(value) ? get(value, 'value') : value
}

function compare(
  one: unknown,
  operator: FilterOperator,
  value: FilterValue,
  isExact: boolean,
): boolean {
  if (operator === 'pr') return one !== undefined && one !== null && one !== ''
  // Entra ID writes `"True"`.
  if (typeof one !== 'string' || typeof value !== 'string')
    return operator === 'eq' && String(one ?? null).toLowerCase() === String(value).toLowerCase()
  const [left, right] = isExact ? [one, value] : [one.toLowerCase(), value.toLowerCase()]
  return COMPARISONS[operator](left, right)
}

const COMPARISONS: Readonly<Record<FilterOperator, (left: string, right: string) => boolean>> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  co: (left, right) => left.includes(right),
  sw: (left, right) => left.startsWith(right),
  ew: (left, right) => left.endsWith(right),
  pr: (left) => left !== '',
  gt: (left, right) => left > right,
  ge: (left, right) => left >= right,
  lt: (left, right) => left < right,
  le: (left, right) => left <= right,
}

function valuesAt(resource: unknown, path: readonly string[]): unknown[] {
  return path.reduce<unknown[]>(
    (found, name) =>
      found.flatMap((one) => {
        const value = isObject(one) ? get(one, name) : undefined
        return value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]
      }),
    [resource],
  )
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Finds a field. The case of its name does not matter. */
export function get(object: Record<string, unknown>, lowerCaseName: string): unknown {
  const name = Object.keys(object).find((one) => one.toLowerCase() === lowerCaseName)
  return name === undefined ? undefined : object[name]
}

// Reading.

/**
 * A quote without an end reaches to the end of the text, where JSON refuses it. As a token of its
 * own it would make each quote behind it look for its end again.
 */
const TOKEN = /"(?:[^"\\]|\\[^]?)*(?:"|$)|[()[\]]|[^\s()[\]"]+/g

class Tokens {
  readonly #tokens: readonly string[]
  readonly #problem: 'invalidFilter' | 'invalidPath'
  #at = 0

  constructor(text: string, problem: 'invalidFilter' | 'invalidPath') {
    this.#problem = problem
    this.#tokens = text.length > MAX_LENGTH ? [] : (text.match(TOKEN) ?? [])
    if (this.#tokens.length === 0) throw this.wrong()
  }

  wrong(): Error {
    const rest = this.#problem === 'invalidPath' ? '' : ' eq "ann@example.com"'
    return bad(
      this.#problem,
      `Write it like emails[type eq "work"].value${rest}, in at most ${MAX_LENGTH} characters.`,
    )
  }

  peek(): string | undefined {
    return this.#tokens[this.#at]
  }

  next(): string {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw this.wrong()
    return token
  }

  /** Reads the word if it comes next, in any case. */
  takes(word: string): boolean {
    const isNext = this.peek()?.toLowerCase() === word
    if (isNext) this.#at++
    return isNext
  }

  expect(word: string): void {
    if (!this.takes(word)) throw this.wrong()
  }

  end(): void {
    if (this.peek() !== undefined) throw this.wrong()
  }
}

function readOr(tokens: Tokens, depth: number): Filter {
  let left = readAnd(tokens, depth)
  while (tokens.takes('or')) left = { kind: 'or', left, right: readAnd(tokens, depth) }
  return left
}

function readAnd(tokens: Tokens, depth: number): Filter {
  let left = readTerm(tokens, depth)
  while (tokens.takes('and')) left = { kind: 'and', left, right: readTerm(tokens, depth) }
  return left
}

function readTerm(tokens: Tokens, depth: number): Filter {
  if (depth > MAX_DEPTH) throw tokens.wrong()
  const isNot = tokens.takes('not')
  if (isNot || tokens.peek() === '(') {
    tokens.expect('(')
    const of = readOr(tokens, depth + 1)
    tokens.expect(')')
    return isNot ? { kind: 'not', of } : of
  }
  const path = readName(tokens)
  if (!tokens.takes('[')) return readComparison(tokens, path)
  let of = readOr(tokens, depth + 1)
  tokens.expect(']')
  // `emails[type eq "work"].value eq "…"` is not in the grammar, but Entra ID sends it.
  const sub = readAfter(tokens)
  if (sub !== undefined) of = { kind: 'and', left: of, right: readComparison(tokens, [sub]) }
  return { kind: 'some', path, of }
}

function readComparison(tokens: Tokens, path: string[]): Filter {
  const operator = tokens.next().toLowerCase() as FilterOperator
  if (!Object.hasOwn(COMPARISONS, operator)) throw tokens.wrong()
  if (operator === 'pr') return { kind: 'compare', path, operator, value: null }
  const text = tokens.next()
  // JSON's own words in any case: Entra ID writes True and False.
  const json = text.startsWith('"') ? text : text.toLowerCase()
  if (!/^(?:"|-?\d|true$|false$|null$)/.test(json)) throw tokens.wrong()
  try {
    return { kind: 'compare', path, operator, value: JSON.parse(json) as FilterValue }
  } catch {
    throw tokens.wrong()
  }
}

/**
 * The parts of an attribute’s name. A name of another schema is one part, which matches nothing.
 */
function readName(tokens: Tokens): string[] {
  const local = nameOf(tokens.next())
  if (/^urn:[\w.:-]+$/.test(local)) return [local]
  if (!/^[a-z$][\w$-]*(?:\.[a-z$][\w$-]*)?$/.test(local)) throw tokens.wrong()
  return local.split('.')
}

/** The sub-attribute after a bracket: `.value`. */
function readAfter(tokens: Tokens): string | undefined {
  if (!tokens.peek()?.startsWith('.')) return undefined
  const sub = tokens.next().slice(1).toLowerCase()
  if (!/^[a-z$][\w$-]*$/.test(sub)) throw tokens.wrong()
  return sub
}
