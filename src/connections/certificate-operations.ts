// What may be done with the certificates of a connection's IdP: looking, and deciding about those that its metadata brought.
import { done, problem, type Outcome, type Request } from '../outcome.ts'
import type { CertificateView } from './certificate-view.ts'

export type { CertificateView } from './certificate-view.ts'

export type CertificateList = {
  /** Those that logins trust. */
  pinned: CertificateView[]
  /** Those that the IdP's metadata brought and nobody has decided about. */
  quarantined: CertificateView[]
}

/** Refuses `not_there`. */
export async function listCertificates(
  _request: Request,
  _connectionSid: string,
): Promise<Outcome<CertificateList>> {
  return done({ pinned: [], quarantined: [] })
}

/** Takes one out of quarantine: logins signed by its key are accepted. Refuses `not_there`, `forbidden`, `certificate_unknown` and `revision_changed`. */
export async function trustCertificate(
  _request: Request,
  _connectionSid: string,
  fingerprint: string,
): Promise<Outcome<CertificateView>> {
  return problem('certificate_unknown', 'a certificate in quarantine', fingerprint)
}

/** Says no to one in quarantine. It is not offered again while the metadata has it. Refuses what `trustCertificate` refuses. */
export async function refuseCertificate(
  _request: Request,
  _connectionSid: string,
  fingerprint: string,
): Promise<Outcome<null>> {
  return problem('certificate_unknown', 'a certificate in quarantine', fingerprint)
}
