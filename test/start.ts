// Tries `npm start` as a newcomer would: twice, with a login each time and Ctrl-C at the end; and
// with a port in use. Prints a line a case and ends with `N passed, N failed`.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { walkApps } from './start-browser.ts'

const START_SECONDS = 120
let passed = 0
let failed = 0

const [port, idpPort] = [await freePort(), await freePort()]
const env = { ...process.env, PORT: String(port), IDP_PORT: String(idpPort) }

await test('npm start ends its start-up with Ready, and the URL ends signed in', loginOnce)
await test('a second run works too', loginOnce)
await test('gatepost works on the same database: a customer from nothing to a login', onboard)
await test(
  'the apps, in a browser: in by the front door, out by the tenant’s page, out by an operator',
  walk,
)
await test('a port in use is said in one line', async () => {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { child, output } = start()
    const [code] = await once(child, 'exit')
    expect(code === 1, `exit status ${code}`)
    expect(new RegExp(`port ${port} is in use`).test(output()), output())
  } finally {
    server.close()
  }
})
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

async function loginOnce(): Promise<void> {
  const { child, output } = start()
  let apps: number[] = []
  try {
    const url = await ready(child, output)
    const alice = await login(url, 'alice', 'alicepass')
    expect(/Signed in as Alice Ünïcode/.test(alice), alice)
    expect(/Session SE[0-9a-f]{32}/.test(alice), alice)
    const carol = await login(url, 'carol', 'carolpass')
    expect(/Single sign-on is off for your account/.test(carol), carol)
    const [, app, edge] = /^Apps that .*: (\S+) and, at the edge, (\S+)$/m.exec(output()) ?? []
    const tile = `http://127.0.0.1:${idpPort}/unsolicited?RelayState=${encodeURIComponent(`${app}/`)}`
    const bob = await login(tile, 'bob', 'bobpass')
    expect(bob.startsWith(`200 ${app}/\n`) && /Signed in as Bob Builder/.test(bob), bob)
    apps = [app, edge].map((origin) => Number(new URL(origin!).port))
  } finally {
    const code = await stop(child)
    expect(code === 0, `exit status after Ctrl-C: ${code}: ${output()}`)
  }
  for (const used of [port, idpPort, ...apps])
    expect(await isFree(used), `port ${used} is still in use`)
}

async function walk(): Promise<void> {
  const { child, output } = start()
  try {
    const demo = new URL(await ready(child, output))
    const appOrigin = /^Apps that .*: (\S+) and/m.exec(output())![1]!
    const { url } = await gatepost(
      'operator',
      'sign-in',
      '--email',
      'olga@vendor.example',
      '--name',
      'olga',
    )
    // The command goes by the ORIGIN of .dev.vars, which may be of another port.
    const { pathname, search } = new URL(String(url))
    const signInLink = demo.origin + pathname + search
    const idpOrigin = `http://127.0.0.1:${idpPort}`
    await walkApps({ origin: demo.origin, idpOrigin, appOrigin, signInLink })
  } finally {
    await stop(child)
  }
}

/** The commands of docs/operating/, against the database of the demo, with the demo's IdP. */
async function onboard(): Promise<void> {
  const { child, output } = start()
  try {
    const demo = await ready(child, output)
    const tenant = await gatepost('tenant', 'create', '--name', 'Acme')
    const named = ['--tenant', String(tenant['sid']), '--name', 'Acme IdP']
    const { sid } = await gatepost('connection', 'create', ...named)
    const connection = String(sid)
    await gatepost(
      'connection',
      'import-metadata',
      connection,
      `http://127.0.0.1:${idpPort}/metadata`,
    )
    const reached = JSON.stringify(await gatepost('connection', 'check', connection))
    expect(!/unreachable|private/.test(reached) && /reachable/.test(reached), reached)
    const moved = await gatepost('connection', 'move', connection, 'begin_testing')
    expect(moved['state'] === 'testing', JSON.stringify(moved))

    // The demo's IdP answers to the demo's connection alone: a request of another one shows that
    // ours asks it.
    const begun = await fetch(demo.replace(/CN[0-9a-f]{32}/, connection), { redirect: 'manual' })
    const location = begun.headers.get('location') ?? ''
    expect(location.startsWith(`http://127.0.0.1:${idpPort}/sso?SAMLRequest=`), location)
  } finally {
    await stop(child)
  }
}

function gatepost(...args: string[]): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['src/cli/main.ts', ...args, '--json'], (error, stdout, stderr) => {
      if (error) reject(new Error(`gatepost ${args.join(' ')}: ${stderr}`))
      else resolve(JSON.parse(stdout) as Record<string, unknown>)
    })
  })
}

function start(): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['examples/demo/start.ts'], { env })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, output: () => text }
}

/** Ends it by Ctrl-C, if it has not ended by itself; with what status. */
async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  child.kill('SIGINT')
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

async function ready(child: ChildProcess, output: () => string): Promise<string> {
  for (let waited = 0; waited < START_SECONDS * 10; waited++) {
    const url = /^Ready: (\S+)$/m.exec(output())?.[1]
    if (url) return url
    if (child.exitCode !== null) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`not ready: ${output()}`)
}

function login(url: string, user: string, password: string): Promise<string> {
  const args = ['examples/demo/login.ts', url, '--user', user, '--password', password]
  return new Promise((resolve) => {
    execFile(process.execPath, args, (_error, stdout, stderr) => resolve(stdout + stderr))
  })
}

async function test(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
    passed++
    console.log(`✓ ${name}`)
  } catch (error) {
    failed++
    console.log(`✗ ${name}: ${(error as Error).message}`)
  }
}

function expect(condition: boolean, message: string): void {
  if (!condition) throw new Error(message)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function isFree(candidate: number): Promise<boolean> {
  const server = createServer().listen(candidate, '127.0.0.1')
  const outcome = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ])
  server.close()
  return outcome
}
