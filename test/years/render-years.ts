// Renders docs/years.md from what the test has seen.
import type { Cure } from './company.ts'

export type Row = {
  month: string
  what: string
  groups: [group: string, way: string, people: number][]
  cures: Cure[]
}

const WORDS = `# A year of one company

What each person of a company can do while its people, its IdP and its settings change.
\`npx vitest run test/years -u\` writes this page: each row is a run of the product with 40 people,
signed responses and the real routes, with the clock moved by a month. \`npm test\` fails if the page
is not current.

After each step every person tries to sign in at the IdP and at the front door, and every open
session is used again. A policy in the test, apart from the product, says how each of that must end.
These get in as nobody: an outsider, a thief with another key, a colleague with the e-mail of
somebody bound or not bound yet, and a transient NameID. An owner always has a way in. The last
column has each refusal that the step cured, and how: by API, command or page, as its remedy says.

`

export function renderYears(rows: readonly Row[]): string {
  const ways = rows.map(({ groups }) =>
    groups.map(([group, way, count]) => `${group} (${count}): ${way}`).join('<br>'),
  )
  const cells = [
    ['month', 'what happened', 'what each group can do', 'refusal cured by'],
    ...rows.map(({ month, what, cures }, at) => [
      rows[at - 1]?.month === month ? '' : month,
      what,
      ways[at] === ways[at - 1] ? 'as before' : ways[at]!,
      cures.map(({ code, by }) => `\`${code}\`: ${by}`).join('<br>'),
    ]),
  ]
  const widths = cells[0]!.map((_, at) => Math.max(...cells.map((row) => row[at]!.length)))
  const render = (row: readonly string[]) =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`
  const [head, ...body] = cells
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return `${WORDS}${[render(head!), rule, ...body.map(render)].join('\n')}\n`
}
