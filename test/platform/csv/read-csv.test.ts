// CSV as tools write it: encodings, separators, lines before the table, and files that are
// something else or broken, whatever the pieces in which they arrive.
import { describe, expect, it } from 'vitest'
import { wordsFor } from '../../../src/error-words.ts'
import { createCsvReader } from '../../../src/platform/csv/read-csv.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const utf16 = (text: string, isLittle = true) => {
  const bytes = new Uint8Array(2 * text.length)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), isLittle)
  return bytes
}

/** Read in pieces of that many bytes: header and rows, or what is wrong. */
function read(bytes: Uint8Array, size = bytes.length || 1) {
  const reader = createCsvReader()
  const rows: string[][] = []
  const lines: number[] = []
  for (let at = 0; ; at += size) {
    const isLast = at + size >= bytes.length
    const found = reader.push(bytes.subarray(at, at + size), isLast)
    if (!found.ok) return { problem: found.error }
    rows.push(...found.value.map(({ cells }) => cells))
    lines.push(...found.value.map(({ line }) => line))
    if (isLast) return { header: reader.header(), rows, lines }
  }
}

const TABLE = {
  header: ['Name', 'E-Mail'],
  rows: [
    ['Jürg', 'juerg@a.example'],
    ['Zoë', 'zoe@a.example'],
  ],
}
const TEXT = 'Name;E-Mail\r\nJürg;juerg@a.example\r\nZoë;zoe@a.example\r\n'

describe('encodings', () => {
  it.each([
    ['UTF-8', utf8(TEXT)],
    ['UTF-8 with a mark', utf8(`\ufeff${TEXT}`)],
    ['UTF-16 as Excel writes it', utf16(`\ufeff${TEXT}`)],
    ['UTF-16 big-endian', utf16(`\ufeff${TEXT}`, false)],
    ['UTF-16 without a mark', utf16(TEXT)],
    ['windows-1252', latin(TEXT)],
  ])('reads %s in pieces of any size', (_, bytes) => {
    for (let size = 1; size < bytes.length + 2; size++)
      expect(read(bytes, size), `pieces of ${size}`).toMatchObject(TABLE)
  })

  it('reads what windows-1252 has beyond ISO-8859-1', () => {
    expect(read(latin('n,m\nMr \x93X\x94 \x80,a@a.example')).rows).toEqual([
      ['Mr “X” €', 'a@a.example'],
    ])
  })

  it('refuses bytes that the encoding of the file does not have', () => {
    const mixed = Uint8Array.from([...utf8('n,m\nZoë,a@a.example\n'), 0xfc, 0x0a])
    for (const size of [1, 5, 1000])
      expect(read(mixed, size).problem).toMatchObject({ code: 'file_other', field: 'file' })
    expect(read(utf16(`\ufeff${TEXT}`).subarray(0, -1)).problem?.code).toBe('file_other')
  })
})

describe('layout', () => {
  it.each([
    ['commas', 'a,b\n1,x@a.example\n'],
    ['semicolons', 'a;b\n1;x@a.example\n'],
    ['tabs', 'a\tb\n1\tx@a.example\n'],
    ['pipes', 'a|b\n1|x@a.example\n'],
    ['quotes', '"a","b"\n"1","x@a.example"'],
    ['a declared separator', 'sep=;\r\na;b\r\n1;x@a.example'],
    ['a declared tab', 'sep=\t\na\tb\n1\tx@a.example'],
    ['the type of PowerShell', '#TYPE Selected.User\r\n"a","b"\r\n"1","x@a.example"\r\n'],
    ['the version of Entra', 'version:v1.0\r\na,b\r\n1,x@a.example\r\n'],
    ['the version with empty cells', 'version:v1.0,\r\na,b\r\n1,x@a.example\r\n'],
    ['a title and an empty line', 'All employees\n\na,b\n1,x@a.example\n'],
    ['a title with empty cells', 'All employees,\na,b\n1,x@a.example\n'],
  ])('knows %s', (_, text) => {
    expect(read(utf8(text))).toMatchObject({ header: ['a', 'b'], rows: [['1', 'x@a.example']] })
  })

  it('takes values with other separators in them', () => {
    expect(read(utf8('n,m\n"a;b|c",x@a.example\n"d;e|f",y@a.example\n')).rows).toEqual([
      ['a;b|c', 'x@a.example'],
      ['d;e|f', 'y@a.example'],
    ])
    expect(read(utf8('m,accounts\nx@a.example,a|b|c\ny@a.example,d|e|f')).rows).toEqual([
      ['x@a.example', 'a|b|c'],
      ['y@a.example', 'd|e|f'],
    ])
  })

  it('has no header where the first line has an address', () => {
    expect(read(utf8('x@a.example\ny@a.example'))).toEqual({
      header: undefined,
      rows: [['x@a.example'], ['y@a.example']],
      lines: [1, 2],
    })
  })

  it('keeps a first column whose header begins with #', () => {
    expect(read(utf8('#,m\n1,x@a.example')).header).toEqual(['#', 'm'])
  })
})

