// A change between its preview and "save", carried by the form of the preview page. It is trusted
// no more than any other form: the operation checks it again.
import * as z from 'zod/mini'
import type { ConnectionFields } from '../../../connections/field.ts'
import {
  editConnection,
  readCertificates,
  type Edit,
  type Preview,
} from '../../../connections/operations.ts'
import type { Problem } from '../../../problem.ts'
import { ok, type Result } from '../../../result.ts'
import type { Certificate } from '../../../saml/signature/certificate.ts'
import { Refused } from '../../../platform/http/refused.ts'
import type { ConnectionContext } from './connection-context.ts'

/** How it was entered. The target of “Cancel” and the words of the history depend on it. */
const WAYS = [
  'metadata',
  'metadata-url',
  'metadata-source',
  'fields',
  'certificates',
  'settings',
  'what-if',
] as const
export type ChangeSource = (typeof WAYS)[number]

export type ProposedChange = {
  way: ChangeSource
  fields: Partial<ConnectionFields>
  /** To be added, DER in base64. */
  certificates: string[]
  /** Where the metadata came from, if from a URL. */
  metadataURL: string | null
}

const CHANGE = z.strictObject({
  way: z.enum(WAYS),
  // The operation checks which fields there are, and their values.
  fields: z.record(z.string().check(z.maxLength(100)), z.unknown()),
  certificates: z.array(z.string().check(z.maxLength(100_000))).check(z.maxLength(100)),
  metadataURL: z.nullable(z.string().check(z.maxLength(2048))),
})

/** The form of a preview: 100 certificates of a usual size, escaped. */
export const CHANGE_FORM_BYTES = 1024 * 1024

export function writeChange(change: ProposedChange): string {
  return JSON.stringify(change)
}

/** Refuses with `input`. Only the form of a preview writes a change. */
export function readChange(text: string): ProposedChange {
  try {
    return CHANGE.parse(JSON.parse(text)) as ProposedChange
  } catch {
    throw new Refused('input')
  }
}

/** What would come of a change. */
export type Previewed = { change: ProposedChange; preview: Preview }

/** Refuses what `editConnection` and `readCertificates` refuse. */
export async function previewChange(
  { context, connection }: ConnectionContext,
  change: ProposedChange,
): Promise<Result<Previewed, Problem>> {
  const edit = await editOf(change)
  if (!edit.ok) return edit
  const preview = await editConnection(context, connection.sid, edit.value, { preview: true })
  return preview.ok ? ok(previewed(change, preview.value)) : preview
}

/** A preview that an operation has made, with what saves exactly that. */
export function previewed(
  { way, metadataURL }: Pick<ProposedChange, 'way' | 'metadataURL'>,
  preview: Preview,
): Previewed {
  const fields = preview.after as Partial<ConnectionFields>
  return { change: { way, metadataURL, fields, certificates: preview.newCertificates }, preview }
}

export async function editOf({
  fields,
  certificates,
}: ProposedChange): Promise<Result<Edit, Problem>> {
  const addCertificates: Certificate[] = []
  for (const base64 of certificates) {
    const read = await readCertificates(base64)
    if (!read.ok) return read
    addCertificates.push(...read.value)
  }
  return ok({ fields, addCertificates })
}
