// Opens what a command's requests go by: the API in this process with bindings of this machine or
// of the deployed database, or a deployment's API over HTTPS.
import type { Arguments } from './arguments.ts'
import type { Transport } from './transport.ts'
import { UsageError } from './usage-error.ts'

/** What every command understands. */
export const TRANSPORT_FLAGS = {
  remote: { about: 'work on the deployed database, with the login of wrangler' },
  url: { value: 'https://…', about: 'work on a deployment by its API' },
  'key-file': {
    value: 'FILE',
    about: 'with --url: holds the API key, where GATEPOST_API_KEY does not',
  },
} as const

/**
 * By the flags; the database of this machine where there are none. Each kind is loaded when it is
 * wanted.
 */
export async function openTransport(given: Arguments): Promise<Transport> {
  const url = given.text('url')
  if (given.isOn('remote') && url !== undefined)
    throw new UsageError('--remote and --url exclude each other')
  if (url === undefined && given.text('key-file') !== undefined)
    throw new UsageError('--key-file goes with --url')
  if (url !== undefined)
    return (await import('./deployment.ts')).openDeployment(url, given.text('key-file'))
  if (given.isOn('remote')) return (await import('./remote.ts')).openRemote()
  return (await import('./local.ts')).openLocal()
}
