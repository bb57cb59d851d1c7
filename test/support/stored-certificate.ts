// A certificate as its rows have it: parsed as at intake.
import { parseCertificate, storeKey } from '../../src/saml/signature/certificate.ts'

export async function storedCertificate(base64: string) {
  const parsed = await parseCertificate(base64)
  if (!parsed.ok) throw new Error(parsed.error.code)
  return { certificate: parsed.value.base64, ...storeKey(parsed.value) }
}
