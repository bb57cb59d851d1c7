// Files as people export them, and files that are broken: whatever the pieces in which they arrive.
import { describe, expect, it } from 'vitest'
import {
  createRowReader,
  formatOf,
  type ImportFormat,
} from '../../../src/directory/import/read-rows.ts'
import { readNamedColumns, type NamedColumns } from '../../../src/directory/import/columns.ts'
import { good } from '../../support/request.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** Read in pieces of that many bytes: the rows, or what is wrong. */
function read(
  format: ImportFormat,
  bytes: Uint8Array,
  size = bytes.length || 1,
  named?: NamedColumns,
) {
  const reader = createRowReader(format, { named })
  const rows: unknown[] = []
  for (let at = 0; ; at += size) {
    const isLast = at + size >= bytes.length
    const found = reader.push(bytes.subarray(at, at + size), isLast)
    if (!found.ok) return { rows, problem: found.error }
    rows.push(...found.value)
    if (isLast) return { rows }
  }
}

describe('CSV', () => {
  it('is read the same in pieces of any size', () => {
    const text =
      '\uFEFFEmail,First Name,last_name,externalID,accounts,suspended\r\n' +
      'ann@a.example,Ann,"Ford, ""the"" first",7,north|south,no\r\n' +
      '\r\n' +
      'bob@a.example,,Ümit,,,YES\r' +
      'cy@a.example,C,Y,9,,\n'
    const expected = [
      {
        email: 'ann@a.example',
        firstName: 'Ann',
        lastName: 'Ford, "the" first',
        externalID: '7',
        accounts: ['north', 'south'],
        suspended: false,
      },
      {
        email: 'bob@a.example',
        firstName: '',
        lastName: 'Ümit',
        externalID: '',
        accounts: [],
        suspended: true,
      },
      {
        email: 'cy@a.example',
        firstName: 'C',
        lastName: 'Y',
        externalID: '9',
        accounts: [],
        suspended: null,
      },
    ]
    for (let size = 1; size < 220; size++)
      expect(read('csv', bytesOf(text), size), `pieces of ${size}`).toEqual({ rows: expected })
  })

  it('is taken with semicolons and tabs, quoted or not, with or without an end of line at its end', () => {
    const row = { email: 'ann@a.example', lastName: 'F;o' }
    expect(read('csv', bytesOf('email;last_name\nann@a.example;"F;o"')).rows).toEqual([row])
    expect(read('csv', bytesOf('email\tlast_name\nann@a.example\tF;o\n')).rows).toEqual([row])
    expect(read('csv', bytesOf('"email","last_name"\n"ann@a.example","F;o"')).rows).toEqual([row])
    expect(read('csv', bytesOf('email\n')).rows).toEqual([])
  })

  it('refuses columns twice, without e-mail, or without a header', () => {
    for (const [text, received] of [
      ['email,E-Mail\na@b.example,x', 'E-Mail'],
      ['email,first_name,First Name\na@b.example,x,y', 'First Name'],
      ['first_name\nAnn', 'first_name'],
      ['a@b.example\nb@b.example', 'a row'],
      ['', 'nothing'],
    ] as const)
      expect(read('csv', bytesOf(text)).problem).toMatchObject({
        code: 'input',
        field: 'header',
        received,
      })
  })

  it('finds the columns of exports in other languages, and leaves the others alone', () => {
    for (const [text, row] of [
      [
        'Vorname;Nachname;E-Mail-Adresse;Abteilung\nJürg;Ödl;j@a.example;x\n',
        { firstName: 'Jürg', lastName: 'Ödl', email: 'j@a.example' },
      ],
      [
        'First Name [Required],Last Name [Required],Email Address [Required],Recovery Email\n' +
          'Cy,Orr,cy@a.example,cy@home.example\n',
        { firstName: 'Cy', lastName: 'Orr', email: 'cy@a.example' },
      ],
      [
        'Prénom|Nom|Courriel\nZoë|Roy|z@a.example\n',
        { firstName: 'Zoë', lastName: 'Roy', email: 'z@a.example' },
      ],
      ['email,role\na@b.example,x', { email: 'a@b.example' }],
    ] as const)
      for (const size of [1, 7, 1000])
        expect(read('csv', bytesOf(text), size)).toEqual({ rows: [row] })
    const latin = Uint8Array.from('email,first_name\na@b.example,J\xFCrg\n', (character) =>
      character.charCodeAt(0),
    )
    expect(read('csv', latin).rows).toEqual([{ email: 'a@b.example', firstName: 'Jürg' }])
  })

  it('takes the columns that a person names, by header or number, and leaves out empty ones', () => {
    const bytes = bytesOf('A,B,C,Vorname\nann@a.example,ann@b.example,7,Ann\n')
    expect(read('csv', bytes).problem).toMatchObject({
      code: 'file_column',
      choices: ['A', 'B'],
    })
    const rowOf = (named: NamedColumns) => read('csv', bytes, 1000, named).rows[0]
    expect(rowOf({ email: 'b' })).toEqual({ email: 'ann@b.example', firstName: 'Ann' })
    expect(rowOf({ email: '1', externalID: '3', firstName: '' })).toEqual({
      email: 'ann@a.example',
      externalID: '7',
    })
    for (const named of [{ email: 'D' }, { email: '5' }])
      expect(read('csv', bytes, 1000, named).problem).toMatchObject({
        code: 'file_column',
        choices: ['A', 'B', 'C', 'Vorname'],
      })
    expect(read('csv', bytes, 1000, { email: 'A', lastName: 'A' }).problem?.field).toBe('header')
    expect(read('csv', bytes, 1000, { email: '' }).problem?.field).toBe('header')
  })

  it('reads named columns as a query and a command line give them', () => {
    expect(readNamedColumns('email=E-Mail, first_name = Vorname,lastName=')).toEqual({
      ok: true,
      value: { email: 'E-Mail', firstName: 'Vorname', lastName: '' },
    })
    for (const text of ['email', 'mail=x', 'email=a,email=b', '__proto__=x'])
      expect(readNamedColumns(text)).toMatchObject({ error: { code: 'input', field: 'columns' } })
  })

  it('refuses broken quotes and rows without an end, and holds no more than one', () => {
    const problemOf = (text: string, size?: number) => read('csv', bytesOf(text), size).problem
    const broken = 'email,first_name\na@b.example,Ann\nb@b.example,"B"ob\nc@b.example,Cy\n'
    expect(problemOf(broken)).toMatchObject({ code: 'file_row', received: 'line 3' })
    expect(problemOf('email,first_name\na@b.example,"Ann\n')?.received).toBe('line 2')
    const endless = `email,first_name\na@b.example,"${'x\n'.repeat(20_000)}`
    expect(problemOf(endless, 1000)?.received).toBe('line 2')
    expect(problemOf(`email\n${'x'.repeat(20_000)}\n`)?.received).toBe('line 2')
    // A header without an end is no shorter.
    expect(problemOf('e'.repeat(40_000), 1000)?.received).toBe('line 1')
  })

  it('keeps a row with too few or too many cells as a row that is refused', () => {
    expect(read('csv', bytesOf('email,first_name\na@b.example\nb@b.example,B,x\n')).rows).toEqual([
      '1 cells instead of 2',
      '3 cells instead of 2',
    ])
  })
})

describe('NDJSON', () => {
  it('is read line by line, and keeps lines that are no objects as rows that are refused', () => {
    const text =
      '\uFEFF{"email":"ann@a.example","accounts":["ö"]}\r\n\n[1]\n{"email":\n{"__proto__":1}'
    for (let size = 1; size < 100; size++)
      expect(read('ndjson', bytesOf(text), size)).toEqual({
        rows: [{ email: 'ann@a.example', accounts: ['ö'] }, [1], '{"email":', '{"__proto__":1}'],
      })
  })

  it('refuses a line that is too long, whole or on its way', () => {
    const line = bytesOf(`{"email":"${'x'.repeat(20_000)}"}\n`)
    expect(read('ndjson', line).problem?.received).toBe('line 1')
    expect(read('ndjson', line, 1000).problem?.received).toBe('line 1')
  })
})

it('a file’s format is told by how it begins', () => {
  expect(formatOf(bytesOf('\uFEFF {"email"'))).toBe('ndjson')
  expect(formatOf(bytesOf('email,first_name'))).toBe('csv')
  expect(good(createRowReader('ndjson').push(new Uint8Array(), true))).toEqual([])
})
