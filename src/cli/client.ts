// The API for commands: returns values, throws problems, and reads all pages of a list.
import type { ProblemDocument } from '../api/engine/schema.ts'
import { CommandError } from './command-error.ts'
import type { Transport } from './transport.ts'
import { UsageError } from './usage-error.ts'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>
export type SentRequest = {
  query?: Query
  /** Sent as JSON. */
  json?: unknown
  /** Sent unchanged. */
  raw?: { body: BodyInit; type: string }
}
// The API defines what an answer has; commands pick what they show.
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = any

export type ApiClient = ReturnType<typeof openClient>

const PAGE = 100

export function openClient({ send }: Transport) {
  async function call(method: string, path: string, sent: SentRequest = {}): Promise<Answer> {
    const { query = {}, json, raw } = sent
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
    const type = raw?.type ?? (json === undefined ? undefined : 'application/json')
    const body = raw?.body ?? (json === undefined ? null : JSON.stringify(json))
    const response = await send(search.size > 0 ? `${path}?${search}` : path, {
      method,
      body,
      ...(type !== undefined && { headers: { 'content-type': type } }),
      // Node requires this for a stream.
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    } as RequestInit)
    return readAnswer(response)
  }

  return {
    call,
    /** Up to `limit` items. */
    async list(path: string, query: Query = {}, limit = Infinity): Promise<Answer[]> {
      const items: Answer[] = []
      let after: string | undefined
      do {
        const wanted = Math.min(PAGE, limit - items.length)
        const page = await call('GET', path, { query: { ...query, limit: wanted, after } })
        items.push(...page.items)
        after = page.next ?? undefined
      } while (after !== undefined && items.length < limit)
      return items
    },
  }
}

async function readAnswer(response: Response): Promise<Answer> {
  if (response.status === 204) return null
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('application/problem+json'))
    throw new CommandError(undefined, (await response.json()) as ProblemDocument)
  if (response.ok && /^(?:text\/csv|application\/x-ndjson)/.test(type)) return response.text()
  if (!response.ok || !type.startsWith('application/json'))
    throw new CommandError(
      `not an answer of Gatepost’s API: status ${response.status}, ${type || 'no type'}`,
    )
  return response.json()
}

/** A path whose values are escaped. URLs resolve `.` and `..`, even escaped: to another route. */
export function path(strings: TemplateStringsArray, ...parts: string[]): string {
  const wrong = parts.find((part) => /^\.{0,2}$/.test(part))
  if (wrong !== undefined) throw new UsageError(`“${wrong}” is not a name or SID`)
  return String.raw(strings, ...parts.map((part) => encodeURIComponent(part)))
}
