// Filters of lists: what a list can be filtered by, and the values of the URL. A value that a
// filter does not know is refused by every list in the same way. Pure.
import { cut } from '../../cut.ts'
import { DAY } from '../../durations.ts'
import { isSid, type SidKind } from '../../ids.ts'
import { type Problem, problem } from '../../problem.ts'

export type ListFilter = { label: string; hint?: string } & (
  | { kind: 'search' }
  | { kind: 'choice'; any: string; options: Readonly<Record<string, string>> }
  /** A day in UTC; `isLast`: with that day. */
  | { kind: 'day'; isLast?: boolean }
  | { kind: 'sid'; of: SidKind }
)

/** By the names of the URL, which are those of the API. */
export type ListFilters = Readonly<Record<string, ListFilter>>

type UsedValue<F> = F extends { kind: 'choice'; options: Readonly<Record<infer Name, string>> }
  ? Name
  : F extends { kind: 'day' }
    ? number
    : string

export type FilterValues<F extends ListFilters> = { [Name in keyof F]?: UsedValue<F[Name]> }

export type ReadFilters<F extends ListFilters> = {
  filters: F
  /** As they stand in the URL. */
  entered: Readonly<Record<string, string>>
  values: FilterValues<F>
  /** The first value that was refused: the list shows nothing then. */
  problem: Problem | undefined
}

const MOST_CHARACTERS = 320

export function readFilters<const F extends ListFilters>(
  asked: URLSearchParams,
  filters: F,
): ReadFilters<F> {
  const entered: Record<string, string> = {}
  const values: Record<string, unknown> = {}
  let refused: Problem | undefined
  for (const [name, filter] of Object.entries<ListFilter>(filters)) {
    const text = (asked.get(name) ?? '').trim().slice(0, MOST_CHARACTERS)
    if (text === '') continue
    entered[name] = text
    const value = valueOf(filter, text)
    if (value !== undefined) values[name] = value
    else refused ??= problem('input', wordsOf(filter), cut(text, 100), name).error
  }
  return { filters, entered, values: values as FilterValues<F>, problem: refused }
}

/** Undefined: refused. */
function valueOf(filter: ListFilter, text: string): string | number | undefined {
  switch (filter.kind) {
    case 'search':
      return text
    case 'choice':
      return Object.hasOwn(filter.options, text) ? text : undefined
    case 'sid':
      return isSid(text, filter.of) ? text : undefined
    case 'day':
      return dayOf(text, filter.isLast === true)
  }
}

/** The start of the day; of a last day the start of the next. */
function dayOf(text: string, isLast: boolean): number | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  // A 31 February becomes another day.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) return undefined
  return isLast ? at + DAY : at
}

/** What the filter takes, after “Enter”. */
function wordsOf(filter: ListFilter): string {
  switch (filter.kind) {
    case 'choice':
      return choiceWords(Object.values(filter.options))
    case 'sid':
      return `a SID that starts with ${filter.of}`
    default:
      return 'a day such as 2026-10-01'
  }
}

/** More than these nobody reads in a message. */
const MOST_NAMED = 20

const choiceWords = (options: readonly string[]) =>
  options.length > MOST_NAMED ? 'an option of the list' : `one of: ${options.join(', ')}`
