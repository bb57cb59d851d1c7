// The rows of CONNECTION_FIELDS about newcomers: people who come after the rollout.
import type { ConnectionField, ConnectionFields } from './field.ts'

type NewcomerFields = Pick<ConnectionFields, 'newcomers'>

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
} as const satisfies {
  [Name in keyof NewcomerFields]: ConnectionField<NewcomerFields[Name]>
}
