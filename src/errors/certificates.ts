// Errors of the certificates that administrators enter.
import { trust, type ErrorEntry } from './entry.ts'

export const CERTIFICATE_ERRORS = {
  certificate_malformed: trust(
    'This is not an X.509 certificate',
    'Paste the IdP’s signing certificate as PEM or base64, or upload its file.',
  ),
  certificate_private_key: trust(
    'This is a private key',
    'Never send it: treat it as leaked, and replace it in the IdP. Enter the certificate instead.',
  ),
} as const satisfies Record<string, ErrorEntry>
