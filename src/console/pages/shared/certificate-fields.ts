// The certificates that a form brings, pasted or as a file: as DER in base64.
import { readCertificates } from '../../../connections/operations.ts'
import { type Problem, problem } from '../../../problem.ts'
import { ok, type Result } from '../../../result.ts'
import { encodeBase64 } from '../../../base64.ts'
import { CERTIFICATE_FORM_BYTES, type Form } from '../../kit/form.ts'

/** The certificates of a form, pasted or as a file (PEM or DER), as DER in base64. */
export async function readCertificateFields(
  form: Form,
  { required }: { required: boolean },
): Promise<Result<string[], Problem>> {
  const file = form.file('certificateFile')
  if (file && file.length > CERTIFICATE_FORM_BYTES / 2) return tooLargeCertificate()
  const text = file ? textOf(file) : form.text('certificate')
  if (text === '')
    return required
      ? problem('input', 'a certificate, as text or as a file', '', 'certificate')
      : ok([])
  const read = await readCertificates(text)
  return read.ok ? ok(read.value.map(({ base64 }) => base64)) : read
}

/** DER begins with a SEQUENCE, which no text does. */
function textOf(file: Uint8Array): string {
  return file[0] === 0x30 ? encodeBase64(file) : new TextDecoder().decode(file)
}

export function tooLargeCertificate() {
  return problem('certificate_malformed', 'at most 64 KiB', 'more', 'certificate')
}
