// A deployment's API over HTTPS. The key comes from the environment or a file, because other users
// can see command lines and shells keep them.
import { API_BASE } from '../api/engine/api-base.ts'
import { isLoopback } from '../env.ts'
import { readFile } from './arguments.ts'
import { CommandError } from './command-error.ts'
import type { Transport } from './transport.ts'
import { UsageError } from './usage-error.ts'

const TIMEOUT_SECONDS = 120

export function openDeployment(url: string, keyFile: string | undefined): Transport {
  const origin = readOrigin(url)
  const key = readKey(keyFile)
  return {
    async send(path, init) {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${key}`)
      const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1000)
      try {
        // The key is sent only to the origin it was given for: redirects fail.
        return await fetch(origin + API_BASE + path, {
          ...init,
          headers,
          signal,
          redirect: 'error',
        })
      } catch (error) {
        throw new CommandError(`${origin} cannot be reached: ${reasonOf(error)}`)
      }
    },
    close: async () => undefined,
  }
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOrigin = url?.pathname === '/' && !url.search && !url.hash && !url.username
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (!url || !isOrigin || !isSafe)
    throw new UsageError('--url takes the origin of a deployment, like https://sso.example.com')
  return url.origin
}

function readKey(keyFile: string | undefined): string {
  const text = keyFile ? readFile(keyFile).toString('utf8') : process.env['GATEPOST_API_KEY']
  const key = text?.trim()
  if (!key) throw new UsageError('--url needs a key in GATEPOST_API_KEY or --key-file')
  if (!/^[\x21-\x7e]+$/.test(key)) throw new UsageError('the API key must be one word of ASCII')
  return key
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message || error.message : error.message
}
