// The table of docs/browsers.md, from the results of one run.
import type { TestBrowser } from '../harness/browsers/tab.ts'
import { SCHEMES, type Scheme } from '../harness/demo.ts'

export type BrowserResult = {
  browser: Pick<TestBrowser, 'name' | 'version'>
  scheme: Scheme
  case: string
  passed: boolean
}

export function renderTable(results: readonly BrowserResult[]): string {
  const browsers = new Map(results.map(({ browser }) => [browser.name, browser.version]))
  const columns = [...browsers.keys()].flatMap((name) =>
    SCHEMES.map((scheme) => ({ name, scheme })),
  )
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`
  const cell = (title: string, { name, scheme }: (typeof columns)[number]) => {
    const result = results.find(
      (one) => one.case === title && one.browser.name === name && one.scheme === scheme,
    )
    if (!result) return '–'
    return result.passed ? 'passed' : '**failed**'
  }
  const titles = [...new Set(results.map((one) => one.case))]
  const versions = [...browsers].map(([name, version]) => `${name} ${version}`).join(', ')
  return `# Browsers

\`npm run e2e:browsers -- --write\` made this table on ${new Date().toISOString().slice(0, 10)}, against
\`npm start\`: over http on localhost, and over https with a certificate of its own.

Versions: ${versions}. Safari is made of WebKit,
tried here in Debian's MiniBrowser.

${[
  row(['', ...columns.map(({ name, scheme }) => `${name}, ${scheme}`)]),
  row(['---', ...columns.map(() => '---')]),
  ...titles.map((title) => row([title, ...columns.map((column) => cell(title, column))])),
].join('\n')}

–: not tried.

CI runs the short form (\`--short\`) in Firefox and WebKit, and all other end-to-end tests in
Chromium.
`
}
