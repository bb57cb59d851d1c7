// What all routes share: the context they get, and forms read with a limit.
import type { Context } from 'hono'
import type { PublicFetchOptions } from '../network/fetch-public.ts'
import type { Config, Env } from '../../env.ts'
import { readLimited } from '../network/read-limited.ts'
import type { AfterResponse } from './after-response.ts'
import { Refused } from './refused.ts'

export type App = {
  Bindings: Env
  Variables: {
    config: Config
    /** The way to administrators' URLs. */
    network: PublicFetchOptions
    /** Empty at first; each operation adds what it has made necessary. */
    afterResponse: AfterResponse
    /** Nonce of this answer's scripts and styles (set by hono's secure headers). */
    secureHeadersNonce?: string
    /** Where forms of this answer may post to; own origin where unset. */
    formAction?: string
    /** True where the page's script asks this origin how things are. */
    isLive?: boolean
    /** The form of a POST, read once. */
    form?: URLSearchParams
  }
}

export type AppContext = Context<App>

/**
 * Where an error came from, for the log, without what it says: its message may quote values of the
 * database.
 */
export function placeOf(error: Error): string {
  const lines = error.stack?.match(/\n {4}at .*/g) ?? []
  return error.name + lines.slice(0, 5).join('')
}

/**
 * A response of 256 KiB in base64, with every `+`, `/` and `=` escaped in a form, and RelayState
 * beside it.
 */
const FORM_BYTES = 512 * 1024

/** True where the body says it is a urlencoded form. */
export function isForm(request: Request): boolean {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  return type === 'application/x-www-form-urlencoded'
}

/** Reads a urlencoded form. Refuses `body_too_large`; reads no byte beyond the limit. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  const body = announced > FORM_BYTES ? undefined : await readLimited(request.body, FORM_BYTES)
  if (!body) throw new Refused('body_too_large')
  return new URLSearchParams(new TextDecoder().decode(body))
}
