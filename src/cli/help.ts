// Help: all commands, those of a noun, or one with its flags.
import type { Flags } from './arguments.ts'
import type { Verb, Verbs } from './verb.ts'

const HEAD = 'usage: npm run -s gatepost -- '

export function help(verbs: Verbs, noun?: string, verbName?: string, common: Flags = {}): string {
  if (noun !== undefined && verbName !== undefined) {
    const name = `${noun} ${verbName}`
    const verb = verbs[name]!
    const flags = Object.entries({ ...verb.flags, ...common })
    return [
      `${HEAD}${usage(name, verb)} [flags]`,
      `       ${verb.about}`,
      '',
      ...columns([
        ...Object.entries(verb.arguments ?? {}),
        ...flags.map(([flag, { value, about }]) => [spell(flag, value), about] as const),
      ]),
    ].join('\n')
  }
  const rows = Object.entries(verbs)
    .filter(([name]) => noun === undefined || name.startsWith(`${noun} `))
    .map(([name, verb]): [string, string] => [usage(name, verb), verb.about])
  return [
    `${HEAD}${noun ?? 'NOUN'} VERB [--json] [--remote | --url https://… [--key-file FILE]]`,
    '',
    ...columns(
      noun === undefined ? [['explain --help', 'judge a SAML response offline'], ...rows] : rows,
    ),
    '',
    ...TAIL,
  ].join('\n')
}

const TAIL = [
  'NOUN VERB --help lists the flags of a command. Commands use the database of this machine, as',
  'npm start does. With --remote they use the deployed database, with the login of wrangler.',
  'With --url they use the API of a deployment, with the key in GATEPOST_API_KEY or --key-file.',
]

function usage(name: string, { takes = [], flags = {} }: Verb): string {
  const needed = Object.entries(flags).filter(([, { need }]) => need)
  return [name, ...takes, ...needed.map(([flag, { value }]) => spell(flag, value))].join(' ')
}

function spell(flag: string, value: string | undefined): string {
  return value === undefined ? `--${flag}` : `--${flag} ${value}`
}

const LINE = 100
const LONGEST_NAME = 44

/** Two columns; the right one wraps. A long name has its own line. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const short = rows.map(([left]) => left.length).filter((length) => length <= LONGEST_NAME)
  const width = Math.max(...short, 0)
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrap(right, LINE - width - 4)
    const indent = ' '.repeat(width + 4)
    const lines = rest.map((line) => indent + line)
    return left.length > width
      ? [`  ${left}`, indent + first, ...lines]
      : [`  ${left.padEnd(width)}  ${first}`, ...lines]
  })
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
