// Whether the demo can listen on a port, checked before anything is started. Never looks at or
// touches the process that has it.
import { connect, createServer } from 'node:net'

/** A port from an environment variable. Throws an Error of one line that names the variable. */
export function readPort(name: string, fallback: number): number {
  const text = process.env[name] || String(fallback)
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new Error(`${name}=${text} is not a port. Give a number from 1 to 65535.`)
  }
  return port
}

/**
 * The port of a variable, checked; by default the first free one from `fallback` on. For processes
 * that print their own address: a person who has set the other ports need not know this one.
 */
export async function findPort(
  name: string,
  fallback: number,
  taken: readonly number[],
): Promise<number> {
  const isAsked = Boolean(process.env[name])
  for (let port = readPort(name, fallback); ; port += 1) {
    if (isAsked || port > 65535) {
      await checkPort(name, port)
      return port
    }
    const isFree = !taken.includes(port) && (await checkPort(name, port).then(yes, no))
    if (isFree) return port
  }
}

const yes = () => true
const no = () => false

/**
 * Throws an Error of one line if a port is not free; `name` is the environment variable that would
 * change it.
 */
export async function checkPort(name: string, port: number): Promise<void> {
  // Binding alone does not tell: some systems let 127.0.0.1 be bound beside another process's
  // wildcard, and a server on [::1] would get what a browser sends to localhost.
  const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => hasListener(host, port)))
  if (answers.includes(true)) throw new Error(inUse(name, port))
  const code = await tryToListen(port)
  if (code === 'EADDRINUSE') throw new Error(inUse(name, port))
  if (code) throw new Error(`port ${port} cannot be opened (${code}). Choose another by ${name}=….`)
}

function inUse(name: string, port: number): string {
  return `port ${port} is in use. Stop what listens there, or choose another port: ${name}=${port + 10} npm start`
}

function hasListener(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 })
    const settle = (listening: boolean) => {
      socket.destroy()
      resolve(listening)
    }
    socket.on('connect', () => settle(true))
    socket.on('timeout', () => settle(false))
    socket.on('error', () => settle(false))
  })
}

function tryToListen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)))
  })
}
