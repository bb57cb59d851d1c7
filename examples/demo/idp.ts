// The demo's identity provider: `npx node examples/demo/idp.ts CONFIG.json` (fields:
// idp/config.ts). Listens on 127.0.0.1 only. Says "ready" on standard output, or why not in one
// line on standard error with exit code 1.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { idpURL, readIdpConfig, type IdpConfig } from './idp/config.ts'
import { contentSecurityPolicy, renderError } from './idp/pages.ts'
import { routes, type Answer } from './idp/routes.ts'

const bodyLimit = 64 * 1024

async function answer(config: IdpConfig, request: IncomingMessage): Promise<Answer> {
  const url = new URL(idpURL(config, request.url ?? '/'))
  const route = routes[`${request.method} ${url.pathname}`]
  if (!route) return { status: 404, body: renderError('Not found', url.pathname) }
  const method = request.method === 'POST' ? 'POST' : 'GET'
  const body = method === 'POST' ? await readBody(request) : ''
  if (body === undefined) {
    return { status: 413, body: renderError('Too large', `More than ${bodyLimit} bytes`) }
  }
  const form = method === 'POST' ? new URLSearchParams(body) : url.searchParams
  const cookies = parseCookies(request.headers.cookie ?? '')
  return route({ config, method, parameters: Object.fromEntries(form), cookies })
}

/** undefined: larger than the limit. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= bodyLimit) chunks.push(chunk)
  }
  return size > bodyLimit ? undefined : Buffer.concat(chunks).toString()
}

function parseCookies(header: string): Record<string, string> {
  const pairs = header.split(';').map((pair) => pair.trim().split('='))
  return Object.fromEntries(pairs.map(([name, value]) => [name, value ?? '']))
}

async function serve(config: IdpConfig, request: IncomingMessage, response: ServerResponse) {
  const { status, type, cookie, body } = await answer(config, request).catch((error): Answer => {
    console.error(error)
    return { status: 500, body: renderError('The demo identity provider failed', String(error)) }
  })
  response.writeHead(status ?? 200, {
    'content-type': type ?? 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(cookie && { 'set-cookie': cookie }),
  })
  response.end(body)
  console.log(`${request.method} ${request.url?.split('?')[0]} ${status ?? 200}`)
}

function fail(reason: string) {
  console.error(`demo IdP: ${reason}`)
  process.exitCode = 1
}

function listen(config: IdpConfig) {
  createServer((request, response) => void serve(config, request, response))
    .on('error', (error) => fail(error.message))
    .listen(config.port, '127.0.0.1', () => {
      console.log(`demo IdP: ready at ${idpURL(config, '/')}`)
    })
}

try {
  if (!process.argv[2]) throw new Error('run it as: node examples/demo/idp.ts CONFIG.json')
  listen(readIdpConfig(process.argv[2]))
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}
