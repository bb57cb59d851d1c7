// `npm start`: the Worker, a demo customer, that customer's identity provider and two apps on this
// machine, until Ctrl-C. Makes missing files and keeps existing ones. None of it is part of the
// Worker: wrangler.toml names nothing of this folder.
import './preflight.mjs'
import { randomBytes } from 'node:crypto'
import { mkdirSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connectionSid, edgeWorkerSid, nodeAppSid, people } from './customer.ts'
import { checkPort, findPort, readPort } from './ports.ts'
import { runProcess, startProcess, stopProcesses } from './processes.ts'
import { findError, waitFor } from './ready.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const logName = '.wrangler/start.log'
const idpConfigName = '.wrangler/demo-idp.json'
const edgeConfigName = 'examples/edge-worker/wrangler.toml'
const wrangler = 'node_modules/wrangler/bin/wrangler.js'

/** Where HTTPS_CERT and HTTPS_KEY name files: the Worker is served over https with them. */
const { HTTPS_CERT = '', HTTPS_KEY = '' } = process.env
/** Another entry of the Worker: tests put faults in front of its bindings. */
const { WORKER_ENTRY = '' } = process.env
/** wrangler.toml says that tools/build.ts has bundled the entry: not that one. */
const BUNDLED = ['--bundle', '--alias', 'pkijs:./src/saml/signature/pkijs-stub.ts']

type Plan = {
  port: number
  origin: string
  idpOrigin: string
  startURL: string
  appPort: number
  appOrigin: string
  edgePort: number
  edgeOrigin: string
}

/** Checks and writes what the processes need, and starts none. Throws an Error of one line. */
async function prepare(): Promise<Plan> {
  const port = readPort('PORT', 8787)
  const idpPort = readPort('IDP_PORT', 8788)
  if (port === idpPort) throw new Error(`PORT and IDP_PORT are both ${port}. Choose two ports.`)
  await checkPort('PORT', port)
  await checkPort('IDP_PORT', idpPort)
  const appPort = await findPort('APP_PORT', 8789, [port, idpPort])
  const edgePort = await findPort('EDGE_PORT', 8790, [port, idpPort, appPort])
  if (new Set([port, idpPort, appPort, edgePort]).size < 4)
    throw new Error('PORT, IDP_PORT, APP_PORT and EDGE_PORT must be four ports.')
  if (!HTTPS_CERT !== !HTTPS_KEY) throw new Error('HTTPS_CERT and HTTPS_KEY go together.')
  const origin = `${HTTPS_CERT ? 'https' : 'http'}://localhost:${port}`
  const startURL = `${origin}/sso/${connectionSid}?return_to=/`

  // Not imported above: what they import is there only when the preflight has passed.
  const { checkLocalState } = await import('./local-state.ts')
  const { ensureDevVars } = await import('./secrets.ts')
  const { writeIdpConfig } = await import('./idp/write-config.ts')
  checkLocalState(root)
  mkdirSync(`${root}.wrangler`, { recursive: true })
  const spCertificate = await ensureDevVars(`${root}.dev.vars`, origin)
  await writeIdpConfig(root + idpConfigName, { origin, idpPort, startURL, spCertificate })
  return {
    port,
    origin,
    // Another site than localhost, so that browsers treat the way back as cross-site, as they do
    // with any IdP.
    idpOrigin: `http://127.0.0.1:${idpPort}`,
    startURL,
    appPort,
    appOrigin: `http://localhost:${appPort}`,
    edgePort,
    edgeOrigin: `http://localhost:${edgePort}`,
  }
}

/**
 * Brings everything up. Returns promises that reject when a part of it ends. Throws an Error of one
 * line.
 */
