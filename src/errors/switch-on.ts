// Errors of switching SSO on for a person: one for each blocker, and for a person who has only SSO.
import { open, type ErrorEntry } from './entry.ts'

export const SWITCH_ON_ERRORS = {
  alias: open(
    409,
    'The IdP’s user list does not have the login e-mail',
    'Map the address that the IdP knows, or upload a list that has the login e-mail.',
  ),
  other_tenant: open(
    409,
    'The person also belongs to another customer’s accounts',
    'Ask support to remove the person from those accounts. Until then, the password stays.',
  ),
  other_connection: open(
    409,
    'The person signs in through another connection',
    'Ask support to set the person back to the password there.',
  ),
  suspended: open(409, 'The person is suspended', 'Ask support to lift the suspension.'),
  user_enforced: open(
    409,
    'The person may sign in by SSO only',
    'To give the password back, set the sign-in method to the password. ' +
      'Then enable SSO beside it, if the person is to keep both.',
  ),
} as const satisfies Record<string, ErrorEntry>
