// An internet of a few names and hosts behind an injected fetch: what fetchPublic asks of it, and
// what it answers.

type Answers = {
  /** Addresses by name; CNAMEs are written as names. Others do not exist. */
  names?: Record<string, string[]>
  /** TXT records by name. */
  texts?: Record<string, string[]>
  /** Answers by URL. Anything else refuses the connection. */
  hosts?: Record<string, () => Response | Promise<Response>>
  /** What every other URL answers. */
  elsewhere?: () => Response
  /** Instead of the answer that `names` makes. */
  dns?: (name: string, type: string) => Response | Promise<Response>
}

export const RESOLVER = 'https://resolver.example/dns-query'

/** Addresses of no special purpose: those of a.root-servers.net. */
export const PUBLIC_V4 = '198.41.0.4'
export const PUBLIC_V6 = '2001:503:ba3e::2:30'

export function fakeNetwork({ names = {}, texts = {}, hosts = {}, elsewhere, dns }: Answers) {
  const visited: string[] = []
  const resolved: string[] = []
  const requests: RequestInit[] = []
  const fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input))
    requests.push(init)
    if (url.href.startsWith(`${RESOLVER}?`)) {
      const name = url.searchParams.get('name') ?? ''
      const type = url.searchParams.get('type') ?? ''
      resolved.push(`${name} ${type}`)
      if (dns) return dns(name, type)
      return Response.json(
        type === 'TXT' ? textsOf(name, texts[name]) : answerOf(names[name], type),
      )
    }
    visited.push(url.href)
    const answer = hosts[url.href] ?? elsewhere
    if (!answer) throw new TypeError('Network connection lost.')
    return answer()
  }
  return {
    /** URLs of hosts that were asked, in order. */
    visited,
    /** `name type` of every look-up. */
    resolved,
    /** How each request was made, look-ups too. */
    requests,
    options: {
      fetch: fetch as typeof globalThis.fetch,
      resolver: RESOLVER,
      allowLocal: false,
      timeoutSeconds: 10,
      maximumBytes: 1024 * 1024,
    },
  }
}

/** An internet in which every name is public and every URL answers, with nothing. */
export function openInternet() {
  return fakeNetwork({
    elsewhere: () => new Response(null, { status: 204 }),
    dns: () => Response.json({ Status: 0, Answer: [{ type: 1, data: PUBLIC_V4 }] }),
  })
}

export function redirectTo(location: string, status = 302): () => Response {
  return () => new Response('moved', { status, headers: { location } })
}

/** A body of so many chunks of 64 KiB, made as they are read. */
export function streamOf(chunks: number): {
  body: ReadableStream<Uint8Array>
  /** What was read of it. */
  state: { chunks: number; cancelled: boolean }
} {
  const state = { chunks: 0, cancelled: false }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (state.chunks === chunks) return controller.close()
        state.chunks++
        controller.enqueue(new Uint8Array(64 * 1024))
      },
      cancel() {
        state.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, state }
}

function answerOf(found: string[] | undefined, type: string) {
  if (!found) return { Status: 3, TC: false }
  const kind = (data: string) => (data.includes(':') ? 'AAAA' : /^[\d.]+$/.test(data) ? 'A' : '')
  const number = { A: 1, AAAA: 28, '': 5 }
  const Answer = found
    .filter((data) => kind(data) === type || kind(data) === '')
    .map((data) => ({ name: 'x', TTL: 60, type: number[kind(data)], data }))
  return { Status: 0, TC: false, ...(Answer.length > 0 && { Answer }) }
}

function textsOf(name: string, found: string[] | undefined) {
  if (!found) return { Status: 3, TC: false }
  const quote = (text: string) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  const Answer = found.map((text) => ({ name, TTL: 60, type: 16, data: quote(text) }))
  return { Status: 0, TC: false, Answer }
}
