// Remembers answers of the resolver, so that many requests to one host in a run cost one look-up.
import type { PublicFetchOptions } from './fetch-public.ts'
import { readLimited } from './read-limited.ts'

const DNS_BYTES = 64 * 1024

/** For one run of a job: it never forgets. */
export function lookingUpOnce(network: PublicFetchOptions): PublicFetchOptions {
  const { fetch, resolver } = network
  const answers = new Map<string, Promise<{ status: number; body: Uint8Array<ArrayBuffer> }>>()
  const ask = async (...question: Parameters<typeof fetch>) => {
    const response = await fetch(...question)
    const body = await readLimited(response.body, DNS_BYTES)
    if (!body) throw new Error('the answer of the resolver is too long')
    return { status: response.status, body }
  }
  const remembering = async (...question: Parameters<typeof fetch>) => {
    const url = String(question[0])
    if (!url.startsWith(`${resolver}?`)) return fetch(...question)
    let answer = answers.get(url)
    if (!answer) {
      answers.set(url, (answer = ask(...question)))
      answer.catch(() => answers.delete(url))
    }
    const { status, body } = await answer
    return new Response(body, { status })
  }
  return { ...network, fetch: remembering as typeof fetch }
}
