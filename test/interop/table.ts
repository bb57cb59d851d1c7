// docs/interop.md, from the results of one run.
import { TWISTS, type Case, type Ending, type Twist } from './case.ts'
import { ALGORITHMS, ENCRYPTIONS, SETTINGS, SIGNED, STARTS, type Setting } from './combinations.ts'
import { impossible, type Idp } from './idp.ts'

export type Result = { case: Case; problem: string | undefined }

const WORDS: Record<string, string> = {
  'rsa-sha256': 'RSA-SHA256',
  'rsa-sha512': 'RSA-SHA512',
  'rsa-pss-sha256': 'RSA-PSS, SHA-256',
  'ecdsa-sha256': 'ECDSA P-256, SHA-256',
  response: 'Response',
  assertion: 'Assertion',
  both: 'both',
  none: 'not encrypted',
  'aes128-gcm': 'AES-128-GCM',
  'aes256-gcm': 'AES-256-GCM',
  'aes128-cbc': 'AES-128-CBC',
  'aes256-cbc': 'AES-256-CBC',
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

function wordsOf(ending: Ending): string {
  if (ending === 'logged in') return 'login'
  return ending === 'stopped' ? 'refused by the IdP' : `refused: \`${ending.refused}\``
}

const verdictOf = ({ case: one, problem }: Result) =>
  problem === undefined ? wordsOf(one.ending) : '**failed**'

function isOf(setting: Setting, other: Setting): boolean {
  return (['sign', 'encrypt', 'algorithm'] as const).every((key) => setting[key] === other[key])
}

/** The three ways to begin count as one where they end alike. */
function cellOf(results: readonly Result[], setting: Setting): string {
  const these = results.filter(
    ({ case: one }) => one.twist === undefined && isOf(one.setting, setting),
  )
  if (these.length === 0) return '–'
  const cell = (allow: Case['allow']) => {
    const some = these.filter(({ case: one }) => one.allow === allow)
    const verdicts = new Set(some.map(verdictOf))
    if (verdicts.size === 1) return [...verdicts][0]!
    return some.map((one) => `${one.case.start}: ${verdictOf(one)}`).join(', ')
  }
  const plain = cell(undefined)
  return these.some(({ case: one }) => one.allow) ? `${plain}; allowed: ${cell('aes-cbc')}` : plain
}

function sectionOf(idp: Idp, results: readonly Result[]): string {
  const can = (setting: Setting) => idp.cannot(setting) === undefined
  const rows = ALGORITHMS.flatMap((algorithm) =>
    SIGNED.map((sign) => ENCRYPTIONS.map((encrypt): Setting => ({ sign, encrypt, algorithm }))),
  )
    .filter((settings) => settings.some(can))
    .map((settings) => [
      WORDS[settings[0]!.algorithm]!,
      WORDS[settings[0]!.sign]!,
      ...settings.map((setting) => cellOf(results, setting)),
    ])
  const reasons = [...impossible(idp)].map(([reason, count]) => `- ${reason} (${count} settings)`)
  return `## ${idp.name} ${idp.version()}

${table(['algorithm', 'signed', ...ENCRYPTIONS.map((name) => WORDS[name]!)], rows)}

Of ${SETTINGS.length} settings it can do ${SETTINGS.filter(can).length}. Why not the others:

${reasons.join('\n')}`
}

/** Why a case is not among those of an IdP. */
function missingOf(idp: Idp, twist: Twist): string {
  if (twist === 'cancel') return `cannot: ${idp.cannotCancel}`
  if (twist === 'unsigned request') return 'it does not verify our requests'
  if (twist === 'encrypted last') return 'cannot: it encrypts first'
  const special: Setting =
    twist === 'triple des'
      ? { sign: 'both', encrypt: 'tripledes-cbc', algorithm: 'rsa-sha256' }
      : { sign: 'both', encrypt: 'none', algorithm: 'rsa-sha1' }
  return `cannot: ${idp.cannot(special)}`
}

function twistCell(idp: Idp, results: readonly Result[], twist: Twist): string {
  const these = results.filter(({ case: one }) => one.twist === twist)
  if (these.length === 0) return missingOf(idp, twist)
  const verdicts = [...new Set(these.map(verdictOf))].join(', ')
  const names = these.map(({ case: one }) => one.start)
  return twist === 'unsigned request' ? `${verdicts} (${names.join(', ')})` : verdicts
}

/** A command in lines. */
function wrap(command: string): string {
  return command.replace(/(.{1,90}) (?=\S)/g, '$1 \\\n  ')
}

export function renderTable(results: readonly Result[]): string {
  const idps = [...new Set(results.map(({ case: one }) => one.idp))]
  const of = (idp: Idp) => results.filter(({ case: one }) => one.idp === idp)
  const twists = (Object.keys(TWISTS) as Twist[]).map((twist) => [
    TWISTS[twist],
    ...idps.map((idp) => twistCell(idp, of(idp), twist)),
  ])
  const day = new Date().toISOString().slice(0, 10)
  const packages = [...new Set(idps.flatMap(({ debian = [] }) => debian))]
  return `# Identity providers

\`node test/interop.ts --write\` made this page on ${day}. It runs ${idps.length} real identity
providers (IdPs) against the Worker in workerd: ${results.length} cases.
Each case has a connection of its own, filled from the IdP's metadata. The IdP gets ours, or what
it takes in its place. An HTTP client signs in as a person, follows redirects and posts forms.

- **login**: the right person has a session, and the page shows the names. Of the two people, one has
  \`Ü\`, \`<\`, \`&\` and \`"\` in the last name. Each cell stands for ${STARTS.length} logins: our request by
  HTTP-Redirect, by HTTP-POST, and a login that begins at the IdP.
- **refused**: nobody has a session, and the attempt has this code.
- **–**: the IdP cannot. The lines below its table say why.
- Keys of encrypted assertions travel by RSA-OAEP with SHA-1 (\`rsa-oaep-mgf1p\`), as our metadata
  asks.
- AES-CBC is decrypted if a signature of the Response covers the encrypted assertion. Otherwise the
  connection must allow it, and our metadata offers AES-GCM alone.

Run it: \`node test/interop.ts [--short] [PART OF A NAME]\`. It installs what it needs from npm. CI
runs the short form. Some of the IdPs are of Debian:

\`\`\`
${wrap(`apt-get install --no-install-recommends ${packages.join(' ')}`)}
\`\`\`

${idps.map((idp) => sectionOf(idp, of(idp))).join('\n\n')}

## Forged, misdirected and unusual

${table(['', ...idps.map(({ name }) => name)], twists)}
`
}
