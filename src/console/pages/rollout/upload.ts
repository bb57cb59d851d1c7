// Uploads the IdP's user list from a file: 20,000 addresses per POST. The form of the progress page
// carries the rest.
import { type Problem, problem } from '../../../problem.ts'
import { ok, type Result } from '../../../result.ts'
import {
  createIdpUserListReader,
  malformedCells,
  uploadIdpUsers,
  USER_LIST_BYTES,
  type IdpUserColumns,
  type IdpUserList,
} from '../../../rollout/operations.ts'
import { FORM_BYTES, type Form } from '../../kit/form.ts'
import type { RolloutContext } from './rollout-context.ts'

export const UPLOAD_BYTES = USER_LIST_BYTES + FORM_BYTES
export const FILE_LIMIT = `a file of at most ${USER_LIST_BYTES / 2 ** 20} MiB`

/** The pages of an upload carry the rest of it. An isolate has memory for several at once. */
export const MOST_ADDRESSES = 150_000
const CHUNK = 1000
const CHUNKS_A_POST = 20
/** Turns per POST that delete the previous list. */
const CLEARINGS_A_POST = 4

export type Upload = {
  name: string
  /** Addresses not sent yet. */
  rest: string[]
  seen: number
  total: number
  /** How many people may be excluded, when a person has said so. */
  excludes: number
}

/** Takes the file as it comes. Its end refuses `input`. */
export function openUpload() {
  const list = createIdpUserListReader({ most: MOST_ADDRESSES })
  let hasFile = false
  return {
    push(piece: Uint8Array): Promise<void> {
      hasFile = true
      return list.push(piece)
    },
    async end(): Promise<Result<IdpUserColumns, Problem>> {
      return hasFile ? list.end() : problem('input', 'a file', '', 'file')
    },
  }
}

/** `leftOut`: cells that are no address. */
export type CheckedUpload = { upload: Upload; leftOut: ReturnType<typeof malformedCells> }

export function toUpload(list: IdpUserList): CheckedUpload {
  const leftOut = malformedCells(list)
  const lines = new Set(leftOut.map(({ line }) => line))
  const rest = list.addresses.filter((_, at) => !lines.has(list.lines[at]!))
  return {
    upload: { name: list.name, rest, seen: 0, total: rest.length, excludes: 0 },
    leftOut,
  }
}

/** Reads the form of the progress page, untrusted as any other. Refuses `input`. */
export function readUpload(form: Form): Result<Upload, Problem> {
  const rest = form.text('rest').split('\n', MOST_ADDRESSES).filter(Boolean)
  const [seen, total] = [form.number('seen'), form.number('total')]
  if (Number.isNaN(seen) || Number.isNaN(total)) return problem('input', 'a count', '', 'seen')
  const excludes = Math.max(0, form.number('excludes') || 0)
  return ok({ name: form.text('upload'), rest, seen, total, excludes })
}

export function uploadFields(upload: Upload): Record<string, string> {
  const { name, rest, seen, total, excludes } = upload
  return {
    upload: name,
    rest: rest.join('\n'),
    seen: `${seen}`,
    total: `${total}`,
    excludes: `${excludes}`,
  }
}

/** Null when the whole list is stored. Refuses what `uploadIdpUsers` refuses. */
export async function goOnUploading(
  { page }: RolloutContext,
  upload: Upload,
): Promise<Result<Upload | null, Problem>> {
  const { name, rest } = upload
  let at = 0
  let clearings = 0
  for (let part = 0; part < CHUNKS_A_POST; part++) {
    const emails = rest.slice(at, at + CHUNK)
    const isLast = at + CHUNK >= rest.length
    const step = await uploadIdpUsers(page.context, page.connection.sid, {
      upload: name,
      emails,
      isLast,
      excludes: upload.excludes,
    })
    if (!step.ok) return step
    at += emails.length
    if (step.value.done) return ok(null)
    if (isLast && ++clearings >= CLEARINGS_A_POST) break
  }
  return ok({ ...upload, rest: rest.slice(at), seen: upload.seen + at })
}
