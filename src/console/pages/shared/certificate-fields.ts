// The certificates that a form brings, pasted or as a file: as DER in base64.
import { readCertificates } from '../../../connections/operations.ts'
import { type Problem, problem } from '../../../problem.ts'
import { ok, type Result } from '../../../result.ts'
import { CERTIFICATE_FORM_BYTES, type Form } from '../../kit/form.ts'

/** The control for a file, beside `certificate` for text. */
export const FILE_FIELD = 'certificateFile'

/** The certificates of a form, pasted or as a file (PEM or DER), as DER in base64. */
export async function readCertificateFields(
  form: Form,
  { required }: { required: boolean },
): Promise<Result<string[], Problem>> {
  const file = form.file(FILE_FIELD)
  if (file && file.length > CERTIFICATE_FORM_BYTES / 2) return tooLargeCertificate()
  const given = file ?? form.text('certificate')
  if (given.length === 0)
    return required
      ? problem('input', 'a certificate, as text or as a file', '', 'certificate')
      : ok([])
  const read = await readCertificates(given)
  if (read.ok) return ok(read.value.map(({ base64 }) => base64))
  return file ? { ok: false, error: { ...read.error, field: FILE_FIELD } } : read
}

export function tooLargeCertificate() {
  return problem('certificate_malformed', 'at most 64 KiB', 'more', FILE_FIELD, {
    context: 'certificate',
  })
}
