// The table of docs/apps.md: what each library did, written by a whole run.
import type { Library } from './libraries.ts'

/** `protection`: what protected the code beside `state`; null: a step failed. */
export type Row = { library: Library; version: string; protection: string | null }

const BEGIN = '<!-- node test/clients.ts: begin -->'
const END = '<!-- node test/clients.ts: end -->'

const REFRESHES = {
  'six requests': 'six at once',
  'one page': 'six at once',
  none: '–',
} as const

const HEAD = [
  'library',
  'version',
  'registered with',
  'sends',
  'login',
  'refresh',
  'logout',
  'limits',
]

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ library, version, protection }) => {
    const { name, file, fields = {}, refreshes, limit = '' } = library
    const link = `[${name}](../test/clients/libraries/${file})`
    const did = protection === null ? 'no' : 'yes'
    const refresh = protection === null ? 'no' : REFRESHES[refreshes]
    return [link, version, registration(fields), protection ?? '', did, refresh, did, limit]
  })
  const all = [HEAD, HEAD.map(() => '---'), ...lines]
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The flags of `gatepost client create`. */
function registration({ pkce, clientType }: NonNullable<Library['fields']>): string {
  const flags = [
    ...(pkce === 'optional' ? ['`--pkce optional`'] : []),
    ...(clientType === 'public' ? ['`--type public`'] : []),
  ]
  return flags.join(' ') || 'the defaults'
}

export function withTable(document: string, table: string): string {
  const [before, rest] = document.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined)
    throw new Error(`no place for the table: ${BEGIN}`)
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`
}
