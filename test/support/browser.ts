// A browser as far as a login needs one: a cookie jar that keeps SameSite=Lax, and no automatic
// redirects.
import { env } from 'cloudflare:workers'
import { createApp } from '../../src/app.ts'
import type { Env } from '../../src/env.ts'
import { askApp } from './ask-app.ts'

const plainApp = createApp()
export const ORIGIN = 'https://sso.vendor.example'

export type Browser = ReturnType<typeof openBrowser>

/**
 * `environment`: of a deployment that is set up otherwise than the tests' own. `fetch`: its way to
 * other sites. `context`: where the app leaves its work for after the response; by default each
 * request waits until that is done. `address`: where it seems to come from. `onAnswer`: called when
 * a response is there, before what the app does after it.
 */
export function openBrowser(
  environment: Env = env,
  options: {
    fetch?: typeof fetch
    context?: ExecutionContext
    address?: string
    onAnswer?: () => void
  } = {},
) {
  const app = options.fetch ? createApp({ fetch: options.fetch }) : plainApp
  const cookies = new Map<string, string>()

  async function request(path: string, init: RequestInit, sendCookies: boolean): Promise<Response> {
    const headers = new Headers(init.headers)
    if (options.address !== undefined) headers.set('cf-connecting-ip', options.address)
    if (sendCookies && cookies.size > 0)
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const url = new URL(path, ORIGIN).href
    const { context, onAnswer } = options
    const response = context
      ? await app.request(url, { ...init, headers }, environment, context)
      : await askApp(app, url, { ...init, headers }, environment, onAnswer)
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split('; ') as [string, ...string[]]
      const [name, value] = pair.split(/=(.*)/s) as [string, string]
      if (attributes.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  return {
    cookies,
    /** A navigation: Lax cookies go with it wherever it comes from. */
    get: (path: string) => request(path, {}, true),
    /** A form of another site: no Lax cookie goes with it. */
    postFromElsewhere: (path: string, fields: Record<string, string> | string) =>
      request(path, form(fields, 'https://idp.tenant.example'), false),
    /** A form of our own pages. */
    post: (path: string, fields: Record<string, string> = {}) =>
      request(path, form(fields, ORIGIN), true),
    /** The same with files. */
    upload: (path: string, body: FormData) =>
      request(path, { method: 'POST', headers: { origin: ORIGIN }, body }, true),
    send: (path: string, init: RequestInit) => request(path, init, false),
    /** With whatever headers, and cookies. */
    sendAs: (path: string, init: RequestInit) => request(path, init, true),
  }
}

function form(fields: Record<string, string> | string, origin: string): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  }
}
