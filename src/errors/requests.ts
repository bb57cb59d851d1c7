// Errors of a request: its address and its form. Their words are for a person who signs in; those
// for the API and for pages are in in-requests.ts.
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
  single_logout_unsupported: open(
    400,
    'Single Logout is not supported',
    'Signing out of the IdP does not sign you out here: sign out in your app. ' +
      'Administrators: remove our logout URL from the IdP.',
  ),
} as const satisfies Record<string, ErrorEntry>