describe('broken rows', () => {
  const many = (rows: number) =>
    Array.from({ length: rows }, (_, row) => `n${row},p${row}@a.example\n`).join('')

  it.each([
    ['closed too early', 'n,m\nAnn,a@a.example\n"Bob" May,b@a.example\nCy,c@a.example\n', 3],
    ['never closed', 'n,m\nAnn,a@a.example\n"Bob,b@a.example\nCy,c@a.example\n', 3],
    ['behind lines before the table', 'sep=,\nn,m\n"A\nnn",a@a.example\n"B"ob,b@a.example\n', 5],
    ['never closed in a large file', `n,m\n${many(5000)}"Bob,b@a.example\n${many(5000)}`, 5002],
    ['too long', `n,m\n${many(3)}${'x'.repeat(20_000)},b@a.example\n`, 5],
  ])('are refused with their line: %s', (_, text, line) => {
    for (const size of [1000, 64 * 1024, text.length])
      expect(read(utf8(text), size)).toEqual({
        problem: {
          code: 'file_row',
          field: 'file',
          context: 'people',
          expected: expect.stringContaining('closed'),
          received: `line ${line}`,
        },
      })
  })

  it('are refused on the way, so that a quote without an end holds no more than one row', () => {
    const reader = createCsvReader()
    const head = `n,m\n${many(5000)}"Bob,b@a.example\n${many(1000)}`
    expect(reader.push(utf8(head), false)).toMatchObject({
      error: { code: 'file_row', received: 'line 5002' },
    })
  })

  it('count each line of a value with line ends', () => {
    expect(read(utf8('n,m\r\n"A\r\nB",a@a.example\r\n\r\nC,c@a.example'))).toMatchObject({
      lines: [2, 5],
    })
  })
})

describe('what was given instead', () => {
  it.each([
    ['a compressed file', Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0])],
    ['a Microsoft Office file', Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])],
    ['a PDF file', utf8('%PDF-1.7\n')],
    ['a web page', utf8('<!doctype html><html><body>Sign in</body></html>')],
    ['JSON', utf8('[{"mail":"a@a.example"}]')],
    ['a certificate', utf8('-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n')],
    ['metadata of an IdP', utf8('<EntityDescriptor entityID="x"/>')],
    ['a file that is not text', utf8('n,m\n\0\0,a@a.example')],
  ])('is named: %s', (received, bytes) => {
    for (const size of [1, 1000])
      expect(read(bytes, size).problem).toMatchObject({
        code: 'file_other',
        context: 'people',
        field: 'file',
        expected: 'a list of people as CSV',
        received,
      })
  })

  it('a private key is leaked', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIC\n-----END PRIVATE KEY-----\n'
    const { problem } = read(utf8(key))
    expect(problem).toMatchObject({ code: 'certificate_private_key', context: 'people' })
    expect(wordsFor(problem!, 'customer', 'page').remedy).toMatch(/leaked/)
  })

  it('a workbook of Excel is no other archive', () => {
    const name = '[Content_Types].xml'
    const bytes = Uint8Array.from([0x50, 0x4b, 3, 4, ...Array(26).fill(0), ...utf8(name), 1, 2, 3])
    expect(read(bytes).problem?.received).toBe('a Microsoft Office file')
  })
})
