// A connection without certificates believes nobody (CVE-2025-59718, CVE-2026-28323).
import { attack } from './harness.ts'

attack('sig-no-configured-key, the genuine message', {
  against: { pinned: [] },
  message: ({ genuine }) => genuine,
  code: 'signature_no_key',
})

attack('sig-no-configured-key, a key of its own', {
  against: { pinned: [] },
  message: ({ forger }) => forger.respond(),
  code: 'signature_no_key',
})

attack('sig-no-configured-key, unsigned', {
  against: { pinned: [] },
  message: ({ respond }) => respond({ sign: [] }),
  code: 'signature_missing',
})
