// What a page says about what has just been done. An address names one of these: it never carries the words themselves.

type NoticeText = { tone: 'success' | 'info'; title: string; text?: string }

export const NOTICES = {
  signed_in: { tone: 'success', title: 'You are signed in' },
  tenant_created: { tone: 'success', title: 'The tenant has been created' },
  tenant_saved: { tone: 'success', title: 'The tenant has been saved' },
  user_suspended: {
    tone: 'success',
    title: 'The user is suspended',
  },
  sessions_ended: { tone: 'success', title: 'Ended: apps are told, and drop their own sessions' },
  delivery_retried: { tone: 'success', title: 'The app is told again now' },
  domain_added: {
    tone: 'success',
    title: 'The domain has been added',
    text: 'Set its TXT record in DNS, then check.',
  },
  domain_verified: { tone: 'success', title: 'The record is there: the domain is verified' },
  domain_removed: { tone: 'success', title: 'The domain has been removed' },
  connection_created: {
    tone: 'success',
    title: 'The connection has been created',
    text: 'Exchange both sides’ settings below, or send a setup link to the customer’s administrator.',
  },
  saved: { tone: 'success', title: 'Saved' },
  nothing_changed: { tone: 'info', title: 'Nothing has changed: it was all there before' },
  metadata_url_saved: {
    tone: 'success',
    title: 'The metadata URL has been saved and read',
  },
  metadata_read: { tone: 'success', title: 'The metadata has been read again' },
  metadata_url_removed: {
    tone: 'success',
    title: 'The metadata URL has been removed',
    text: 'What was read from it stays.',
  },
  urls_checked: { tone: 'success', title: 'The URLs have been checked' },
  certificate_removed: { tone: 'success', title: 'The certificate has been removed' },
  certificate_trusted: {
    tone: 'success',
    title: 'The certificate is trusted now',
    text: 'Logins signed by its key are accepted from now on.',
  },
  certificate_refused: {
    tone: 'success',
    title: 'The certificate has been refused',
    text: 'It is not offered again while the metadata has it.',
  },
  testers_nominated: {
    tone: 'success',
    title: 'The testers have been nominated',
    text: 'Send them the test sign-in link, and watch in the validation room.',
  },
  tester_withdrawn: {
    tone: 'success',
    title: 'The tester has been withdrawn',
    text: 'Whoever signed in by password before does so again.',
  },
  signedOff: { tone: 'success', title: 'It has been said, and the other side sees it' },
  state_changed: { tone: 'success', title: 'The state of the connection has changed' },
  user_enabled: { tone: 'success', title: 'The user may sign in through this connection' },
  user_disabled: { tone: 'success', title: 'The user signs in with the password' },
  link_withdrawn: {
    tone: 'success',
    title: 'The setup link has been withdrawn',
    text: 'It opens nothing any more, also for those who have it open.',
  },
  key_revoked: {
    tone: 'success',
    title: 'The API key has been revoked',
    text: 'It counts no more from now on.',
  },
  token_revoked: {
    tone: 'success',
    title: 'The token has been revoked',
    text: 'The IdP provisions with it no more from now on.',
  },
  app_disabled: { tone: 'success', title: 'The app is disabled: nobody signs in to it' },
  app_enabled: { tone: 'success', title: 'People can sign in to the app again' },
  key_pair_prepared: {
    tone: 'success',
    title: 'The next key pair is in our metadata',
    text: 'Rotate when the IdPs have read it.',
  },
  key_pairs_rotated: {
    tone: 'success',
    title: 'The next key pair signs from now on',
    text: 'The previous one still decrypts until you retire it.',
  },
  key_pair_retired: { tone: 'success', title: 'The previous key pair has been retired' },
  signing_key_made: {
    tone: 'success',
    title: 'The next signing key is published',
    text: 'It signs a day from now.',
  },
  signing_key_deleted: {
    tone: 'success',
    title: 'The signing key has been deleted',
    text: 'What it has signed counts no more, as soon as apps read the keys again.',
  },
  rollout_created: {
    tone: 'success',
    title: 'The rollout has been created',
    text: 'Choose who is meant. Nothing changes for anybody yet.',
  },
  selection_saved: { tone: 'success', title: 'What is chosen has been saved' },
  list_frozen: {
    tone: 'success',
    title: 'The list has been made',
    text: 'The customer can look through it now.',
  },
  list_refreshed: { tone: 'success', title: 'The rows have been looked at again' },
  list_reviewed: { tone: 'success', title: 'The list has been reviewed' },
  list_enabled: {
    tone: 'success',
    title: 'SSO is enabled for those who are in',
    text: 'Their password still works.',
  },
  notice_saved: { tone: 'success', title: 'The notice has been saved' },
  people_informed: { tone: 'success', title: 'Everybody who is in counts as informed' },
  people_informed_in_part: {
    tone: 'info',
    title: 'Some messages were not taken: send again to try those',
  },
  go_ahead_given: { tone: 'success', title: 'The go-ahead has been given' },
  list_enforced: {
    tone: 'success',
    title: 'SSO is enforced',
    text: 'Who was left out keeps the password; the list says why.',
  },
  date_set: { tone: 'success', title: 'The date has been set' },
  date_removed: { tone: 'success', title: 'The date has been taken away' },
  rolled_back: {
    tone: 'success',
    title: 'The rollout has been rolled back',
    text: 'Passwords count again. Enforcing needs another go-ahead.',
  },
  rows_decided: { tone: 'success', title: 'Decided' },
  people_rolled_back: {
    tone: 'success',
    title: 'They have their passwords back',
    text: 'They are left out of the list too.',
  },
  idp_users_uploaded: {
    tone: 'success',
    title: 'The IdP’s list has been uploaded and compared',
  },
  alias_mapped: { tone: 'success', title: 'The alias has been mapped, and the person taken in' },
  alias_mapped_only: {
    tone: 'success',
    title: 'The alias has been mapped',
    text: 'The person can be taken in now, in the list.',
  },
  alias_removed: { tone: 'success', title: 'The alias has been taken away' },
  owner_named: {
    tone: 'success',
    title: 'The break-glass owner has been named',
    text: 'Make recovery codes for the day on which neither IdP nor password helps.',
  },
  owner_ended: {
    tone: 'success',
    title: 'The exemption has ended',
    text: 'Recovery codes that were left open nothing any more.',
  },
} as const satisfies Record<string, NoticeText>

export type NoticeCode = keyof typeof NOTICES

export function isNoticeCode(text: string | undefined): text is NoticeCode {
  return text !== undefined && Object.hasOwn(NOTICES, text)
}
