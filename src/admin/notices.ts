// What a page says about what has just been done. An address names one of these: it never carries the words themselves.

type NoticeText = { tone: 'success' | 'info'; title: string; text?: string }

export const NOTICES = {
  signed_in: { tone: 'success', title: 'You are signed in' },
  tenant_created: { tone: 'success', title: 'The tenant has been created' },
  tenant_saved: { tone: 'success', title: 'The tenant has been saved' },
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
  attested: { tone: 'success', title: 'It has been said, and the other side sees it' },
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
} as const satisfies Record<string, NoticeText>

export type NoticeCode = keyof typeof NOTICES

export function isNoticeCode(text: string | undefined): text is NoticeCode {
  return text !== undefined && Object.hasOwn(NOTICES, text)
}