async function bringUp(plan: Plan, log: number): Promise<Promise<never>[]> {
  const { port, origin, idpOrigin, appPort, appOrigin, edgePort, edgeOrigin } = plan
  const place = { cwd: root, log }
  const answers = (url: string, expected: RegExp, status = 200) =>
    waitFor(url, expected, root + logName, status)
  const migrate = ['tools/db/migrate.ts', '--local', '--config', 'wrangler.toml']
  await runProcess('Applying the migrations', place, migrate)
  // The example app's, of this run alone: the database has its hash, the app has it in its
  // environment.
  const secret = `gpc_${randomBytes(32).toString('base64url')}`
  const apps = { APP_ORIGIN: appOrigin, EDGE_ORIGIN: edgeOrigin, CLIENT_SECRET: secret }
  const seeding = { ...place, environment: apps }
  await runProcess('Seeding the demo customer', seeding, ['examples/demo/seed.ts', idpConfigName])

  // Beats the ORIGIN of .dev.vars, which may be of another port and is not ours to rewrite.
  const tls = ['--local-protocol', 'https', '--https-cert-path', HTTPS_CERT]
  const worker = [
    ...dev('wrangler.toml', port, { ORIGIN: origin }),
    ...(HTTPS_CERT ? [...tls, '--https-key-path', HTTPS_KEY] : []),
    ...(WORKER_ENTRY ? [WORKER_ENTRY, ...BUNDLED] : []),
  ]
  const edge = { ISSUER: origin, CLIENT_ID: edgeWorkerSid }
  const ends = [
    startProcess('The demo identity provider', place, ['examples/demo/idp.ts', idpConfigName]),
    startProcess('The Worker (wrangler dev)', place, worker),
    startProcess('The example at the edge', place, dev(edgeConfigName, edgePort, edge)),
  ].map(endOf)
  const first = Promise.all([
    answers(`${idpOrigin}/metadata`, /<EntityDescriptor /),
    answers(`${origin}/health`, /"status"\s*:\s*"ok"/),
    // What is no page of a browser's is not sent to sign in.
    answers(edgeOrigin, /open the page again/, 401),
  ])
  await Promise.race([...ends, first])

  const app = { ISSUER: origin, CLIENT_ID: nodeAppSid, CLIENT_SECRET: secret }
  const environment = { ...app, APP_PORT: String(appPort) }
  // It asks the Worker where everything is as soon as it starts.
  const command = ['examples/node-app/app.ts']
  ends.push(endOf(startProcess('The example app', { ...place, environment }, command)))
  await Promise.race([...ends, answers(appOrigin, /Nobody is signed in/)])
  return ends
}

function dev(config: string, port: number, variables: Record<string, string>): string[] {
  const settings = Object.entries(variables).flatMap(([name, value]) => [
    '--var',
    `${name}:${value}`,
  ])
  // Two at once would choose the same port for the debugger: the system chooses.
  const listen = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0']
  const quiet = '--show-interactive-dev-session=false'
  return [wrangler, 'dev', '--local', '--config', config, ...listen, ...settings, quiet]
}

async function endOf({ name, ended }: ReturnType<typeof startProcess>): Promise<never> {
  throw new Error(`${name} stopped (${await ended}) (see ${logName})`)
}

function announce({ idpOrigin, startURL, appOrigin, edgeOrigin }: Plan) {
  const [alice, bob, carol] = people.map(({ username, password }) => `${username} / ${password}`)
  console.log(`Sign in as ${alice} or ${bob}. ${carol} is refused: SSO is off for her.`)
  console.log(`To begin at the identity provider instead: ${idpOrigin}/unsolicited`)
  console.log(`Apps that sign in by OpenID Connect: ${appOrigin} and, at the edge, ${edgeOrigin}`)
  console.log(
    'For the operators’ console, a link: npm run -s gatepost -- operator sign-in --email olga@vendor.example --name Olga',
  )
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

// npm may end without passing a signal on: then nobody uses the demo any longer.
if (process.env.npm_lifecycle_event) await import('./leash.ts')
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(0))

start().catch((error: unknown) => end(1, textOf(error)))
