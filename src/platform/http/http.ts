// The context of all routes, and forms that are read with a limit.
import type { Context } from 'hono'
import type { PublicFetchOptions } from '../network/fetch-public.ts'
import type { Config, Env } from '../../env.ts'
import type { AfterResponse } from './after-response.ts'
import { Refused } from './refused.ts'
import { readRequestBody } from './request-body.ts'

export type App = {
  Bindings: Env
  Variables: {
    config: Config
    /** Fetches URLs that administrators entered. */
    network: PublicFetchOptions
    /** Empty at first. Operations add the work that they make necessary. */
    afterResponse: AfterResponse
    /** Events of logins, of src/events. They go to the outbox after the response. */
    offers: unknown[]
    /** Set by `nonceOf`, for the page that asks. */
    nonce?: string
    /** The origins that forms of this answer may post to; the own origin where unset. */
    formAction?: string
    /** True where style and script of the page are files of this origin: nothing is inline. */
    hasOwnFiles?: boolean
    /** A page with a mail in a frame, or that mail itself, which has inline styles. */
    mailPreview?: 'page' | 'mail'
    /** True where the page’s script polls this origin. */
    isLive?: boolean
    /** The form of a POST, read once. */
    form?: URLSearchParams
  }
}

export type AppContext = Context<App>

/**
 * Room for a SAML Response of 256 KiB in base64 with every `+`, `/` and `=` escaped, and
 * RelayState.
 */
const FORM_BYTES = 512 * 1024

/**
 * True for HEAD, and for a browser that fetches a page before anybody asks for it (Fetch §2.2.5
 * `Sec-Purpose`; older browsers send `Purpose` or `X-Moz`). After an error the browser asks again.
 */
export function isLookingAhead({ method, headers }: Request): boolean {
  const purposes = ['sec-purpose', 'purpose', 'x-moz'].map((name) => headers.get(name) ?? '')
  return method === 'HEAD' || purposes.some((purpose) => /^prefetch\b/i.test(purpose))
}

/** True where the body says it is a urlencoded form. */
export function isForm(request: Request): boolean {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  return type === 'application/x-www-form-urlencoded'
}

/** Reads a urlencoded form. Refuses `body_too_large` and `body_incomplete`. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const body = await readRequestBody(request, FORM_BYTES)
  if (!body.ok) throw new Refused(body.error)
  return new URLSearchParams(new TextDecoder().decode(body.value))
}
