// The routes of a Hono app, as Hono knows them: a table of them cannot forget one.
import type { Hono } from 'hono'
import type { App } from '../../../src/platform/http/http.ts'

/**
 * `GET /path/:parameter`, in order; what is there for every method and path is no route of its own.
 */
export function routesOf(app: Hono<App>): string[] {
  const routes = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path === '' ? '/' : path}`)
  return [...new Set(routes)].toSorted()
}
