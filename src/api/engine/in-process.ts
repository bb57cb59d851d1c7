// The API without a server: for programs that hold the bindings and name the caller themselves.
import { API_BASE } from './api-base.ts'
import { Hono } from 'hono'
import type { Actor } from '../../events/actor.ts'
import { createApi, type ApiEnv, type ApiLog } from './api.ts'

/** Sends a request as `actor`. The path is below the base. */
export function openApi(options: {
  database: D1Database
  history: D1Database | undefined
  actor: Actor
  config: ApiEnv['Variables']['config']
  network: ApiEnv['Variables']['network']
  log: ApiLog
}): (path: string, init: RequestInit) => Promise<Response> {
  const { database, history, actor, config, network, log } = options
  const app = new Hono<ApiEnv>()
  app.use(async (c, next) => {
    c.set('config', config)
    c.set('network', network)
    await next()
  })
  app.route(
    API_BASE,
    createApi(async () => actor, log),
  )
  return async (path, init) =>
    app.request(API_BASE + path, init, {
      DB: database,
      ...(history && { HISTORY: history }),
    })
}
