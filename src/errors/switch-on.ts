// Errors of switching SSO on for a person: one for each blocker, and for a person who has only SSO.
import { open, type ErrorEntry } from './entry.ts'

export const SWITCH_ON_ERRORS = {
  alias: open(
    409,
    'The IdP’s user list does not have the login e-mail',
    'Map the address that the IdP knows, or upload a list that has the login e-mail.',
  ),
  other_tenant: open(409, 'The person also belongs to another customer’s accounts', {
    customer:
      'Ask support to remove the person from those accounts. Until then, the password stays.',
    operator: 'Remove the person from those accounts. Until then, the password stays.',
  }),
  other_connection: open(409, 'The person signs in through another connection', {
    customer: 'Ask support to set the person back to the password there.',
    operator: 'Set the person back to the password there.',
  }),
  suspended: open(409, 'The person is suspended', {
    customer: 'Ask support to lift the suspension.',
    operator: 'Reactivate the user first.',
  }),
  excepted: open(409, 'The person stays on the password for now', {
    customer: 'Ask support to end the exception.',
    operator: 'End the exception first: on the page of the user, or by gatepost exception end.',
  }),
  user_enforced: open(
    409,
    'The person may sign in by SSO only',
    'To give the password back, set the sign-in method to the password. ' +
      'Then enable SSO beside it, if the person is to keep both.',
  ),
} as const satisfies Record<string, ErrorEntry>
