// Notices shown after an action. A cookie names one by its code and never carries the text itself.

type NoticeText = { tone: 'success' | 'info'; title: string; text?: string }

export const NOTICES = {
  signed_in: { tone: 'success', title: 'Signed in' },
  tenant_created: { tone: 'success', title: 'Tenant created' },
  erased: { tone: 'success', title: 'Erased. What it removed is below.' },
  tenant_saved: { tone: 'success', title: 'Tenant saved' },
  user_suspended: {
    tone: 'success',
    title: 'User suspended',
  },
  sessions_ended: { tone: 'success', title: 'Ended. Apps are notified to end their own sessions.' },
  delivery_retried: { tone: 'success', title: 'Notification is being sent again' },
  mail_sent: { tone: 'success', title: 'Mail sent' },
  mail_not_sent: { tone: 'info', title: 'The mail was not sent. The reason is below.' },
  invited: { tone: 'success', title: 'Invitations sent' },
  operator_invited: { tone: 'success', title: 'Invitation sent' },
  operator_saved: { tone: 'success', title: 'Operator saved' },
  own_tenant_created: {
    tone: 'success',
    title: 'Tenant created',
    text: 'Connect your company’s IdP below, test it, and sign off.',
  },
  operator_removed: { tone: 'success', title: 'Operator removed' },
  contact_added: { tone: 'success', title: 'Contact added' },
  contact_removed: { tone: 'success', title: 'Contact removed' },
  domain_added: {
    tone: 'success',
    title: 'Domain added',
    text: 'Add its TXT record to DNS, then check it.',
  },
  domain_verified: { tone: 'success', title: 'Domain verified' },
  domain_removed: { tone: 'success', title: 'Domain removed' },
  connection_created: {
    tone: 'success',
    title: 'Connection created',
    text: 'Exchange settings with the IdP below, or send the customer’s admin a setup link.',
  },
  saved: { tone: 'success', title: 'Saved' },
  nothing_changed: { tone: 'info', title: 'No changes: everything was already saved' },
  metadata_url_saved: {
    tone: 'success',
    title: 'Metadata URL saved and read',
  },
  metadata_read: { tone: 'success', title: 'Metadata read again' },
  metadata_url_removed: {
    tone: 'success',
    title: 'Metadata URL removed',
    text: 'Settings that came from it stay.',
  },
  urls_checked: { tone: 'success', title: 'URLs checked' },
  certificate_removed: { tone: 'success', title: 'Certificate removed' },
  change_proposed: {
    tone: 'info',
    title: 'Change proposed',
    text: 'It waits for an operator, because the connection is in use.',
  },
  change_accepted: { tone: 'success', title: 'Change accepted' },
  change_declined: { tone: 'success', title: 'Change declined' },
  certificate_trusted: {
    tone: 'success',
    title: 'Certificate trusted',
    text: 'Logins signed with its key are now accepted.',
  },
  certificate_refused: {
    tone: 'success',
    title: 'Certificate refused',
    text: 'You will not be asked again while it stays in the metadata.',
  },
  testers_nominated: {
    tone: 'success',
    title: 'Testers nominated',
    text: 'Send them the test sign-in link and watch their attempts in the validation room.',
  },
  tester_withdrawn: {
    tone: 'success',
    title: 'Tester withdrawn',
    text: 'They sign in with their password again.',
  },
  signedOff: { tone: 'success', title: 'Result recorded. The other side can see it.' },
  state_changed: { tone: 'success', title: 'Connection state changed' },
  user_enabled: { tone: 'success', title: 'User can sign in through this connection' },
  user_disabled: { tone: 'success', title: 'User signs in with the password' },
  link_revoked: {
    tone: 'success',
    title: 'Setup link revoked',
    text: 'It no longer works, even for people who have it open.',
  },
  key_revoked: {
    tone: 'success',
    title: 'API key revoked',
    text: 'It no longer works.',
  },
  token_revoked: {
    tone: 'success',
    title: 'SCIM token revoked',
    text: 'The IdP can no longer provision users with it.',
  },
  webhook_on: { tone: 'success', title: 'Endpoint turned on. It gets events from now on.' },
  webhook_off: { tone: 'success', title: 'Endpoint turned off' },
  webhook_deleted: { tone: 'success', title: 'Endpoint deleted' },
  webhook_retried: {
    tone: 'success',
    title: 'Sending again',
    text: 'Reload this page to see the result.',
  },
  app_disabled: { tone: 'success', title: 'App disabled. No one can sign in to it.' },
  app_enabled: { tone: 'success', title: 'App enabled. People can sign in to it again.' },
  key_pair_prepared: {
    tone: 'success',
    title: 'Next key pair published in our metadata',
    text: 'Rotate once the IdPs have read it.',
  },
  key_pairs_rotated: {
    tone: 'success',
    title: 'Key pairs rotated',
    text: 'The new one signs from now on. The previous one still decrypts until you retire it.',
  },
  key_pair_retired: { tone: 'success', title: 'Key pair retired' },
  signing_key_made: {
    tone: 'success',
    title: 'Next signing key published',
    text: 'It starts signing in one day.',
  },
  signing_key_deleted: {
    tone: 'success',
    title: 'Signing key deleted',
    text: 'Apps reject tokens signed with it once they reload the keys.',
  },
  rollout_created: {
    tone: 'success',
    title: 'Rollout created',
    text: 'Select the people. Nothing changes for them yet.',
  },
  selection_saved: { tone: 'success', title: 'Selection saved' },
  list_frozen: {
    tone: 'success',
    title: 'List frozen',
    text: 'The customer can review it now.',
  },
  list_refreshed: { tone: 'success', title: 'Findings updated' },
  list_reviewed: { tone: 'success', title: 'List reviewed' },
  list_enabled: {
    tone: 'success',
    title: 'SSO enabled for everyone included',
    text: 'Their passwords still work.',
  },
  notice_saved: { tone: 'success', title: 'Notice saved' },
  people_informed: { tone: 'success', title: 'Everyone included is informed' },
  people_informed_in_part: {
    tone: 'info',
    title: 'Some messages could not be sent. Send again to retry them.',
  },
  go_ahead_given: { tone: 'success', title: 'Go-ahead given' },
  list_enforced: {
    tone: 'success',
    title: 'SSO enforced',
    text: 'People who were skipped keep their password. The list gives the reason.',
  },
  date_set: { tone: 'success', title: 'Date set' },
  date_removed: { tone: 'success', title: 'Date removed' },
  rolled_back: {
    tone: 'success',
    title: 'Passwords given back',
    text: 'They work again. Enforcing needs a new go-ahead.',
  },
  move_started: {
    tone: 'success',
    title: 'Draft and move created',
    text: 'Enter the details of the new IdP next. Nothing changes for people yet.',
  },
  list_moved: {
    tone: 'success',
    title: 'People moved',
    text: 'People who were skipped stay at the connection before. The list gives the reason.',
  },
  second_way_opened: {
    tone: 'success',
    title: 'Second way opened for everyone included',
    text: 'They still sign in as before.',
  },
  people_taken_back: {
    tone: 'success',
    title: 'Taken back to the connection before',
  },
  domains_led: {
    tone: 'success',
    title: 'The domains lead to the new connection',
    text: 'New people sign in through it from now on.',
  },
  rows_decided: { tone: 'success', title: 'Rows updated' },
  passwords_given_back: {
    tone: 'success',
    title: 'Passwords given back',
    text: 'People who were enforced and have never signed in can use password or SSO again.',
  },
  passwords_given_back_outside: {
    tone: 'success',
    title: 'Passwords given back',
    text: 'People on no list can sign in by password again.',
  },
  people_rolled_back: {
    tone: 'success',
    title: 'Their passwords work again',
    text: 'They are also excluded from the list.',
  },
  idp_users_uploaded: {
    tone: 'success',
    title: 'IdP user list uploaded and compared',
  },
  alias_mapped: { tone: 'success', title: 'Alias mapped and person included' },
  alias_mapped_only: {
    tone: 'success',
    title: 'Alias mapped',
    text: 'You can now include the person in the list.',
  },
  claim_accept: {
    tone: 'success',
    title: 'Same person: the user keeps the address',
    text: 'The next import or provisioning updates the user.',
  },
  claim_decline: {
    tone: 'success',
    title: 'Another person: user suspended, address free',
    text: 'The next import or provisioning creates the other person.',
  },
  name_id_released: {
    tone: 'success',
    title: 'User released',
    text: 'The next login binds the NameID that comes then.',
  },
  name_ids_released: {
    tone: 'success',
    title: 'All users released',
    text: 'Each next login binds the NameID that comes then.',
  },
  alias_removed: { tone: 'success', title: 'Alias removed' },
  owner_named: {
    tone: 'success',
    title: 'Break-glass owner added',
    text: 'Ask the owner to make recovery codes at /recovery-codes, signed in by SSO.',
  },
  owner_ended: {
    tone: 'success',
    title: 'Exemption ended',
    text: 'Remaining recovery codes no longer work.',
  },
} as const satisfies Record<string, NoticeText>

export type NoticeCode = keyof typeof NOTICES

export function isNoticeCode(text: string | undefined): text is NoticeCode {
  return text !== undefined && Object.hasOwn(NOTICES, text)
}
