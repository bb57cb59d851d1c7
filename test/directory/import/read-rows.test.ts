// Files as people export them, and files that are broken: whatever the pieces in which they arrive.
import { describe, expect, it } from 'vitest'
import {
  createRowReader,
  formatOf,
  type ImportFormat,
} from '../../../src/directory/import/read-rows.ts'
import { good } from '../../support/request.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** Read in pieces of that many bytes: the rows, or what is wrong. */
function read(format: ImportFormat, bytes: Uint8Array, size = bytes.length || 1) {
  const reader = createRowReader(format)
  const rows: unknown[] = []
  for (let at = 0; ; at += size) {
    const isLast = at + size >= bytes.length
    const found = reader(bytes.subarray(at, at + size), isLast)
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

  it('refuses columns that it does not know, twice or without e-mail, and other encodings', () => {
    for (const [text, received] of [
      ['email,role\na@b.example,x', 'role'],
      ['email,E-Mail\na@b.example,x', 'E-Mail'],
      ['first_name\nAnn', 'first_name'],
      ['', 'nothing'],
    ] as const)
      expect(read('csv', bytesOf(text)).problem).toMatchObject({
        code: 'input',
        field: 'header',
        received,
      })
    const latin = Uint8Array.from('email,first_name\na@b.example,J\xFCrg\n', (character) =>
      character.charCodeAt(0),
    )
    expect(read('csv', latin).problem).toMatchObject({ expected: 'a file in UTF-8' })
    const utf16 = new Uint8Array(new Uint16Array([0xfeff, 0x65, 0x6d]).buffer)
    expect(read('csv', utf16).problem).toMatchObject({ expected: 'a file in UTF-8' })
  })

  it('refuses broken quotes and rows without an end, and holds no more than one', () => {
    const broken = 'email,first_name\na@b.example,Ann\nb@b.example,"B"ob\nc@b.example,Cy\n'
    expect(read('csv', bytesOf(broken)).problem).toMatchObject({ received: 'row 2' })
    const open = 'email,first_name\na@b.example,"Ann\n'
    expect(read('csv', bytesOf(open)).problem).toMatchObject({ received: 'row 1' })
    const endless = bytesOf(`email,first_name\na@b.example,"${'x\n'.repeat(20_000)}`)
    expect(read('csv', endless, 1000).problem?.received).toBe('a longer one: 1')
    expect(read('csv', bytesOf(`email\n${'x'.repeat(20_000)}\n`)).problem?.received).toMatch(
      /longer/,
    )
    // A header without an end is no shorter.
    expect(read('csv', bytesOf('e'.repeat(40_000)), 1000).problem?.received).toMatch(/longer/)
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
    expect(read('ndjson', line).problem?.received).toBe('a longer one: 1')
    expect(read('ndjson', line, 1000).problem?.received).toBe('a longer one: 1')
  })
})

it('a file’s format is told by how it begins', () => {
  expect(formatOf(bytesOf('\uFEFF {"email"'))).toBe('ndjson')
  expect(formatOf(bytesOf('email,first_name'))).toBe('csv')
  expect(good(createRowReader('ndjson')(new Uint8Array(), true))).toEqual([])
})
