// The error catalogue: each code with its HTTP status, audience, title and remedy.
import { ADMINISTRATION_ERRORS } from './errors/administration.ts'
import { ASSERTION_ERRORS } from './errors/assertions.ts'
import { CERTIFICATE_ERRORS } from './errors/certificates.ts'
import type { ErrorEntry } from './errors/entry.ts'
import { FILE_ERRORS } from './errors/files.ts'
import { LOGIN_ERRORS } from './errors/logins.ts'
import { METADATA_ERRORS } from './errors/metadata.ts'
import { REQUEST_ERRORS } from './errors/requests.ts'
import { ROLLOUT_ERRORS } from './errors/rollouts.ts'
import { SERVICE_ERRORS } from './errors/service.ts'
import { SIGNATURE_ERRORS } from './errors/signatures.ts'
import { SWITCH_ON_ERRORS } from './errors/switch-on.ts'
import { XML_ERRORS } from './errors/xml.ts'
import type { SamlCode } from './saml/refusal.ts'

const ENTRIES = {
  ...REQUEST_ERRORS,
  ...SERVICE_ERRORS,
  ...ADMINISTRATION_ERRORS,
  ...LOGIN_ERRORS,
  ...ROLLOUT_ERRORS,
  ...FILE_ERRORS,
  ...SWITCH_ON_ERRORS,
  ...XML_ERRORS,
  ...SIGNATURE_ERRORS,
  ...ASSERTION_ERRORS,
  ...CERTIFICATE_ERRORS,
  ...METADATA_ERRORS,
} satisfies Record<SamlCode, ErrorEntry>

export type ErrorCode = keyof typeof ENTRIES

/** Codes from outside src/saml: requests, connections, users, sessions. */
export type ProductCode = Exclude<ErrorCode, SamlCode>

export const CATALOGUE: Readonly<Record<ErrorCode, ErrorEntry>> = ENTRIES

/** Pages show this in place of every error that only admins may read. */
export const LOGIN_REFUSED = {
  title: 'Your sign-in was not accepted',
  remedy:
    'Start again from your app. ' +
    'If it happens again, send the reference below to your administrator.',
}
