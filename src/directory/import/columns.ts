// Which column of an import file is which field of a user: named by a person, or guessed from the
// header, and the e-mail address from the cells. Pure.
import { cut } from '../../cut.ts'
import {
  chooseColumn,
  countAddresses,
  findColumn,
  nameOfColumn,
  refuseName,
} from '../../platform/csv/email-column.ts'
import type { CsvRow } from '../../platform/csv/read-csv.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'

export const IMPORT_FIELDS = [
  'email',
  'firstName',
  'lastName',
  'externalID',
  'accounts',
  'suspended',
] as const
export type ImportField = (typeof IMPORT_FIELDS)[number]

/** Header or number (from 1) of each field's column; empty: the field is not imported. */
export type NamedColumns = Readonly<Partial<Record<ImportField, string>>>

export type ImportColumns = {
  /** Of each column of the file, in order: the field; undefined: not imported. */
  fields: readonly (ImportField | undefined)[]
  header: readonly string[]
}

const words = (text: string): readonly string[] => text.split(' ')

/** Headers of exports in several languages, folded: letters and digits alone. */
const HEADERS: Readonly<Record<ImportField, readonly string[]>> = {
  email: ['email', 'mail', 'emailaddress'],
  firstName: words(
    'firstname givenname forename legalfirstname vorname prenom nombre nome voornaam ' +
      'fornavn fornamn imie 名',
  ),
  lastName: words(
    'lastname surname familyname legallastname nachname familienname nom nomdefamille ' +
      'apellido apellidos cognome achternaam etternavn efternamn nazwisko 姓',
  ),
  externalID: ['externalid', 'employeeid', 'employeenumber', 'personalnummer', 'matricule'],
  accounts: ['accounts', 'account', 'konten', 'comptes', 'cuentas', 'conti'],
  suspended: ['suspended', 'gesperrt', 'suspendu'],
}

/** “First Name [Required]” and “first_name” are one name. */
function fold(name: string): string {
  const plain = name.replaceAll(/\[[^[\]]{0,40}\]|\([^()]{0,40}\)/g, '').normalize('NFD')
  return plain.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/**
 * Refuses `input` on the field `header`: no column of e-mail addresses, or a field that two columns
 * have; `file_column`: several columns with addresses, or no column of a name. `rows`: the first of
 * the file; undefined: what the cells say of one part may not hold for the next, so that the column
 * is named, or has the header `email`.
 */
export function findColumns(
  header: readonly string[],
  rows: readonly CsvRow[] | undefined,
  named: NamedColumns = {},
): Result<ImportColumns, Problem> {
  const fields = Array<ImportField | undefined>(header.length).fill(undefined)
  for (const field of IMPORT_FIELDS) {
    const asked = named[field]
    if (!asked) continue
    const index = findColumn(header, header.length, asked)
    if (index === undefined) return refuseName(header, header.length, asked)
    if (fields[index] !== undefined) return twice(header[index]!)
    fields[index] = field
  }
  for (const field of IMPORT_FIELDS) {
    if (named[field] !== undefined) continue
    const index = guess(field, header, fields)
    if (!index.ok) return index
    if (index.value !== undefined) fields[index.value] = field
  }
  if (!fields.includes('email')) {
    if (named.email !== undefined) return noEmail(header)
    if (!rows) return unnamedEmail(header)
    const found = findEmail(header, rows, fields)
    if (!found.ok) return found
    fields[found.value] = 'email'
  }
  return ok({ fields, header })
}

/** By the earliest of its names that a free column has. */
function guess(
  field: ImportField,
  header: readonly string[],
  fields: readonly (ImportField | undefined)[],
): Result<number | undefined, Problem> {
  // Of names in other words, the cells say which one it is.
  const names = field === 'email' ? [field] : HEADERS[field]
  for (const name of names) {
    const [first, second] = header.flatMap((cell, index) =>
      fields[index] === undefined && fold(cell) === name ? [index] : [],
    )
    if (second !== undefined) return twice(header[second]!)
    if (first !== undefined) return ok(first)
  }
  return ok(undefined)
}

function findEmail(
  header: readonly string[],
  rows: readonly CsvRow[],
  fields: readonly (ImportField | undefined)[],
): Result<number, Problem> {
  const counts = countAddresses()
  for (const { cells } of rows) counts.add(cells)
  const fitting = counts.fitting(header).filter(({ index }) => fields[index] === undefined)
  if (fitting.length > 0) {
    const chosen = chooseColumn(fitting)
    return chosen.ok ? ok(chosen.value.index) : chosen
  }
  // A file without rows has columns all the same.
  const named = header.findIndex((name) => HEADERS.email.includes(fold(name)))
  return named === -1 ? noEmail(header) : ok(named)
}

function noEmail(header: readonly string[]) {
  const received = cut(header.join(', '), 100) || 'nothing'
  return problem('input', 'a column of e-mail addresses', received, 'header')
}

function unnamedEmail(header: readonly string[]): { ok: false; error: Problem } {
  const expected = 'the column of e-mail addresses, named in `columns` or with the header `email`'
  const choices = header.slice(0, 100).map((_, index) => nameOfColumn(header, index))
  const received = cut(header.join(', '), 100) || 'nothing'
  return { ok: false, error: { code: 'file_column', field: 'file', expected, received, choices } }
}

function twice(name: string) {
  const expected =
    'the columns email, first_name, last_name, external_id, accounts, suspended, each once'
  return problem('input', expected, cut(name, 100), 'header')
}

/**
 * Reads `email=E-Mail,firstName=Vorname`: what a query and a command line take. Refuses `input`.
 */
export function readNamedColumns(text: string): Result<NamedColumns, Problem> {
  const named: Partial<Record<ImportField, string>> = {}
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [name = '', ...rest] = part.split('=')
    const field = IMPORT_FIELDS.find((one) => one.toLowerCase() === fold(name))
    if (!field || rest.length === 0 || named[field] !== undefined)
      return problem(
        'input',
        `FIELD=COLUMN, separated by commas, where FIELD is ${IMPORT_FIELDS.join(', ')}`,
        cut(part, 100),
        'columns',
      )
    named[field] = rest.join('=').trim()
  }
  return ok(named)
}

/** Each column of the file with its field; null: it is not imported. */
export function describeColumns({
  fields,
  header,
}: ImportColumns): { column: string; field: ImportField | null }[] {
  return header.map((_, index) => ({
    column: nameOfColumn(header, index),
    field: fields[index] ?? null,
  }))
}
