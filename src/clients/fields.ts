// The one table of the fields of a client that operators edit. The API's schemas, the form, the
// page of an app, checks and the history derive from it: a new field is a column and a row.
import { checkField } from '../platform/fields/check-field.ts'
import type { AnyField, Field } from '../platform/fields/field.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { cut } from '../cut.ts'
import type { ClientView } from './client.ts'
import { HTTPS, isPublic, ORIGIN, WEB } from './uri-rules.ts'

/** Columns that no edit sets: identity, the secret's dates, and whether it is disabled. */
export const OWN_COLUMNS = [
  'sid',
  'previousSecretUntil',
  'unprotectedCodeAt',
  'disabledAt',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof ClientView)[]

export type ClientFields = Omit<ClientView, (typeof OWN_COLUMNS)[number]>

type ClientFieldRules<Value> = {
  /** The value of a new client where none is given. */
  initial?: Value
  /** The section of the app's page that shows the value. */
  shownTo: 'developer' | 'operators' | null
}

type ClientField<Value> = Field<Value> & ClientFieldRules<Value>

export type AnyClientField = AnyField & ClientFieldRules<unknown>

export const MOST_URIS = 20
/** Browsers keep no cookie longer. */
const MOST_SESSION_DAYS = 400

export const CLIENT_FIELDS = {
  name: {
    label: 'Name',
    description: 'Name of the app.',
    shape: { kind: 'text', most: 200 },
    control: 'text',
    required: true,
    shownTo: null,
  },
  clientType: {
    label: 'Client type',
    description:
      'RFC 6749 §2.1; `confidential` by default: with a secret, which it sends in the ' +
      'Authorization header or in the form, as it likes. `public`: without a secret. ' +
      'Registration settles it.',
    shape: {
      kind: 'choice',
      options: {
        confidential: {
          label: 'Confidential: a server that keeps a secret',
          short: 'Confidential',
          hint: 'The secret may come in the Authorization header or in the form.',
        },
        public: {
          label: 'Public: an app on the user’s device, without a secret',
          short: 'Public',
        },
      },
    },
    control: 'radios',
    initial: 'confidential',
    shownTo: 'developer',
  },
  redirectURIs: {
    label: 'Redirect URIs',
    hint:
      'One per line, exactly as the app sends them: https, or http on localhost. A public app ' +
      'may use any port of http://127.0.0.1/… and http://[::1]/….',
    description:
      'Where codes go: https (http for localhost alone), compared byte for byte, written as a ' +
      'browser writes it, without a fragment. A public client may use any port of a URI at ' +
      '`http://127.0.0.1` or `http://[::1]` (RFC 8252 §7.3).',
    example: 'https://app.example.com/callback',
    shape: { kind: 'urls', rule: WEB, least: 1, most: MOST_URIS },
    control: 'lines',
    required: true,
    shownTo: 'developer',
  },
  postLogoutRedirectURIs: {
    label: 'Post-logout redirect URIs',
    hint: 'One per line. The browser may be sent there after a logout.',
    description: 'Where the browser may go after a logout; the same rules.',
    example: 'https://app.example.com/goodbye',
    shape: { kind: 'urls', rule: WEB, least: 0, most: MOST_URIS },
    control: 'lines',
    initial: [],
    shownTo: 'operators',
  },
  returnOrigins: {
    label: 'Allowed return origins',
    hint:
      'One per line, like https://app.example.com. Logins without OpenID Connect may return there. ' +
      'An IdP’s RelayState with one of them means this app.',
    description:
      'Origins that a login may return to by `return_to`. An IdP’s RelayState with one of them ' +
      'means this app.',
    example: 'https://app.example.com',
    shape: { kind: 'urls', rule: ORIGIN, least: 0, most: MOST_URIS },
    control: 'lines',
    initial: [],
    shownTo: 'operators',
  },
  // The front door's policy of form targets lets the browser go on to https alone.
  passwordLoginURL: {
    label: 'Password login URL',
    hint: 'https. Users without single sign-on are sent there, with the app’s request unchanged.',
    description:
      'Where users without single sign-on go on, with the authorization request unchanged: https.',
    example: 'https://app.example.com/login',
    shape: { kind: 'url', rule: HTTPS, nullable: true },
    control: 'url',
    initial: null,
    shownTo: 'operators',
  },
  // "The URI MUST use the https scheme" (Dynamic Client Registration §2).
  initiateLoginURI: {
    label: 'Initiate login URI',
    hint: 'https. IdP-initiated logins end there (OpenID Connect Core, section 4).',
    description: 'Where IdP-initiated logins go on (OpenID Connect Core 1.0 §4): https.',
    example: 'https://app.example.com/sign-in',
    shape: { kind: 'url', rule: HTTPS, nullable: true },
    control: 'url',
    initial: null,
    shownTo: 'operators',
  },
  // No fragment: Back-Channel Logout 1.0 §2.2.
  backchannelLogoutURI: {
    label: 'Back-channel logout URI',
    hint: 'Public, https. Receives a logout token when a session ends.',
    description: 'Receives logout tokens (OpenID Connect Back-Channel Logout 1.0): public, https.',
    example: 'https://app.example.com/backchannel-logout',
    shape: { kind: 'url', rule: HTTPS, nullable: true },
    control: 'url',
    initial: null,
    shownTo: 'operators',
  },
  sessionDays: {
    label: 'Own sessions of the app last, in days',
    hint:
      'Up to 400. 0: no longer than sessions here. Otherwise a suspension is reported to the app ' +
      'for that long, without a session ID once the session here is gone.',
    description:
      'How long the app’s own sessions may last, in days; 0 by default: no longer than ours. ' +
      'That long after a login, a suspension sends the app a logout token, with `sub` alone once ' +
      'our session is gone (OpenID Connect Back-Channel Logout 1.0 §2.4).',
    shape: { kind: 'integer', least: 0, most: MOST_SESSION_DAYS },
    control: 'number',
    expected: `0 to ${MOST_SESSION_DAYS} days`,
    initial: 0,
    shownTo: 'operators',
  },
  refreshTokens: {
    label: 'Refresh tokens',
    hint: 'A refresh token ends with the session, whatever is chosen here.',
    description:
      'When the app gets a refresh token; `offline_access` by default. `always`: at each login. ' +
      '`offline_access`: if it asks for that scope. `never`: the tokens it has stop working too.',
    shape: {
      kind: 'choice',
      options: {
        offline_access: { label: 'If the app asks for offline_access', short: 'On request' },
        always: { label: 'At each login', short: 'Always' },
        never: { label: 'Never', short: 'Never' },
      },
    },
    control: 'radios',
    initial: 'offline_access',
    shownTo: 'developer',
  },
  accessTokenSeconds: {
    label: 'Access token lifetime, in seconds',
    hint: '60 to 86400. A change applies at once, also to tokens that were issued before.',
    description:
      'How long an access token works, in seconds; 3600 by default. A change applies at once.',
    shape: { kind: 'integer', least: 60, most: 86_400 },
    control: 'number',
    expected: '60 to 86400 seconds',
    initial: 3600,
    shownTo: 'developer',
  },
  idTokenSignedResponseAlg: {
    label: 'ID token algorithm',
    hint: 'RS256 suits every library. Choose ES256 only if the library is set to it.',
    description:
      'The algorithm that signs ID and logout tokens for the app ' +
      '(`id_token_signed_response_alg`); `RS256` by default.',
    shape: {
      kind: 'choice',
      options: { RS256: { label: 'RS256' }, ES256: { label: 'ES256' } },
    },
    control: 'radios',
    initial: 'RS256',
    shownTo: 'developer',
  },
  pkce: {
    label: 'PKCE',
    hint: 'Optional is for libraries that cannot send it, and needs a secret.',
    description:
      'Whether the app must send PKCE with S256 (RFC 7636); `required` by default. `optional` is ' +
      'for confidential clients alone: a challenge that was sent is enforced all the same.',
    shape: {
      kind: 'choice',
      options: {
        required: { label: 'S256, required' },
        optional: { label: 'S256, optional' },
      },
    },
    control: 'radios',
    initial: 'required',
    shownTo: 'developer',
  },
  isDefault: {
    label: 'Default app',
    hint: 'IdP-initiated logins that name no app go to this one. It replaces the current default.',
    description:
      'IdP-initiated logins that name no app go to this one. It replaces the current default.',
    shape: { kind: 'boolean' },
    control: 'checkbox',
    initial: false,
    shownTo: null,
  },
} as const satisfies { [Name in keyof ClientFields]: ClientField<ClientFields[Name]> }

