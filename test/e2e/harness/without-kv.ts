// The Worker with a KV that fails at each call, for `wrangler dev` in tests. Everything else is real.
import type { Env } from '../../../src/env.ts'
import worker from '../../../src/worker.ts'

const fail = async () => {
  throw new Error('KV failed: 500 Internal Server Error')
}

const withoutKV = (env: Env): Env => ({
  ...env,
  RELAY: { get: fail, put: fail, delete: fail, list: fail } as unknown as KVNamespace,
})

export default {
  fetch: (request, env, context) => worker.fetch(request, withoutKV(env), context),
  scheduled: (controller, env) => worker.scheduled(controller, withoutKV(env)),
} satisfies ExportedHandler<Env>
