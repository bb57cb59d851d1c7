// The rows of CONNECTION_FIELDS about newcomers: people who come after the rollout.
import type { ConnectionField, ConnectionFields } from './field.ts'

type NewcomerFields = Pick<ConnectionFields, 'newcomers' | 'newcomersPerHour'>

export const NEWCOMER_FIELDS = {
  newcomers: {
    label: 'Sign-in method of newcomers',
    description:
      'How people sign in who are added later, with an address of a verified domain that leads ' +
      'to this connection.',
    shape: {
      kind: 'choice',
      options: {
        password: {
          label: 'Password',
          hint: 'Until somebody turns SSO on for them.',
        },
        sso_enabled: { label: 'SSO or password', hint: 'They choose at each login.' },
        sso_enforced_after_login: {
          label: 'SSO alone, after the first SSO login',
          hint: 'Until then, their password works too.',
        },
        sso_enforced: {
          label: 'SSO alone, at once',
          hint: 'Choose it only if the IdP has every new user before the app does.',
        },
      },
    },
    control: 'radios',
    mayEdit: 'operators',
    offeredTo: 'operators',
    trust: null,
    forms: { settings: 'newcomers' },
  },
  newcomersPerHour: {
    label: 'New users an hour, created by their first login',
    short: 'New users an hour',
    hint:
      'A person of such a domain who signs in by SSO and has no user gets one, without accounts. ' +
      'If empty, nobody is created: add users by API, import or SCIM. It needs a sign-in method ' +
      'with SSO above.',
    description:
      'How many users first logins may create within an hour, without memberships; null: none. ' +
      'It has no effect while `newcomers` is `password`.',
    shape: { kind: 'integer', least: 1, most: 10_000, nullable: true },
    control: 'number',
    expected: '1 to 10,000 users',
    mayEdit: 'operators',
    offeredTo: 'operators',
    trust: null,
    forms: { settings: 'newcomers' },
  },
} as const satisfies {
  [Name in keyof NewcomerFields]: ConnectionField<NewcomerFields[Name]>
}
