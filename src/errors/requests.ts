// Errors of any request: its address, its form, its sender and its rate.
import { open, type ErrorEntry } from './entry.ts'

const SMALLER = 'Send fewer attributes: e-mail, first name and last name are enough.'

export const REQUEST_ERRORS = {
  not_found: open(404, 'Page not found', 'Check the address.'),
  method_not_allowed: open(
    405,
    'This address does not accept this kind of request',
    'Start again from your app.',
  ),
  content_type: open(
    415,
    'The sign-in response has the wrong format',
    'The IdP must post it as a form (SAML HTTP-POST binding).',
  ),
  body_too_large: open(
    413,
    'The sign-in response is too large',
    `The limit is 256 KiB. ${SMALLER}`,
  ),
  body_incomplete: open(
    400,
    'The request did not arrive completely',
    'The connection was interrupted or too slow. Go back and try again.',
  ),
  uploads_at_once: open(
    503,
    'Too many large files are being uploaded at the same time',
    'Try again in a few seconds.',
  ),
  response_field: open(
    400,
    'This is not a sign-in response',
    'The form must have exactly one SAMLResponse field. Start again from your app.',
  ),
  response_not_base64: open(
    400,
    'The sign-in response could not be read',
    'The SAMLResponse field must be base64. Start again from your app.',
  ),
  response_too_large: open(
    413,
    'The sign-in response is too large',
    `The limit is 256 KiB. ${SMALLER}`,
  ),
  response_not_utf8: open(
    400,
    'The sign-in response could not be read',
    'It must be XML in UTF-8, not compressed. Start again from your app.',
  ),
  return_to: open(
    400,
    'This sign-in link leads to an unknown address',
    'Open your app and sign in there. Developers: return_to must be a path of this site, or a ' +
      'URL whose origin is in the setting RETURN_ORIGINS or belongs to a registered app.',
  ),
  not_same_site: open(
    403,
    'This form was sent from another site',
    'Open the page on this site, and send the form from there.',
  ),
  single_logout_unsupported: open(
    400,
    'Single Logout is not supported',
    'Signing out of the IdP does not sign you out here: sign out in your app. ' +
      'Administrators: remove our logout URL from the IdP.',
  ),
  too_many_requests: open(429, 'Too many attempts', 'Wait a minute, then try again.'),
  unauthenticated: open(
    401,
    'The API key is missing or not valid',
    'Send the header Authorization: Bearer with an API key that is neither expired nor revoked.',
  ),
  idempotency_key_reused: open(
    422,
    'This Idempotency-Key belongs to another request',
    'Use a new key for a new request. To repeat a request, send its own key and the same body.',
  ),
  setup_link: open(
    403,
    'This setup link is not valid',
    'It has expired or was revoked. Ask the person who sent it for a new one.',
  ),
  sign_in_link: open(
    403,
    'This sign-in link is not valid',
    'A link works once, within ten minutes. Create another one: gatepost operator sign-in.',
  ),
  not_configured: open(
    503,
    'This deployment is not set up yet',
    'Operators: the Worker’s log names the missing setting.',
  ),
  storage_unavailable: open(
    503,
    'We could not finish this just now',
    'Try again in a few seconds. If it happens again, send the reference to support.',
  ),
  storage_full: open(
    503,
    'This service has no storage left',
    'Send the reference to support. Operators: a database is at its size limit, or the account ' +
      'has used up its daily quota. The Worker’s log names the database.',
  ),
  storage_schema: open(
    503,
    'This service is being updated',
    'Try again in a minute. Operators: the database has not the schema of this version. Apply ' +
      'its migrations.',
  ),
  history_unavailable: open(
    503,
    'The history of logins cannot be read now',
    'People can still sign in. Try again later. Operators: the Worker’s log has the reason, and ' +
      'docs/operating/history.md says what to do.',
  ),
  checks_not_kept: open(
    409,
    'The checks of this login are no longer stored',
    'Choose a newer login, or paste the response.',
  ),
  internal: open(
    500,
    'Something went wrong on our side',
    'Try again. If it happens again, send the reference to support.',
  ),
} as const satisfies Record<string, ErrorEntry>
