// Fetches URLs that administrators enter, only from the public internet, within a time and a size.
// A lookup before the fetch cannot exclude DNS rebinding: the fetch looks the name up again and may
// get another address. A Worker cannot pin the address of a connection. On Cloudflare, fetch() has
// no route to private networks. Elsewhere, filter outgoing connections.
import { lookUp } from './dns.ts'
import { discard, fail, inTime, readBody, send, type Time } from './request.ts'
import { readStart } from './read-limited.ts'
import { isEndpoint, writtenURL } from '../../endpoint.ts'
import { cut } from '../../cut.ts'
import {
  isLoopbackAddress,
  isLoopbackName,
  isPrivateName,
  isPublicAddress,
  literalAddress,
} from './public-address.ts'

export type PublicFetchOptions = {
  fetch: typeof fetch
  /**
   * URL of a DNS-over-HTTPS resolver that answers in JSON, like
   * https://cloudflare-dns.com/dns-query.
   */
  resolver: string
  /** True only under `wrangler dev` and in tests: permits http and loopback. */
  allowLocal: boolean
  /** For lookups, redirects and body together. May be a fraction. */
  timeoutSeconds: number
  /** Sent to every host on the way, so never a secret. */
  headers?: Record<string, string>
}

export type FetchFailure = {
  ok: false
  code: 'endpoint_private' | 'endpoint_unreachable' | 'endpoint_url'
  /** For administrators. */
  reason: string
  /** The time was over before an answer came. */
  isLate?: true
}

export type FetchedPublic = {
  ok: true
  /** Of the last answer, whatever it is. */
  status: number
  headers: Headers
  body: Uint8Array<ArrayBuffer>
  /** Where the last redirect led. */
  url: string
}

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * GETs the URL and follows up to five redirects, each checked like the first. Never rejects.
 * `endpoint_url`: no https URL without credentials; `endpoint_private`: a name or address that is
 * not public; `endpoint_unreachable`: no whole answer of at most `maximumBytes` (after
 * decompression) within the time.
 */
export async function fetchPublic(
  url: string,
  options: PublicFetchOptions & { maximumBytes: number },
): Promise<FetchedPublic | FetchFailure> {
  return inTime(options.timeoutSeconds, async (time) => {
    let location = url
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const visited = await visit(location, options, time)
      if (!visited.ok) return visited
      const { response } = visited
      const { status, headers } = response
      const next = REDIRECTS.has(status) ? headers.get('location') : null
      if (next === null) {
        const body = await readBody(response, options.maximumBytes, time)
        return { ok: true, status, headers, body, url: location }
      }
      discard(response)
      if (!URL.canParse(next, location))
        return fail('endpoint_url', `${nameOf(location)} redirects to what is no URL`)
      location = new URL(next, location).href
    }
    return fail('endpoint_unreachable', `there are more than ${MAX_REDIRECTS} redirects`)
  })
}

/**
 * Whether something answers at the URL. Every answer below 500 counts, also a redirect: an SSO URL
 * may refuse a GET without a request, and the browser follows redirects. It reads no body. Never
 * rejects.
 */
export async function checkReachable(
  url: string,
  options: PublicFetchOptions,
): Promise<{ result: 'reachable' | 'unreachable' | 'private'; reason: string }> {
  const visited = await inTime(options.timeoutSeconds, (time) => visit(url, options, time))
  if (!visited.ok)
    return {
      result: visited.code === 'endpoint_private' ? 'private' : 'unreachable',
      reason: visited.reason,
    }
  discard(visited.response)
  const { status } = visited.response
  return { result: status < 500 ? 'reachable' : 'unreachable', reason: `it answers ${status}` }
}

/**
 * Why nothing may be sent to the URL’s host; undefined: it is public now. Asks the resolver and
 * nobody else. Never rejects.
 */
