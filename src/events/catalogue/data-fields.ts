// What events may carry out of Gatepost: names, kinds and examples. Pure, and without zod, since a
// login loads the catalogue. No field may hold a name, an e-mail, a NameID or a secret.

/** `sid` and `word` are texts; `time` is milliseconds since 1970. */
export type DataKind = 'sid' | 'word' | 'text' | 'number' | 'flag' | 'time' | 'words'

export type DataFieldDefinition = { kind: DataKind; example: unknown; words: string }

const field = (kind: DataKind, example: unknown, words: string): DataFieldDefinition => ({
  kind,
  example,
  words,
})

const NOON = Date.UTC(2027, 0, 31, 12)
const FINGERPRINT = '3f9c'.repeat(16)
const sidOf = (kind: string) => `${kind}${'0123456789abcdef'.repeat(2)}`

export const DATA_FIELDS = {
  addedCertificates: field('words', [FINGERPRINT], 'SHA-256 fingerprints'),
  attemptSid: field('sid', sidOf('AT'), 'the login'),
  because: field('word', 'deactivated', 'why'),
  bytes: field('number', 8_400_000_000, 'size of the database'),
  certificates: field('words', [FINGERPRINT], 'SHA-256 fingerprints'),
  code: field('word', 'signature_invalid', 'the error code'),
  codesLeft: field('number', 7, 'codes that still work'),
  connectionSid: field('sid', sidOf('CN'), 'the connection'),
  count: field('number', 25, 'how many'),
  days: field('number', 30, 'the warning: days left'),
  domain: field('text', 'example.com', 'the domain'),
  done: field('flag', true, 'whether it is complete'),
  drill: field('flag', false, 'whether it was a drill'),
  enforceAt: field('time', NOON, 'when enforcement is due'),
  field: field('word', 'ssoPostURL', 'the field of the connection'),
  fingerprint: field('word', FINGERPRINT, 'SHA-256 of the certificate'),
  idpInitiated: field('flag', false, 'whether the IdP began it'),
  job: field('word', 'send_digests', 'the job'),
  keptUntil: field('time', NOON, 'how long the way in stays'),
  limitGB: field('number', 10, 'how large it may grow'),
  newcomersPerHour: field('number', 100, 'the limit'),
  notAfter: field('time', NOON, 'when the certificate ends'),
  pendingChange: field('sid', sidOf('PC'), 'the proposed change'),
  previousSecretUntil: field('time', NOON, 'how long the previous secret is valid'),
  result: field('word', 'unreachable', 'what the check found'),
  revision: field('number', 4, 'the connection’s revision'),
  scope: field('word', 'all', 'who is enforced'),
  session: field('sid', sidOf('SE'), 'the session'),
  sessions: field('number', 3, 'sessions that ended'),
  setupLink: field('sid', sidOf('SL'), 'the setup link'),
  side: field('word', 'customer', 'who recorded the result'),
  signInMethod: field('word', 'sso_enabled', 'the sign-in method now'),
  signsAt: field('time', NOON, 'when the key begins to sign'),
  state: field('word', 'live', 'the state now'),
  table: field('word', 'sessions', 'the table'),
  to: field('word', 'password', 'the sign-in method that people go back to'),
  usual: field('number', 2.5, 'refused logins on a usual day'),
  userSid: field('sid', sidOf('US'), 'the user'),
  users: field('number', 120, 'how many users'),
  verdict: field('word', 'pass', 'the result'),
  version: field('number', 1, 'the version of the list'),
} as const satisfies Record<string, DataFieldDefinition>

export type DataField = keyof typeof DATA_FIELDS
