// `npm start`: the Worker, a demo customer and that customer's identity provider on this machine, until Ctrl-C. Makes what
// is absent and keeps what is there. None of it is part of the Worker: wrangler.toml names nothing of this folder.
import './preflight.mjs'
import { mkdirSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connectionSid, people } from './customer.ts'
import { checkPort, readPort } from './ports.ts'
import { runProcess, startProcess, stopProcesses } from './processes.ts'
import { findError, waitFor } from './ready.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const logName = '.wrangler/start.log'
const idpConfigName = '.wrangler/demo-idp.json'
const wrangler = 'node_modules/wrangler/bin/wrangler.js'

type Plan = { port: number; origin: string; idpOrigin: string; startURL: string }

/** Checks and writes what the processes need, and starts none. Throws an Error of one line. */
async function prepare(): Promise<Plan> {
  const port = readPort('PORT', 8787)
  const idpPort = readPort('IDP_PORT', 8788)
  if (port === idpPort) throw new Error(`PORT and IDP_PORT are both ${port}. Choose two ports.`)
  await checkPort('PORT', port)
  await checkPort('IDP_PORT', idpPort)
  const origin = `http://localhost:${port}`
  const startURL = `${origin}/sso/${connectionSid}?return_to=/`

  // Not imported above: what they import is there only when the preflight has passed.
  const { ensureDevVars } = await import('./secrets.ts')
  const { writeIdpConfig } = await import('./idp/write-config.ts')
  mkdirSync(`${root}.wrangler`, { recursive: true })
  const spCertificate = await ensureDevVars(`${root}.dev.vars`, origin)
  await writeIdpConfig(root + idpConfigName, { origin, idpPort, startURL, spCertificate })
  // Another site than localhost, so that browsers treat the way back as cross-site, as they do with any IdP.
  return { port, origin, idpOrigin: `http://127.0.0.1:${idpPort}`, startURL }
}

/** Brings everything up. Returns promises that reject when a part of it ends. Throws an Error of one line. */
async function bringUp({ port, origin, idpOrigin }: Plan, log: number): Promise<Promise<never>[]> {
  const place = { cwd: root, log }
  const migrate = [wrangler, 'd1', 'migrations', 'apply', 'DB', '--local']
  await runProcess('Applying the migrations', place, [...migrate, '--config', 'wrangler.toml'])
  await runProcess('Seeding the demo customer', place, ['examples/demo/seed.ts', idpConfigName])

  const dev = [wrangler, 'dev', '--local', '--config', 'wrangler.toml']
  const listen = ['--ip', '127.0.0.1', '--port', String(port)]
  // Beats the ORIGIN of .dev.vars, which may be of another port and is not ours to rewrite.
  const settings = ['--var', `ORIGIN:${origin}`, '--show-interactive-dev-session=false']
  const running = [
    startProcess('The demo identity provider', place, ['examples/demo/idp.ts', idpConfigName]),
    startProcess('The Worker (wrangler dev)', place, [...dev, ...listen, ...settings]),
  ]
  const ends = running.map(async ({ name, ended }): Promise<never> => {
    throw new Error(`${name} stopped (${await ended}) (see ${logName})`)
  })
  const answers = Promise.all([
    waitFor(`${idpOrigin}/metadata`, /<EntityDescriptor /, root + logName),
    waitFor(`${origin}/health`, /"status"\s*:\s*"ok"/, root + logName),
  ])
  await Promise.race([...ends, answers])
  return ends
}

function announce({ idpOrigin, startURL }: Plan) {
  const [alice, bob, carol] = people.map(({ username, password }) => `${username} / ${password}`)
  console.log(`Sign in as ${alice} or ${bob}. ${carol} is refused: SSO is off for her.`)
  console.log(`To begin at the identity provider instead: ${idpOrigin}/unsolicited`)
  console.log('For the operators’ console, a link: npm run -s gatepost -- operator sign-in')
  console.log(`Ctrl-C stops everything. What happens is written to ${logName}`)
  console.log(`Ready: ${startURL}`)
}

/** Ends only by throwing: an Error of one line. */
async function start(): Promise<never> {
  const plan = await prepare()
  console.log('Starting Gatepost with a demo customer, on this machine only …')
  const log = openSync(root + logName, 'w', 0o600)
  const ends = await bringUp(plan, log).catch((error: unknown) => {
    const why = findError(root + logName)
    throw new Error(`${textOf(error)}${why ? `: ${why}` : ''} (all of it: ${logName})`)
  })
  announce(plan)
  return Promise.race(ends)
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

let ending = false

async function end(exitCode: number, reason?: string) {
  // A second Ctrl-C, or a process that ends because it was told to, is no news.
  if (ending) return
  ending = true
  if (reason) console.error(`npm start: ${reason}`)
  await stopProcesses()
  process.exit(exitCode)
}

// npm may end without passing a signal on: then nobody is there any more to want the demo.
if (process.env.npm_lifecycle_event) await import('./leash.ts')
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(0))

start().catch((error: unknown) => end(1, textOf(error)))
