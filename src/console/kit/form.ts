// Reads the forms of console and setup portal: urlencoded, or multipart where files come. Never a byte beyond a limit.
import { readLimited } from '../../platform/network/read-limited.ts'
import { AGGREGATE_BYTES } from '../../saml/metadata/idp-metadata.ts'
import type { AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'

/** Text fields alone. */
export const FORM_BYTES = 64 * 1024
/** A certificate's file, or several pasted; and the same again as room for the form around them. */
export const CERTIFICATE_FORM_BYTES = 128 * 1024
/** The largest metadata, and room for the form around it. */
export const METADATA_FORM_BYTES = AGGREGATE_BYTES + FORM_BYTES

export type Form = {
  /** Without white space around it; '' where the form has no such field. */
  text(name: string): string
  /** The same; null where it is empty. */
  optional(name: string): string | null
  texts(name: string): string[]
  flag(name: string): boolean
  /** As a whole number; NaN where it is none. */
  number(name: string): number
  /** Undefined where no file was chosen. */
  file(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** What the sender calls it: at most 200 characters, none that steers a terminal or a page. */
  fileName(name: string): string
}

/** Refuses `content_type` and `body_too_large`. */
export async function readForm(c: AppContext, limit = FORM_BYTES): Promise<Form> {
  const form = await readUpload(c, limit)
  if (!form) throw new Refused('body_too_large')
  return form
}

/** Undefined where it is larger than the limit. Refuses `content_type`. */
export async function readUpload(c: AppContext, limit: number): Promise<Form | undefined> {
  const { raw } = c.req
  const type = raw.headers.get('content-type') ?? ''
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i.test(type))
    throw new Refused('content_type')
  const announced = Number(raw.headers.get('content-length') ?? 0)
  const body = announced > limit ? undefined : await readLimited(raw.body, limit)
  if (!body) return undefined
  try {
    return toForm(await new Response(body, { headers: { 'content-type': type } }).formData())
  } catch {
    throw new Refused('content_type')
  }
}

function toForm(data: FormData): Form {
  const texts = (name: string) =>
    data.getAll(name).flatMap((value) => (typeof value === 'string' ? [value.trim()] : []))
  const text = (name: string) => texts(name)[0] ?? ''
  return {
    text,
    optional: (name) => text(name) || null,
    texts,
    flag: (name) => text(name) !== '',
    number: (name) => (/^\d{1,15}$/.test(text(name)) ? Number(text(name)) : Number.NaN),
    async file(name) {
      const value: unknown = data.get(name)
      if (!(value instanceof File) || value.size === 0) return undefined
      return new Uint8Array(await value.arrayBuffer())
    },
    fileName(name) {
      const value: unknown = data.get(name)
      const words = value instanceof File ? value.name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '') : ''
      return words.slice(-200).trim() || 'a file'
    },
  }
}

/** What was pasted, to be shown again; nothing of it where a private key is in it: that is shown to nobody, not even to its sender. */
export function shownAgain(text: string): string {
  return /PRIVATE KEY/.test(text) ? '' : text
}
