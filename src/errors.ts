// The catalogue: every code that the product can answer with, its HTTP status, who may read it, and
// what to do about it.
import { ADMINISTRATION_ERRORS } from './errors/administration.ts'
import { ASSERTION_ERRORS } from './errors/assertions.ts'
import type { ErrorEntry } from './errors/entry.ts'
import { LOGIN_ERRORS } from './errors/logins.ts'
import { METADATA_ERRORS } from './errors/metadata.ts'
import { REQUEST_ERRORS } from './errors/requests.ts'
import { ROLLOUT_ERRORS } from './errors/rollouts.ts'
import { SIGNATURE_ERRORS } from './errors/signatures.ts'
import { XML_ERRORS } from './errors/xml.ts'
import type { SamlCode } from './saml/refusal.ts'

const ENTRIES = {
  ...REQUEST_ERRORS,
  ...ADMINISTRATION_ERRORS,
  ...LOGIN_ERRORS,
  ...ROLLOUT_ERRORS,
  ...XML_ERRORS,
  ...SIGNATURE_ERRORS,
  ...ASSERTION_ERRORS,
  ...METADATA_ERRORS,
} satisfies Record<SamlCode, ErrorEntry>

export type ErrorCode = keyof typeof ENTRIES

/** Codes of everything around the protocol core: requests, connections, people, sessions. */
export type ProductCode = Exclude<ErrorCode, SamlCode>

export const CATALOGUE: Readonly<Record<ErrorCode, ErrorEntry>> = ENTRIES

/** What a page says for every code that only admins may read. */
export const LOGIN_REFUSED = {
  title: 'Your sign-in was not accepted',
  remedy:
    'Start again from your app. ' +
    'If it happens again, send the reference below to your administrator.',
}