export async function checkPublic(
  url: string,
  options: PublicFetchOptions,
): Promise<FetchFailure | undefined> {
  const checked = await inTime(options.timeoutSeconds, async (time) => {
    const failure = await checkHost(new URL(url).hostname, options, time)
    return failure ?? { ok: true as const }
  })
  return checked.ok ? undefined : checked
}

/**
 * POSTs a form. Only the status of the answer counts: it reads no body and follows no redirect.
 * Never rejects; fails as `fetchPublic` does.
 */
export function postPublic(
  url: string,
  form: URLSearchParams,
  options: PublicFetchOptions,
): Promise<PostedPublic | FetchFailure> {
  return sendPublic(url, { type: 'application/x-www-form-urlencoded', body: `${form}` }, options)
}

export type PostedPublic = { ok: true; status: number; start: Uint8Array<ArrayBuffer> }

/**
 * POSTs a body and follows no redirect. `startBytes`: how much of the answer is read, nothing by
 * default; an answer that breaks off there has no start. Never rejects; fails as `fetchPublic`
 * does.
 */
export async function sendPublic(
  url: string,
  { type, body, startBytes = 0 }: { type: string; body: string; startBytes?: number },
  options: PublicFetchOptions,
): Promise<PostedPublic | FetchFailure> {
  const headers = { ...options.headers, 'content-type': type }
  return inTime(options.timeoutSeconds, async (time) => {
    const visited = await visit(url, { ...options, headers }, time, { method: 'POST', body })
    if (!visited.ok) return visited
    const { response } = visited
    const { status } = response
    if (startBytes > 0)
      return { ok: true, status, start: await startOf(response, startBytes, time) }
    discard(response)
    return { ok: true, status, start: new Uint8Array() }
  })
}

async function startOf(response: Response, bytes: number, time: Time) {
  try {
    return await readStart(response.body, bytes, { wait: time.limit })
  } catch {
    return new Uint8Array()
  }
}

/**
 * One request, if its URL may be fetched. A Worker keeps no cookies and passes none to the next
 * hop.
 */
async function visit(
  location: string,
  options: PublicFetchOptions,
  time: Time,
  init: RequestInit = {},
): Promise<{ ok: true; response: Response } | FetchFailure> {
  if (!isEndpoint(writtenURL(location), options.allowLocal))
    return fail('endpoint_url', `${nameOf(location)} is no https URL without credentials`)
  const url = new URL(location)
  const failure = await checkHost(url.hostname, options, time)
  if (failure) return failure
  return { ok: true, response: await send(url, options.headers ?? {}, options, time, init) }
}

async function checkHost(
  hostname: string,
  options: PublicFetchOptions,
  time: Time,
): Promise<FetchFailure | undefined> {
  const isAllowed = (address: string) =>
    isPublicAddress(address) || (options.allowLocal && isLoopbackAddress(address))
  const literal = literalAddress(hostname)
  if (literal !== undefined)
    return isAllowed(literal)
      ? undefined
      : fail('endpoint_private', `${literal}, which is not a public address`)
  if (options.allowLocal && isLoopbackName(hostname)) return undefined
  if (isPrivateName(hostname))
    return fail('endpoint_private', `${hostname} is no name of the public internet`)
  const found = await Promise.all([
    lookUp(hostname, 'A', options, time),
    lookUp(hostname, 'AAAA', options, time),
  ])
  const addresses = found.flat()
  if (addresses.length === 0) return fail('endpoint_unreachable', `${hostname} has no address`)
  // The fetch takes any of them.
  const refused = addresses.find((address) => !isAllowed(address))
  return refused === undefined
    ? undefined
    : fail('endpoint_private', `${hostname} leads to ${cut(refused)}, which is not public`)
}

/**
 * The part of a URL that a reason may show. Reasons are stored, and the URL may contain a password
 * or token.
 */
function nameOf(location: string): string {
  if (!URL.canParse(location)) return 'this'
  const { protocol, host } = new URL(location)
  // The origin of other schemes is the word “null”.
  return cut(host ? `${protocol}//${host}` : protocol)
}
