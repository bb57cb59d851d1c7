// The rows of CONNECTION_FIELDS about sessions of a connection and their end.
import { ENDPOINT, type ConnectionField, type ConnectionFields } from './field.ts'

type SessionFields = Pick<
  ConnectionFields,
  'logoutRedirectURL' | 'revocationIssuer' | 'revocationKeysURL' | 'endSessionsOn'
>

export const SESSION_FIELDS = {
  logoutRedirectURL: {
    label: 'Redirect URL after logout',
    short: 'URL after logout',
    hint: 'Optional. Users who sign out of the app are sent there by POST.',
    description: 'Where users are sent by POST after logout.',
    shape: { kind: 'url', rule: ENDPOINT, nullable: true },
    control: 'url',
    mayEdit: 'customers',
    trust: null,
    forms: { idp: 'logout', settings: 'logout' },
  },
  revocationIssuer: {
    label: 'Issuer of revocations',
    hint: 'In Okta: the URL of the org, such as https://example.okta.com.',
    description:
      'Issuer (`iss`) of the tokens with which the IdP signs users out by Global Token ' +
      'Revocation; null: it cannot.',
    example: 'https://example.okta.com',
    shape: { kind: 'text', most: 1024, isUnbroken: true, nullable: true },
    control: 'identifier',
    expected: '1 to 1,024 characters; no white space but single spaces in plain words',
    mayEdit: 'customers',
    waits: true,
    trust: null,
    forms: { settings: 'revocation' },
  },
  revocationKeysURL: {
    label: 'Key URL of revocations',
    hint: 'In Okta: the URL of the org with /oauth2/v1/keys behind it.',
    description: 'URL of the keys (JWKS) of those tokens; null: the IdP cannot sign users out.',
    example: 'https://example.okta.com/oauth2/v1/keys',
    shape: { kind: 'url', rule: ENDPOINT, nullable: true },
    control: 'url',
    mayEdit: 'customers',
    waits: true,
    trust: null,
    forms: { settings: 'revocation' },
  },
  endSessionsOn: {
    label: 'Events that end sessions',
    description:
      'What ends sessions that were opened through the connection, besides a suspension of the ' +
      'user or tenant.',
    shape: {
      kind: 'choices',
      options: {
        suspension: {
          label: 'The connection is suspended',
          short: 'Connection suspended',
          hint: 'Without it, signed-in users stay signed in while nobody can sign in.',
        },
        draft: {
          label: 'The connection goes back to draft',
          short: 'Back to draft',
          hint: 'Its settings are not trusted any more.',
        },
        certificate: {
          label: 'A signing certificate is removed',
          short: 'Certificate removed',
          hint: 'Ends only sessions whose response was signed with its key.',
        },
        password: {
          label: 'SSO is turned off for the user',
          short: 'Set back to password',
          hint: 'Also after a rollback. Then everybody signs in again, by password.',
        },
        move: {
          label: 'The user moves to another connection',
          short: 'Moved to another connection',
          hint: 'Without it, sessions of this connection go on until they expire.',
        },
        plan: {
          label: 'The tenant loses the plan with SSO',
          short: 'Plan lost',
          hint: 'Without it, users stay signed in, and sign in by password next time.',
        },
      },
    },
    control: 'checkboxes',
    mayEdit: 'operators',
    offeredTo: 'operators',
    trust: null,
    forms: { settings: 'sessions' },
  },
} as const satisfies {
  [Name in keyof SessionFields]: ConnectionField<SessionFields[Name]>
}
