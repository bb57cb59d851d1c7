// The user lists that IdPs and directories export: the right column, or a choice.
import { describe, expect, it } from 'vitest'
import {
  createIdpUserListReader,
  readIdpUserList,
} from '../../src/rollout/reconcile/idp-user-list.ts'
import { good } from '../support/request.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const read = (text: string, column?: string) => readIdpUserList(bytesOf(text), { column })

describe('the work addresses', () => {
  it.each([
    [
      'Google Workspace',
      'E-Mail',
      'First Name [Required],E-Mail,Password [Required],Recovery Email\n' +
        'Cleo,cleo@corp.example,****,cleo@home.example\nDan,dan@corp.example,****,\n',
    ],
    [
      'PowerShell',
      'mail',
      '#TYPE Selected.ADUser\n"mail","UserPrincipalName"\n' +
        '"cleo@corp.example","cleo@corp.local"\n"dan@corp.example","dan@corp.local"\n',
    ],
    ['Excel', 'E-Mail', 'sep=;\nName;E-Mail\nCleo;cleo@corp.example\nDan;dan@corp.example\n'],
    [
      'a payroll report',
      'Work Contact: Work Email',
      'Legal Name,Work Contact: Work Email,Personal Contact: Personal Email\n' +
        'Cleo,cleo@corp.example,c@home.example\nDan,dan@corp.example,d@home.example\n',
    ],
    [
      'private addresses first',
      'Geschäftliche E-Mail',
      'Private E-Mail;Geschäftliche E-Mail\nc@home.example;cleo@corp.example\n' +
        'd@home.example;dan@corp.example\n',
    ],
    [
      'names to sign in with first',
      'mail',
      'UserPrincipalName,mail\ncleo@corp.local,cleo@corp.example\n' +
        'dan@corp.local,dan@corp.example\n',
    ],
    [
      'Microsoft Entra',
      'userPrincipalName',
      'userPrincipalName,displayName,mail\ncleo@corp.example,Cleo,cleo@corp.example\n' +
        'dan@corp.example,Dan,dan@corp.example\n',
    ],
    [
      'the template of Microsoft Entra',
      'User name [userPrincipalName] Required',
      'version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required\n' +
        'Cleo,cleo@corp.example\nDan,dan@corp.example\n',
    ],
    [
      'Okta',
      'Primary email',
      'Login,Primary email,Status\ncleo,cleo@corp.example,ACTIVE\ndan,dan@corp.example,ACTIVE\n',
    ],
    ['Japanese', 'メール', '名前\tメール\nC\tcleo@corp.example\nD\tdan@corp.example\n'],
    ['no header', 'Column 2', 'Cleo|cleo@corp.example\nDan|dan@corp.example\n'],
  ])('are found: %s', async (_, column, text) => {
    expect(good(await read(text))).toMatchObject({
      addresses: ['cleo@corp.example', 'dan@corp.example'],
      column,
    })
  })

  it('are found where the first thousands of rows have none', async () => {
    const services = Array.from({ length: 9000 }, (_, n) => `service-${n},,boss@corp.example\n`)
    const text = `Name,Work,Boss\n${services.join('')}Cleo,cleo@corp.example,boss@corp.example\n`
    expect(good(await read(text, 'Work')).addresses).toEqual(['cleo@corp.example'])
  })

  it('keeps cells that are no addresses, so that they are reported', async () => {
    const rows = Array.from({ length: 9 }, (_, n) => `p${n}@corp.example\n`).join('')
    const list = good(await read(`mail\n${rows}nothing\n`))
    expect(list.addresses).toHaveLength(10)
    expect(list.addresses.at(-1)).toBe('nothing')
  })
})

describe('several columns', () => {
  const text = 'Dienst,Kontakt\ncleo@corp.example,c@a.example\ndan@corp.example,\n'

  it('are refused, with the columns and their counts', async () => {
    expect(await read(text)).toEqual({
      ok: false,
      error: {
        code: 'file_column',
        context: 'people',
        field: 'file',
        expected: 'one column of e-mail addresses',
        received: '“Dienst” (2), “Kontakt” (1)',
        choices: ['Dienst', 'Kontakt'],
      },
    })
  })

  it('are refused where both have as many addresses', async () => {
    expect(await read('A,B\ncleo@corp.example,c@a.example\n')).toMatchObject({
      error: { code: 'file_column', choices: ['A', 'B'] },
    })
  })

  it('are chosen by header, in any case, or by number', async () => {
    for (const column of ['Dienst', ' dienst', '1'])
      expect(good(await read(text, column)).addresses).toEqual([
        'cleo@corp.example',
        'dan@corp.example',
      ])
    expect(good(await read(text, '2')).addresses).toEqual(['c@a.example'])
    const plain = 'x@a.example,y@a.example\n'
    expect(good(await read(plain, '2')).addresses).toEqual(['y@a.example'])
  })

  it('are uploads of their own', async () => {
    const names = await Promise.all(['1', '2', '1'].map((column) => read(text, column)))
    const [first, second, again] = names.map((list) => good(list).name)
    expect(first).toBe(again)
    expect(first).not.toBe(second)
  })

  it('refuses a column that is not there, with those that are', async () => {
    for (const column of ['Mail', '3', '0', '-1', ''])
      expect((await read(text, column)) as unknown).toMatchObject({
        error: { code: 'file_column', choices: ['Dienst', 'Kontakt'] },
      })
  })

  it('come with ten rows to look at', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, n) => `w${n}@a.example,${n % 2 ? '' : `h${n}@b.example`}\n`,
    )
    const reader = createIdpUserListReader()
    await reader.push(bytesOf(`Work,Home\n${rows.join('')}`))
    const { columns, suggested } = good(await reader.end())
    expect(suggested?.name).toBe('Work')
    expect(columns.map(({ addresses, preview }) => ({ addresses, preview }))).toEqual([
      { addresses: 30, preview: Array.from({ length: 10 }, (_, n) => `w${n}@a.example`) },
      {
        addresses: 15,
        preview: Array.from({ length: 10 }, (_, n) => (n % 2 ? '' : `h${n}@b.example`)),
      },
    ])
  })
})

describe('rows that would lose an address', () => {
  it.each([
    ['a quote closed too early', 'Name,Mail\nA,a@a.example\n"B" M,b@a.example\nC,c@a.example', 3],
    ['a separator without quotes', 'Name,Mail\nA,a@a.example\nMay, B,b@a.example\n', 3],
    ['two addresses in a line', 'a@a.example\nb@a.example,c@a.example\n', 2],
  ])('are refused with their line: %s', async (_, text, line) => {
    const refused = await read(text)
    expect(refused).toMatchObject({ error: { code: 'file_row', field: 'file' } })
    expect(refused.ok ? '' : refused.error.received).toMatch(new RegExp(`^line ${line}\\b`))
  })
})
