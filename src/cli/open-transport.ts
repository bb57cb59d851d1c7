// Opens a command's transport: the API in this process, on the database of this machine or the
// deployed one, or a deployment's API over HTTPS.
import type { Arguments } from './arguments.ts'
import type { Transport } from './transport.ts'
import { UsageError } from './usage-error.ts'

/** The flags that choose a transport. */
export const TRANSPORT_FLAGS = {
  remote: { about: 'use the deployed database, with the login of wrangler' },
  url: { value: 'https://…', about: 'use the API of a deployment' },
  'key-file': {
    value: 'FILE',
    about: 'with --url: the file with the API key, instead of GATEPOST_API_KEY',
  },
} as const

/** By default the database of this machine. Each kind is loaded when it is needed. */
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
