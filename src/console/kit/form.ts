// Reads forms of console and setup portal: urlencoded, or multipart with files. Never reads beyond
// a limit.
import { AGGREGATE_BYTES } from '../../saml/metadata/idp-metadata.ts'
import type { AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import {
  discardBody,
  readRequestBody,
  readRequestPieces,
  type BodyCode,
} from '../../platform/http/request-body.ts'
import {
  createMultipartReader,
  partOf,
  readMultipart,
  type FormBytes,
  type FormPart,
  type PartHead,
} from './multipart.ts'

/** Text fields alone. */
export const FORM_BYTES = 64 * 1024
/** Fields without a file are in memory as bytes, as text and as fields. */
const FIELDS_BYTES = 8 * 1024 * 1024
/** Several certificates, pasted or as a file, with room for the rest of the form. */
export const CERTIFICATE_FORM_BYTES = 128 * 1024
/** The largest metadata, with room for the rest of the form. */
export const METADATA_FORM_BYTES = AGGREGATE_BYTES + FORM_BYTES

export type Form = {
  /** Trimmed; '' if the form has no such field. */
  text(name: string): string
  /** As `text`, with null for ''. */
  optional(name: string): string | null
  texts(name: string): string[]
  /** A checkbox. Throws `input` for anything else than “true” or nothing. */
  flag(name: string): boolean
  /** A whole number, else NaN. */
  number(name: string): number
  /** Undefined if no file was chosen. */
  file(name: string): Uint8Array<ArrayBuffer> | undefined
  /** The sender's file name: at most 200 characters, without control characters. */
  fileName(name: string): string
}

/** Takes a large file piece by piece. A piece is good until it ends. */
export type FileTaker = (piece: FormBytes) => Promise<void>

/**
 * The file of this field goes to `take`, and is not in the form. Undefined as `readUpload`; refuses
 * what that refuses.
 */
export async function readStreamed(
  c: AppContext,
  limit: number,
  field: string,
  take: FileTaker,
): Promise<Form | undefined> {
  const type = typeOf(c)
  const reader = createMultipartReader(type)
  if (!reader) return readUpload(c, limit)
  const parts: FormPart[] = []
  let isBad = false
  let held = 0
  let open: { head: PartHead; pieces: FormBytes[] } | undefined
  const close = async () => {
    if (open)
      parts.push(partOf(open.head, new Uint8Array(await new Blob(open.pieces).arrayBuffer())))
    open = undefined
  }
  const read = await readRequestPieces(c.req.raw, limit, async (piece) => {
    const events = isBad ? undefined : reader.push(piece)
    if (!events) isBad = true
    for (const event of events ?? []) {
      if ('head' in event) {
        await close()
        open = { head: event.head, pieces: [] }
      } else if (open!.head.name === field && open!.head.fileName !== undefined) {
        await take(event.bytes)
      } else if ((held += event.bytes.length) <= FORM_BYTES) {
        open!.pieces.push(event.bytes.slice())
      } else isBad = true
    }
  })
  if (!read.ok) return refuseBody(c, read.error)
  await close()
  if (isBad || !reader.isWhole()) throw new Refused('content_type')
  return toForm(parts)
}

/** Refuses `content_type`, `body_too_large`, `body_incomplete` and `uploads_at_once`. */
export async function readForm(c: AppContext, limit = FORM_BYTES): Promise<Form> {
  const form = await readUpload(c, limit)
  if (!form) throw new Refused('body_too_large')
  return form
}

/**
 * Undefined if the body is larger than the limit. Refuses `content_type`, `body_incomplete` and
 * `uploads_at_once`.
 */
export async function readUpload(c: AppContext, limit: number): Promise<Form | undefined> {
  const { raw } = c.req
  const type = typeOf(c)
  const isMultipart = /^multipart/i.test(type)
  const body = await readRequestBody(raw, isMultipart ? limit : Math.min(limit, FIELDS_BYTES))
  if (!body.ok) return refuseBody(c, body.error)
  const parts = isMultipart ? readMultipart(body.value, type) : readFields(body.value)
  if (!parts) throw new Refused('content_type')
  return toForm(parts)
}

/** Undefined: too large. */
async function refuseBody(c: AppContext, code: BodyCode): Promise<undefined> {
  if (code !== 'body_too_large') throw new Refused(code)
  await discardBody(c.req.raw)
}

function typeOf(c: AppContext): string {
  const type = c.req.header('content-type') ?? ''
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i.test(type))
    throw new Refused('content_type')
  return type
}

function readFields(body: Uint8Array): FormPart[] {
  const fields = new URLSearchParams(new TextDecoder().decode(body))
  return [...fields].map(([name, value]) => ({ name, value }))
}

function toForm(parts: readonly FormPart[]): Form {
  const all = Map.groupBy(parts, ({ name }) => name)
  const texts = (name: string) =>
    (all.get(name) ?? []).flatMap(({ value }) => (typeof value === 'string' ? [value.trim()] : []))
  const text = (name: string) => texts(name)[0] ?? ''
  const fileOf = (name: string) => {
    const value = all.get(name)?.[0]?.value
    return typeof value === 'object' ? value : undefined
  }
  return {
    text,
    optional: (name) => text(name) || null,
    texts,
    flag(name) {
      const value = text(name)
      if (value !== '' && value !== 'true') throw new Refused('input')
      return value === 'true'
    },
    number: (name) => (/^\d{1,15}$/.test(text(name)) ? Number(text(name)) : Number.NaN),
    file(name) {
      const bytes = fileOf(name)?.bytes
      return bytes?.length ? bytes : undefined
    },
    fileName(name) {
      const words = fileOf(name)?.fileName.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '') ?? ''
      return words.slice(-200).trim() || 'a file'
    },
  }
}

/** Pasted text to show again; '' if it contains a private key, which no page may show. */
export function shownAgain(text: string): string {
  return /PRIVATE KEY/.test(text) ? '' : text
}
