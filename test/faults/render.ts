// Renders docs/reliability.md from what the test has seen.

const WORDS = `# Reliability

What a person or a program meets when D1 or KV fails, by step. \`npx vitest run test/faults -u\`
writes this page: each cell is the outcome of a run against D1 and KV in workerd, with the fault in
front of them. \`npm test\` fails if the page is not current.

- **by itself**: the request succeeds. The log has the code of the fault, if there was one.
- Of a request that was **killed** the browser gets no answer, and nobody knows what was done.
- **in part**: what needs no storage is done, and the page says what is not. After a logout the
  browser has no cookie, and the session stays open until it expires.
- **reload**: the request fails with a 503, and the same request succeeds when it is sent again: by
  a reload, by “Try again”, or by the program's own retry (\`Retry-After\`).
- **button**: the button on the page, or a new sign-in from the app, leads to the end.

After each cell the test checks that the person is signed in at the page that was asked for (or
signed out, after a logout), and that nothing was done twice. The code behind the outcome is that of
the log: \`{"event":"storage_fault","code":…}\`. [platform.md](decisions/platform.md) says how calls
are tried again.

`

export function renderReliability(
  table: ReadonlyMap<string, ReadonlyMap<string, string>>,
  steps: readonly string[],
): string {
  const rows = [
    ['step', ...table.keys()],
    ...steps.map((step) => [
      step,
      ...[...table.values()].map((row) => row.get(step) ?? 'untested'),
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const render = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const [head, ...body] = rows
  return `${WORDS}${[render(head!), rule, ...body.map(render)].join('\n')}\n`
}
