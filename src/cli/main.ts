// `gatepost`: the admin scripts. Exit status 0: done (whatever a judgement says), 1: understood and not possible, 2: the
// command was not understood.
import { explainCommand } from './explain-command.ts'
import { CommandError } from './print.ts'
import { UsageError } from './usage-error.ts'

// Whoever reads us may stop early, as `head` does.
process.stdout.on('error', () => process.exit(0))

const [noun = '--help', ...args] = process.argv.slice(2)
try {
  await run(noun, args)
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof CommandError)) throw error
  console.error(`gatepost: ${error.message.replaceAll('\n', ' ')}`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}

async function run(noun: string, [verb = '', ...rest]: string[]): Promise<void> {
  if (noun === 'explain') return explainCommand(args)
  // Imported here: they bring the local Workers runtime along, which explain does not need.
  const { runVerb, VERBS } = await import('./commands.ts')
  const name = `${noun} ${verb}`
  if (Object.hasOwn(VERBS, name)) return runVerb(VERBS[name]!, rest)
  const usage = Object.entries(VERBS).map(([known, { usage }]) => `  ${known} ${usage}`)
  if (noun !== '--help') throw new UsageError(`no command ${name.trim()}: --help lists them`)
  console.log(
    [
      'usage: npm run -s gatepost -- COMMAND [--json]',
      '',
      '  explain --help',
      ...usage,
      '',
      'explain judges a SAML response offline. The others work on the database of this machine, the one that npm start uses.',
    ].join('\n'),
  )
}
