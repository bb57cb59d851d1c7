// All words that say what to do about an error, wherever they stand.
import { PRESETS } from '../../src/connections/presets/presets.ts'
import { CATALOGUE, LOGIN_REFUSED } from '../../src/errors.ts'
import { INSTEAD } from '../../src/errors/given.ts'
import { remedyOf, WORDS } from '../../src/error-words.ts'
import type { ContextWords, ErrorEntry, Reader } from '../../src/errors/entry.ts'
import { CHECKS } from '../../src/health/checks.ts'
import { LIMITS } from '../../src/limits.ts'

export type Remedy = {
  /** What it is the remedy of. */
  of: string
  text: string
  /** False: operators alone read it. */
  isForCustomers: boolean
  /** Its capitals and quoted words may be of an IdP's product. */
  isOfPreset?: true
}

const READERS: readonly Reader[] = ['person', 'customer', 'operator']

/** A remedy as each of its readers has it. */
const read = (of: string, remedy: ContextWords['remedy']): Remedy[] =>
  [...new Set(READERS.map((reader) => remedyOf(remedy, reader)))].map((text) => ({
    of,
    text,
    isForCustomers: READERS.some(
      (reader) => reader !== 'operator' && remedyOf(remedy, reader) === text,
    ),
  }))

export const REMEDIES: readonly Remedy[] = [
  { of: 'LOGIN_REFUSED', text: LOGIN_REFUSED.remedy, isForCustomers: true },
  ...Object.entries(CATALOGUE as Readonly<Record<string, ErrorEntry>>).flatMap(([of, entry]) =>
    [entry.remedy, entry.person?.remedy ?? []].flat().flatMap((remedy) => read(of, remedy)),
  ),
  ...Object.entries(WORDS).flatMap(([context, words]) =>
    Object.entries<ContextWords>(words)
      .filter(([code, one]) => one !== CATALOGUE[code as keyof typeof CATALOGUE])
      .flatMap(([code, { remedy }]) => read(`${code} in ${context}`, remedy)),
  ),
  ...Object.entries(INSTEAD).flatMap(([context, { remedies }]) =>
    Object.entries(remedies).flatMap(([given, remedy]) => read(`${given} as ${context}`, remedy)),
  ),
  ...Object.entries(LIMITS).map(([of, { remedy: text }]) => ({ of, text, isForCustomers: true })),
  ...Object.entries(CHECKS).map(([of, { remedy: text }]) => ({ of, text, isForCustomers: false })),
  ...Object.entries(PRESETS).flatMap(([of, { nameID, remedies }]) =>
    [nameID, ...Object.values(remedies)].map((text) => ({
      of,
      text,
      isForCustomers: true,
      isOfPreset: true as const,
    })),
  ),
]

/** A command line of any kind. */
export const COMMAND_LINE = /\bgatepost [a-z]|\bnpm |\bnpx |\bwrangler |\bcurl | --[a-z]/
