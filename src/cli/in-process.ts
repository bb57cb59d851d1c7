// The API in this process, with the bindings of wrangler's platform proxy. The actor is the
// deployment: a person who has its bindings may deploy it.
import { openApi } from '../api/engine/in-process.ts'
import { DEPLOYMENT } from '../events/actor.ts'
import { publicNetwork } from '../platform/network/public-network.ts'
import { ConfigError, readConfig, type Env } from '../env.ts'
import { CommandError } from './command-error.ts'
import type { Transport } from './transport.ts'

export function openInProcess(
  { env, dispose }: { env: Env; dispose: () => Promise<void> },
  origin: string,
): Transport {
  const config = configOf(env, origin)
  const send = openApi({
    database: env.DB,
    history: env.HISTORY,
    actor: DEPLOYMENT,
    config,
    network: publicNetwork(config.isLocal),
    // The command prints refusals. Internal errors are printed here.
    log: ({ detail, reference }) => {
      if (detail) console.error(`${reference}: ${detail}`)
    },
  })
  return { send, close: dispose }
}

function configOf(env: Env, origin: string) {
  try {
    return readConfig({ ...env, ORIGIN: origin })
  } catch (error) {
    throw error instanceof ConfigError ? new CommandError(error.message) : error
  }
}
