// @peculiar/x509, which needs reflect-metadata before it. Only `await import()` of this file may
// load it: no login needs it.
import 'reflect-metadata'

export {
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
