// The defaults of public fetch, apart from it: every request has them, few requests fetch.
import type { PublicFetchOptions } from './fetch-public.ts'

export function publicNetwork(allowLocal: boolean, fetch = globalThis.fetch): PublicFetchOptions {
  const resolver = 'https://cloudflare-dns.com/dns-query'
  return { fetch, resolver, allowLocal, timeoutSeconds: 5 }
}