/** The same, for code that works on all fields alike. */
export const CLIENT_FIELD_LIST = Object.entries(CLIENT_FIELDS) as [
  keyof ClientFields,
  AnyClientField,
][]

export function fieldsOf(client: ClientView): ClientFields {
  return Object.fromEntries(CLIENT_FIELD_LIST.map(([name]) => [name, client[name]])) as ClientFields
}

type NewClient = Partial<ClientFields> & Pick<ClientFields, 'name' | 'redirectURIs'>

/** The fields of a new client: as given, or else as the table says. */
export function withInitial(given: NewClient): ClientFields {
  const initial = CLIENT_FIELD_LIST.flatMap(([name, field]) =>
    'initial' in field ? [[name, field.initial]] : [],
  )
  return { ...Object.fromEntries(initial), ...given } as ClientFields
}

/**
 * Refuses `input` and `endpoint_url`, naming the field, and `endpoint_private` for an address that
 * we call and that the Internet does not reach. `allowLocal`: in development http on localhost is
 * allowed.
 */
export function checkClient(
  fields: ClientFields,
  allowLocal: boolean,
): Result<ClientFields, Problem> {
  for (const [name, field] of CLIENT_FIELD_LIST) {
    const wrong = checkField(name, field, fields[name], allowLocal)
    if (wrong) return { ok: false, error: wrong }
  }
  const { isDefault, initiateLoginURI, backchannelLogoutURI } = fields
  if (fields.clientType === 'public' && fields.pkce !== 'required')
    return problem('input', 'required: a public client has no secret', fields.pkce, 'pkce')
  if (backchannelLogoutURI !== null && !isPublic(backchannelLogoutURI, allowLocal)) {
    const { host } = new URL(backchannelLogoutURI)
    return problem('endpoint_private', 'a public address', cut(host), 'backchannelLogoutURI')
  }
  if (isDefault && initiateLoginURI === null) {
    const expected = 'a URL for IdP-initiated logins, which the default app needs'
    return problem('input', expected, 'nothing', 'initiateLoginURI')
  }
  return ok(fields)
}
