// Fetches URLs that administrators enter: from the public internet alone, within a time and a size.
//
// What looking up a name beforehand cannot exclude: the fetch looks it up again, and a name whose
// answer has changed in between (DNS rebinding) leads where nobody looked. A Worker cannot pin the
// address it connects to. On Cloudflare the platform stands behind this: fetch() has no route to
// private networks. Run elsewhere, put a filter on the way out.
import { readLimited } from './read-limited.ts'
import { isEndpoint } from '../../endpoint.ts'
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
  /** True under `wrangler dev` and in tests alone: http and loopback are allowed. */
  allowLocal: boolean
  /** For everything: names, redirects and body. May be a fraction. */
  timeoutSeconds: number
  /** Sent to every host on the way: nothing secret. */
  headers?: Record<string, string>
}

export type FetchFailure = {
  ok: false
  code: 'endpoint_private' | 'endpoint_unreachable' | 'endpoint_url'
  /** For administrators. */
  reason: string
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

/** How administrators' URLs are fetched where nothing else is said. */
export function publicNetwork(allowLocal: boolean, fetch = globalThis.fetch): PublicFetchOptions {
  const resolver = 'https://cloudflare-dns.com/dns-query'
  return { fetch, resolver, allowLocal, timeoutSeconds: 5 }
}

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const DNS_BYTES = 64 * 1024
const DNS_RECORD_A = 1
const DNS_RECORD_AAAA = 28
const DNS_RECORD_TXT = 16
const DNS_STATUS_NO_NAME = 3

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
 * Whether something answers at the URL. Any answer below 500 counts, a redirect too: an SSO URL may
 * well refuse a bare GET, and where it leads is the browser's business. No body is read. Never
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
 * POSTs a form. Of the answer its status counts and nothing else: no body is read, and no redirect
 * followed. Never rejects; fails as `fetchPublic` does.
 */
export async function postPublic(
  url: string,
  form: URLSearchParams,
  options: PublicFetchOptions,
): Promise<{ ok: true; status: number } | FetchFailure> {
  const type = 'application/x-www-form-urlencoded'
  const headers = { ...options.headers, 'content-type': type }
  return inTime(options.timeoutSeconds, async (time) => {
    const init = { method: 'POST', body: form.toString() }
    const visited = await visit(url, { ...options, headers }, time, init)
    if (!visited.ok) return visited
    discard(visited.response)
    return { ok: true, status: visited.response.status }
  })
}

/** Ends work when the time is over, also work that does not heed the signal. */
type Time = { signal: AbortSignal; limit: <T>(work: Promise<T>) => Promise<T> }

async function inTime<T>(
  seconds: number,
  work: (time: Time) => Promise<T | FetchFailure>,
): Promise<T | FetchFailure> {
  const signal = AbortSignal.timeout(Math.ceil(seconds * 1000))
  const over = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
  // Mostly nobody is waiting any more when the time is over.
  over.catch(() => undefined)
  try {
    return await work({ signal, limit: (promise) => Promise.race([promise, over]) })
  } catch (error) {
    return fail(
      'endpoint_unreachable',
      signal.aborted ? `there is no whole answer within ${seconds} seconds` : messageOf(error),
    )
  }
}

/**
 * One request, if its URL may be fetched. No cookies: a Worker keeps none, and none are passed from
 * hop to hop.
 */
async function visit(
  location: string,
  options: PublicFetchOptions,
  time: Time,
  init: RequestInit = {},
): Promise<{ ok: true; response: Response } | FetchFailure> {
  if (!isEndpoint(location, options.allowLocal))
    return fail('endpoint_url', `${nameOf(location)} is no https URL without credentials`)
  const url = new URL(location)
  const failure = await checkHost(url.hostname, options, time)
  if (failure) return failure
  return { ok: true, response: await send(url, options.headers ?? {}, options, time, init) }
}

async function send(
  url: URL,
  headers: Record<string, string>,
  // Called by itself: as a method of something else, the platform's fetch() refuses.
  { fetch }: PublicFetchOptions,
  time: Time,
  init: RequestInit = {},
): Promise<Response> {
  try {
    const request = fetch(url.href, { ...init, redirect: 'manual', signal: time.signal, headers })
    return await time.limit(request)
  } catch (error) {
    // The platform names neither host nor cause.
    throw new Error(`${url.host} cannot be reached: ${messageOf(error)}`, { cause: error })
  }
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
      : fail('endpoint_private', `${literal} is no address of the public internet`)
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
 * Addresses of a name. Rejects where the resolver does not say all of them: what it keeps back may
 * be private.
 */
async function lookUp(
  hostname: string,
  type: 'A' | 'AAAA',
  options: PublicFetchOptions,
  time: Time,
): Promise<string[]> {
  const { Status, Answer } = await askResolver(hostname, type, options, time)
  if (Status !== 0) throw new Error(`${hostname} cannot be resolved (DNS status ${Status})`)
  // CNAMEs are in the answer beside the addresses to which they lead.
  return Answer.filter(({ type }) => type === DNS_RECORD_A || type === DNS_RECORD_AAAA).map(
    ({ data }) => data,
  )
}

/**
 * The TXT records of a name itself: what a CNAME leads to belongs to somebody else. Empty where
 * there are none. Never rejects; `endpoint_unreachable` where the resolver does not answer.
 */
export async function lookUpText(
  name: string,
  options: PublicFetchOptions,
): Promise<{ ok: true; texts: string[] } | FetchFailure> {
  return inTime(options.timeoutSeconds, async (time) => {
    const { Status, Answer } = await askResolver(name, 'TXT', options, time)
    if (Status !== 0 && Status !== DNS_STATUS_NO_NAME)
      return fail('endpoint_unreachable', `${name} cannot be resolved (DNS status ${Status})`)
    const isOwn = (owner = '') => owner.replace(/\.$/, '').toLowerCase() === name.toLowerCase()
    const own = Answer.filter((record) => record.type === DNS_RECORD_TXT && isOwn(record.name))
    return { ok: true, texts: own.map(({ data }) => readText(data)) }
  })
}

/**
 * Resolvers write a TXT record as its strings in quotes (RFC 1035 §5.1), or, where it is one, as it
 * is.
 */
function readText(data: string): string {
  const strings = [...data.trim().matchAll(/"((?:[^"\\]|\\.)*)"\s*/gsy)]
  if (strings.length === 0) return data
  return strings
    .map(([, text]) =>
      text!.replaceAll(/\\(\d{3}|.)/gs, (_, escaped: string) =>
        escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped,
      ),
    )
    .join('')
}

/**
 * Fields as in
 * https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json/
 */
type DnsAnswer = { Status: number; TC: boolean; Answer: DnsRecord[] }
type DnsRecord = { name?: string; type: number; data: string }

/** Rejects where the answer is not whole. */
async function askResolver(
  hostname: string,
  type: 'A' | 'AAAA' | 'TXT',
  options: PublicFetchOptions,
  time: Time,
) {
  const url = new URL(options.resolver)
  url.searchParams.set('name', hostname.replace(/\.$/, ''))
  url.searchParams.set('type', type)
  const response = await send(url, { accept: 'application/dns-json' }, options, time)
  if (response.status !== 200) {
    discard(response)
    throw new Error(`the resolver answers ${response.status}`)
  }
  const text = new TextDecoder().decode(await readBody(response, DNS_BYTES, time))
  const answer = readDnsAnswer(text)
  if (!answer) throw new Error('the resolver’s answer cannot be read')
  if (answer.TC) throw new Error(`${hostname} has more records than the resolver says`)
  return answer
}

function readDnsAnswer(text: string): DnsAnswer | undefined {
  let answer: Partial<Record<keyof DnsAnswer, unknown>> | null
  try {
    answer = JSON.parse(text)
  } catch {
    return undefined
  }
  const { Status, TC = false, Answer = [] } = answer ?? {}
  if (typeof Status !== 'number' || typeof TC !== 'boolean') return undefined
  return Array.isArray(Answer) && Answer.every(isDnsRecord) ? { Status, TC, Answer } : undefined
}

function isDnsRecord(value: unknown): value is DnsRecord {
  const { name, type, data } = (value ?? {}) as Partial<Record<keyof DnsRecord, unknown>>
  const isNamed = name === undefined || typeof name === 'string'
  return isNamed && typeof type === 'number' && typeof data === 'string'
}

/** Rejects, and stops the transfer, when there is more than `maximumBytes` or the time is over. */
async function readBody(
  response: Response,
  maximumBytes: number,
  time: Time,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = await readLimited(response.body, maximumBytes, time.limit)
  if (!body) throw new Error(`the answer is larger than ${maximumBytes} bytes`)
  return body
}

/** Frees the connection: a Worker has six. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => undefined)
}

function fail(code: FetchFailure['code'], reason: string): FetchFailure {
  return { ok: false, code, reason }
}

function messageOf(error: unknown): string {
  return cut(error instanceof Error ? error.message : String(error))
}

/**
 * Of the URL, what a reason may show: it is stored, and its readers need not know a password
 * or token in it.
 */
function nameOf(location: string): string {
  return URL.canParse(location) ? cut(new URL(location).origin) : 'this'
}
