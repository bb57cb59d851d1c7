// Reads a selection from its form: domains, accounts and people, pasted or by file.
import { isAddress, isFilled } from '../../../platform/csv/csv-layout.ts'
import { createCsvReader } from '../../../platform/csv/read-csv.ts'
import { type Problem, problem } from '../../../problem.ts'
import { ok, type Result } from '../../../result.ts'
import {
  editSelectors,
  NAMES_AT_ONCE,
  selectUsers,
  type SelectorProblem,
} from '../../../rollout/operations.ts'
import type { Form } from '../../kit/form.ts'
import type { Chosen } from './choose-form.tsx'
import type { RolloutContext } from './rollout-context.ts'

/** Names per form: an invocation may run only so many statements. */
const MOST_NAMES = 10_000

/** Room for ten thousand external IDs, in a file and pasted. */
export const CHOICE_BYTES = 2 * 1024 * 1024

/** Headers that name the column, without case and punctuation, best first. */
const HEADERS = ['usersid', 'sid', 'user', 'externalid', 'id', 'loginemail', 'email', 'mail']

/** Separated by lines, commas or semicolons: most external IDs and all other names contain none. */
function splitNames(text: string): string[] {
  return text
    .split(/[\r\n,;]+/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/**
 * The names in a file: from the column with a known header, else the first one with addresses, else
 * the first. Refuses as `createCsvReader` does.
 */
function readNames(bytes: Uint8Array): Result<string[], Problem> {
  const reader = createCsvReader()
  const read = reader.push(bytes, true)
  if (!read.ok) return read
  const rows = read.value.map(({ cells }) => cells)
  const header = reader.header()
  const headers = (header ?? []).map((cell) => cell.toLowerCase().replace(/[^a-z]/g, ''))
  const named = HEADERS.map((name) => headers.indexOf(name)).find((index) => index >= 0)
  const column = named ?? rows[0]?.findIndex(isAddress) ?? -1
  // A file without a header, with one name a line: the first of them looks like a header.
  const lines = column >= 0 || !header ? rows : [header, ...rows]
  return ok(lines.map((row) => (row[Math.max(column, 0)] ?? '').trim()).filter(isFilled))
}

/** Saves a selection; `problems` lists entries that were not added. Fails as the operations do. */
export async function choose(at: RolloutContext, form: Form): Promise<Result<Chosen, Problem>> {
  const { page, rollout } = at
  const entered = enteredIn(form)
  const file = form.file('file')
  const names = splitNames(entered.users)
  const read = file ? readNames(file) : ok([])
  if (!read.ok) return read
  names.push(...read.value)
  if (names.length > MOST_NAMES)
    return problem('input', `at most ${MOST_NAMES} at once`, `${names.length}`, 'file')
  const edited = await editSelectors(page.context, rollout.sid, {
    name: entered.name,
    everybody: entered.everybody !== '',
    ...(rollout.fromConnectionSid !== null && { fromConnection: entered.fromConnection !== '' }),
    domains: splitNames(entered.domains),
    accounts: splitNames(entered.accounts),
  })
  if (!edited.ok) return edited
  const problems: SelectorProblem[] = [...edited.value.problems]
  const unique = new Set<string>()
  const wanted = names.filter((name) => {
    if (!unique.has(name)) return unique.add(name)
    problems.push({ kind: 'user', value: name.slice(0, 200), code: 'duplicate' })
    return false
  })
  let taken = 0
  for (let from = 0; from < wanted.length; from += NAMES_AT_ONCE) {
    const part = wanted.slice(from, from + NAMES_AT_ONCE)
    const selected = await selectUsers(page.context, rollout.sid, part)
    if (!selected.ok) return selected
    taken += selected.value.taken
    problems.push(...selected.value.problems)
  }
  // The field keeps only the entries to correct.
  const left = problems.filter(({ kind, code }) => kind === 'user' && code !== 'suspended')
  const again = [...new Set(left.map(({ value }) => value))].slice(0, 1000).join('\n')
  return ok({ entered: { ...entered, users: again }, problems, taken })
}

/** What the form says, also where nothing is saved. */
export function enteredIn(form: Form): Chosen['entered'] {
  return {
    name: form.text('name'),
    everybody: form.text('everybody'),
    fromConnection: form.text('fromConnection'),
    domains: form.text('domains'),
    accounts: form.text('accounts'),
    users: form.text('users'),
  }
}
