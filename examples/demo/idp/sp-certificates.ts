// The SP's current keys, from its metadata. Reads it anew for each message; a real IdP refreshes it
// now and then.
import type { IdpConfig } from './config.ts'

/** X.509, DER in base64. */
export type SpCertificates = { signing: string[]; encryption: string }

const waitMilliseconds = 5000

/** Those of the configuration if the metadata cannot be read. */
export async function readSpCertificates({ sp }: IdpConfig): Promise<SpCertificates> {
  const configured = { signing: [sp.certificate], encryption: sp.certificate }
  // The configuration lets only the ACS URL be checked to be of this machine.
  if (!URL.canParse(sp.entityID) || new URL(sp.entityID).origin !== new URL(sp.acsURL).origin)
    return configured
  try {
    const signal = AbortSignal.timeout(waitMilliseconds)
    const response = await fetch(sp.entityID, { signal, redirect: 'error' })
    const metadata = response.ok ? await response.text() : ''
    const [signing, [encryption]] = [find(metadata, 'signing'), find(metadata, 'encryption')]
    return signing.length > 0 && encryption ? { signing, encryption } : configured
  } catch {
    return configured
  }
}

function find(metadata: string, use: 'signing' | 'encryption'): string[] {
  const certificates = metadata.matchAll(
    new RegExp(
      `<md:KeyDescriptor use="${use}">.*?<ds:X509Certificate>([A-Za-z0-9+/=]+)</ds:X509Certificate>`,
      'gs',
    ),
  )
  return [...certificates].map(([, certificate]) => certificate!)
}
