// What a certificate looks like from outside.
import * as z from 'zod/mini'
import { about, instant, list, named } from './engine/schema.ts'

const SUMMARY = {
  fingerprint: about(z.string(), 'SHA-256 of the DER, lower-case hexadecimal.'),
  certificate: about(z.string(), 'X.509, DER in base64.'),
  subject: z.string(),
  issuer: z.string(),
  key: about(z.string(), 'Kind and size of the key.', { examples: ['RSA 2048', 'EC P-256'] }),
  notBefore: instant,
  notAfter: instant,
  warnings: about(
    z.array(z.enum(['expired', 'not_yet_valid', 'expires_soon', 'unused', 'missing_in_metadata'])),
    'Dates warn and never refuse: a pinned key is not a PKI.',
  ),
}

export const certificateSummary = named('CertificateSummary', z.object(SUMMARY))

const certificate = named(
  'Certificate',
  z.object({
    ...SUMMARY,
    firstSeenAt: instant,
    lastUsedAt: about(z.nullable(instant), 'When it signed a login last.'),
    safeToRemove: about(z.boolean(), 'Nobody uses it any more, and another one is in use.'),
  }),
)

export const certificateLists = named(
  'CertificateLists',
  z.object({
    pinned: about(z.array(certificate), 'Those that logins trust.'),
    quarantined: about(
      z.array(certificate),
      'Those that the IdP’s metadata brought and nobody has decided about.',
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
        'The current one signs; current and next are in our metadata; all decrypt.',
      ),
      home: about(z.enum(['secret', 'database']), 'Where its private key lives.'),
      certificate: SUMMARY.certificate,
      subject: z.string(),
      notBefore: instant,
      notAfter: instant,
      publishedAt: about(z.nullable(instant), 'Since when our metadata has it.'),
      activatedAt: about(z.nullable(instant), 'Since when it signs.'),
    }),
  ),
)
