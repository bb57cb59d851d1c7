// What all routes share: the context they get, and forms read with a limit.
import type { Context } from 'hono'
import type { Config, Env } from '../env.ts'
import { Refused } from './refused.ts'

export type App = {
  Bindings: Env
  Variables: {
    config: Config
    /** Nonce of this answer's scripts and styles (set by hono's secure headers). */
    secureHeadersNonce?: string
    /** Where forms of this answer may post to; own origin where unset. */
    formAction?: string
    /** The form of a POST, read once. */
    form?: URLSearchParams
  }
}

export type AppContext = Context<App>

/** A response of 256 KiB in base64, with every `+`, `/` and `=` escaped in a form, and RelayState beside it. */
const FORM_BYTES = 512 * 1024

/** Reads a urlencoded form. Refuses `content_type` and `body_too_large`; reads no byte beyond the limit. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') throw new Refused('content_type')
  if (Number(request.headers.get('content-length') ?? 0) > FORM_BYTES)
    throw new Refused('body_too_large')
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ??
    new ReadableStream<Uint8Array>({ start: (c) => c.close() })) {
    size += chunk.length
    if (size > FORM_BYTES) throw new Refused('body_too_large')
    chunks.push(chunk)
  }
  const body = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.length
  }
  return new URLSearchParams(new TextDecoder().decode(body))
}
