// Certificates and key pairs as the API shows them.
import * as z from 'zod/mini'
import { about, instant, list, named } from './engine/schema.ts'

/** Of a certificate, which may be older than 1970. */
const date = about(z.int(), 'Milliseconds since 1970 (UTC).', { examples: [1795513574000] })

const SUMMARY = {
  fingerprint: about(z.string(), 'SHA-256 of the DER, lower-case hexadecimal.'),
  certificate: about(z.string(), 'X.509, DER in base64.'),
  subject: z.string(),
  issuer: z.string(),
  key: about(z.string(), 'Kind and size of the key.', { examples: ['RSA 2048', 'EC P-256'] }),
  notBefore: date,
  notAfter: date,
  warnings: about(
    z.array(z.enum(['expired', 'not_yet_valid', 'expires_soon', 'unused', 'missing_in_metadata'])),
    'Dates only warn: logins trust the pinned key, not a PKI.',
  ),
}

export const certificateSummary = named('CertificateSummary', z.object(SUMMARY))

const certificate = named(
  'Certificate',
  z.object({
    ...SUMMARY,
    firstSeenAt: instant,
    lastUsedAt: about(z.nullable(instant), 'When it last signed a login.'),
    safeToRemove: about(z.boolean(), 'It is no longer used, and another certificate is.'),
  }),
)

export const certificateLists = named(
  'CertificateLists',
  z.object({
    pinned: about(z.array(certificate), 'Certificates that logins trust.'),
    quarantined: about(
      z.array(certificate),
      'Certificates from the IdP’s metadata that wait for a decision.',
    ),
  }),
)

export const trustedCertificate = certificate

export const keyPairs = list(
  'KeyPairList',
  named(
    'KeyPair',
    z.object({
      fingerprint: SUMMARY.fingerprint,
      stage: about(
        z.enum(['current', 'next', 'previous']),
        '`current` signs; `current` and `next` are in our metadata; all decrypt.',
      ),
      home: about(z.enum(['secret', 'database']), 'Where the private key is stored.'),
      certificate: SUMMARY.certificate,
      subject: z.string(),
      notBefore: instant,
      notAfter: instant,
      publishedAt: about(z.nullable(instant), 'When our metadata first had it.'),
      activatedAt: about(z.nullable(instant), 'When it began to sign.'),
    }),
  ),
)
