// Errors of this service and of its callers: keys, links, rates, storage.
import { open, type ErrorEntry } from './entry.ts'

export const SERVICE_ERRORS = {
  probes_at_once: open(503, 'Too many synthetic logins at the same time', 'Try again in a minute.'),
  uploads_at_once: open(
    503,
    'Too many large files are being uploaded at the same time',
    'Try again in a few seconds.',
  ),
  not_same_site: open(
    403,
    'This form was sent from another site',
    'Open the page on this site, and send the form from there.',
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
  sign_in_link: open(403, 'This sign-in link is not valid', {
    customer: 'A link works once, within ten minutes. Ask for another one.',
    operator:
      'A link works once, within ten minutes. Create another one: gatepost operator sign-in ' +
      '--email YOU.',
  }),
  not_configured: open(503, 'This deployment is not set up yet', {
    customer: 'Ask support.',
    operator: 'The Worker’s log names the missing setting.',
  }),
  storage_unavailable: open(
    503,
    'We could not finish this just now',
    'Try again in a few seconds. If it happens again, send the reference to support.',
  ),
  storage_full: open(503, 'This service has no storage left', {
    customer: 'Send the reference to support.',
    operator:
      'A database is at its size limit, or the account has used up its daily quota. The ' +
      'Worker’s log names the database.',
  }),
  storage_schema: open(503, 'This service is being updated', {
    customer: 'Try again in a minute.',
    operator: 'The database has not the schema of this version. Apply its migrations.',
  }),
  history_unavailable: open(503, 'The history of logins cannot be read now', {
    customer: 'People can still sign in. Try again later.',
    operator:
      'People can still sign in. The Worker’s log has the reason, and ' +
      'docs/operating/history.md says what to do.',
  }),
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
