// Errors of a rollout: a step that must come first is missing.
import { open, type ErrorEntry } from './entry.ts'

export const ROLLOUT_ERRORS = {
  rollout_stale: open(
    409,
    'There is a newer version of the list',
    'Look at the newest version. A review, a go-ahead and an enforcement apply to one version.',
  ),
  rollout_not_frozen: open(
    409,
    'The list is not complete yet',
    'Freeze the selection, and repeat until it reports that it is done.',
  ),
  rollout_under_way: open(
    409,
    'Another step of this rollout is under way',
    'Finish that step first: repeat it until it reports that it is done.',
  ),
  rollout_unreviewed: open(
    409,
    'This version of the list has not been reviewed',
    'Ask the customer to review it. After a change of a row, a new review is necessary.',
  ),
  rollout_not_enabled: open(
    409,
    'SSO is not enabled for this version of the list',
    'Enable it first, and repeat until it reports that it is done.',
  ),
  rollout_uninformed: open(
    409,
    'Not everyone on this version of the list has been informed',
    'Inform them, or give a reason for a go-ahead without it.',
  ),
  rollout_not_approved: open(
    409,
    'This version of the list has no go-ahead',
    'Ask the customer for the go-ahead. It applies to exactly one version.',
  ),
  rollout_locks_out: open(
    409,
    'Enforcement would lock out people who have never signed in by SSO',
    'Enforce only the people who have, or confirm the stated number.',
  ),
  earlier_connection_closed: open(
    409,
    'People cannot sign in through the connection that they came from',
    'Resume that connection, or make it ready again. Or give people their password back.',
  ),
  idp_list_excludes: open(
    409,
    'This list would exclude people from rollouts who are included now',
    'Check that it is the right file. To save it all the same, confirm the stated number.',
  ),
  not_signed_off: open(
    409,
    'Both sides have not signed off this configuration',
    'Each side signs off the current revision in the validation room. ' +
      'A change to a relevant setting makes new sign-offs necessary.',
  ),
  break_glass_missing: open(409, 'No owner keeps a password for emergencies', {
    customer: 'Ask support to name an owner who keeps a password, with an end in the future.',
    operator:
      'Name a break-glass owner on the page “Break-glass owners”, with an end in the future.',
  }),
} as const satisfies Record<string, ErrorEntry>
