// `gatepost`: the admin scripts. Exit status 0: done (whatever a judgement says), 2: the command was not understood.
import { explainCommand } from './explain-command.ts'
import { UsageError } from './usage-error.ts'

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  explain: explainCommand,
}

const USAGE = `usage: npm run -s gatepost -- COMMAND

  explain   judge a SAML response offline: what was expected, what came, how to mend it
            --help says more`

// Whoever reads us may stop early, as `head` does.
process.stdout.on('error', () => process.exit(0))

const [name = '', ...args] = process.argv.slice(2)
try {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (name === '--help' || name === '') console.log(USAGE)
  else if (!command) throw new UsageError(`no command ${name}. ${USAGE.split('\n')[0]}`)
  else await command(args)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`gatepost: ${error.message.replaceAll('\n', ' ')}`)
  process.exitCode = 2
}
