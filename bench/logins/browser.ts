// A browser of a benchmark: it keeps cookies, and follows redirects until they leave the service.
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:http'

export type Client = {
  /** Keeps connections open. */
  agent: Agent
  /** Called after each answer. */
  onAnswer?: () => Promise<void>
}

export type Landing = { status: number; url: URL; text: string }

const MOST_REDIRECTS = 10
const MILLISECONDS = 30_000

const NONE: ReadonlyMap<string, string> = new Map()

/** Another site's form comes without cookies, as with SameSite=Lax, unless `sendsCookies`. */
export function openBrowser(client: Client) {
  const cookies = new Map<string, string>()

  /** Follows redirects within the origin; `until` names a path at which it stops as well. */
  async function go(
    url: URL,
    options: { form?: URLSearchParams; sendsCookies?: boolean; until?: string } = {},
  ): Promise<Landing> {
    let at = url
    let body = options.form?.toString()
    for (let hop = 0; hop < MOST_REDIRECTS; hop++) {
      const hasCookies = body === undefined || options.sendsCookies
      const answer = await send(client, at, hasCookies ? cookies : NONE, body)
      keepCookies(cookies, answer.headers)
      const { location } = answer.headers
      if (location === undefined || answer.status < 300 || answer.status > 399)
        return { status: answer.status, url: at, text: answer.text }
      const next = new URL(location, at)
      if (next.origin !== url.origin || next.pathname === options.until)
        return { status: answer.status, url: next, text: '' }
      at = next
      body = undefined
    }
    throw new Error(`too many redirects from ${url.pathname}`)
  }
  return { go, cookies }
}

/** Deletes what expires at once. Attributes are not looked at: there is one origin. */
export function keepCookies(cookies: Map<string, string>, headers: IncomingHttpHeaders): void {
  for (const line of headers['set-cookie'] ?? []) {
    const [pair = '', ...attributes] = line.split(/; */)
    const at = pair.indexOf('=')
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
    if (attributes.some((one) => /^max-age=0$/i.test(one))) cookies.delete(name)
    else cookies.set(name, value)
  }
}

export type Reply = { status: number; headers: IncomingHttpHeaders; text: string }

/** One request over a connection that is kept open. */
export async function send(
  { agent, onAnswer }: Client,
  url: URL,
  cookies: ReadonlyMap<string, string>,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const reply = await new Promise<Reply>((resolve, reject) => {
    const sent = request(
      url,
      {
        agent,
        method: body === undefined ? 'GET' : 'POST',
        timeout: MILLISECONDS,
        headers: {
          ...(cookie !== '' && { cookie }),
          ...(body !== undefined && {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': String(Buffer.byteLength(body)),
          }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      },
    )
    sent.once('timeout', () => sent.destroy(new Error(`${url.pathname} gave no answer`)))
    sent.once('error', reject)
    sent.end(body)
  })
  await onAnswer?.()
  return reply
}
