// `gatepost`: the command line. Exit status 0: done (for any verdict), 1: understood but not
// possible, 2: not understood.
import { CommandError } from './command-error.ts'
import { UsageError } from './usage-error.ts'

// A reader may stop early, as `head` does.
process.stdout.on('error', () => process.exit(0))

const args = process.argv.slice(2)
try {
  await run(args)
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof CommandError)) throw error
  report(error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}

async function run([noun = '--help', ...rest]: string[]): Promise<void> {
  // Imported here, because the SAML core takes longer to load than help takes to print.
  if (noun === 'explain') return (await import('./explain-command.ts')).explainCommand(rest)
  const { runCommand, VERBS } = await import('./commands.ts')
  if (noun !== '--help') return runCommand([noun, ...rest])
  const { help } = await import('./help.ts')
  console.log(help(VERBS))
}

/** One line for people, with the choices below it. With --json, the problem of the API. */
function report(error: UsageError | CommandError): void {
  const problem = error instanceof CommandError ? error.problem : undefined
  if (problem && args.includes('--json')) return console.error(JSON.stringify(problem, null, 2))
  console.error(`gatepost: ${error.message.replaceAll(/\s+/g, ' ')}`)
  const choices = error instanceof UsageError ? error.choices : problem?.choices
  for (const choice of choices ?? []) console.error(`  ${choice}`)
}
