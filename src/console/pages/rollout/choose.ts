// Reads a selection from its form: domains, accounts and people, pasted or by file.
import Papa from 'papaparse'
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

/** The names in a file: from the column with a known header, else the first. */
function readNames(text: string): string[] {
  const { data } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { skipEmptyLines: 'greedy' })
  const [head = [], ...rows] = data
  const names = head.map((cell) => cell.toLowerCase().replace(/[^a-z]/g, ''))
  const named = HEADERS.map((header) => names.indexOf(header)).find((index) => index >= 0)
  const lines = named === undefined ? data : rows
  return lines.map((row) => (row[named ?? 0] ?? '').trim()).filter((name) => name !== '')
}

/** Saves a selection; `problems` lists entries that were not added. Fails as the operations do. */
export async function choose(at: RolloutContext, form: Form): Promise<Result<Chosen, Problem>> {
  const { page, rollout } = at
  const entered = enteredIn(form)
  const file = form.file('file')
  const names = splitNames(entered.users)
  if (file) names.push(...readNames(new TextDecoder().decode(file)))
  if (names.length > MOST_NAMES)
    return problem('input', `at most ${MOST_NAMES} at once`, `${names.length}`, 'file')
  const edited = await editSelectors(page.context, rollout.sid, {
    name: entered.name,
    everybody: entered.everybody !== '',
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
    domains: form.text('domains'),
    accounts: form.text('accounts'),
    users: form.text('users'),
  }
}
