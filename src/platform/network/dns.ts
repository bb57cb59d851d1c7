// DNS over HTTPS: the addresses and TXT records of a name, from a resolver that answers in JSON.
import type { FetchFailure, PublicFetchOptions } from './fetch-public.ts'
import { discard, fail, inTime, readBody, send, type Time } from './request.ts'

const DNS_BYTES = 64 * 1024
const DNS_RECORD_A = 1
const DNS_RECORD_AAAA = 28
const DNS_RECORD_TXT = 16
const DNS_STATUS_FAILURE = 2
const DNS_STATUS_NO_NAME = 3

/**
 * The addresses of a name. Rejects where the resolver truncates the list: an address that it left
 * out could be private.
 */
export async function lookUp(
  hostname: string,
  type: 'A' | 'AAAA',
  options: PublicFetchOptions,
  time: Time,
): Promise<string[]> {
  const { Status, Answer } = await askResolver(hostname, type, options, time)
  if (Status !== 0) throw new Error(unresolved(hostname, Status))
  // The answer contains the CNAMEs beside their addresses.
  return Answer.filter(({ type }) => type === DNS_RECORD_A || type === DNS_RECORD_AAAA).map(
    ({ data }) => data,
  )
}

/**
 * The TXT records of the name itself: the target of a CNAME belongs to somebody else. Empty where
 * there are none. Never rejects; `endpoint_unreachable` where the resolver does not answer.
 */
export async function lookUpText(
  name: string,
  options: PublicFetchOptions,
): Promise<{ ok: true; texts: string[] } | FetchFailure> {
  return inTime(options.timeoutSeconds, async (time) => {
    const { Status, Answer } = await askResolver(name, 'TXT', options, time)
    if (Status !== 0 && Status !== DNS_STATUS_NO_NAME)
      return fail('endpoint_unreachable', unresolved(name, Status))
    const isOwn = (owner = '') => owner.replace(/\.$/, '').toLowerCase() === name.toLowerCase()
    const own = Answer.filter((record) => record.type === DNS_RECORD_TXT && isOwn(record.name))
    return { ok: true, texts: own.map(({ data }) => readText(data)) }
  })
}

/** RCODEs of RFC 1035 §4.1.1. */
function unresolved(name: string, status: number): string {
  if (status === DNS_STATUS_NO_NAME) return `${name} does not exist in DNS`
  if (status === DNS_STATUS_FAILURE) return `the DNS servers of ${name} do not answer`
  return `${name} cannot be resolved (DNS status ${status})`
}

/**
 * Resolvers write a TXT record as quoted strings (RFC 1035 §5.1). Some write a single string
 * without quotes.
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

/**
 * Rejects where the answer is truncated. The resolver is not what an administrator asked about: its
 * failures name the looked-up name.
 */
async function askResolver(
  hostname: string,
  type: 'A' | 'AAAA' | 'TXT',
  options: PublicFetchOptions,
  time: Time,
) {
  const url = new URL(options.resolver)
  url.searchParams.set('name', hostname.replace(/\.$/, ''))
  url.searchParams.set('type', type)
  const answer = readDnsAnswer(await readAnswer(url, options, time))
  if (!answer) throw new Error(`${hostname} could not be looked up in DNS: try again later`)
  if (answer.TC) throw new Error(`${hostname} has more DNS records than can be read`)
  return answer
}

/** Undefined where the resolver fails, which is not the time of the caller that is over. */
async function readAnswer(
  url: URL,
  options: PublicFetchOptions,
  time: Time,
): Promise<string | undefined> {
  try {
    const response = await send(url, { accept: 'application/dns-json' }, options, time)
    if (response.status === 200)
      return new TextDecoder().decode(await readBody(response, DNS_BYTES, time))
    discard(response)
  } catch (error) {
    if (time.signal.aborted) throw error
  }
  return undefined
}

function readDnsAnswer(text: string | undefined): DnsAnswer | undefined {
  if (text === undefined) return undefined
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
