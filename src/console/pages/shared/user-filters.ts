// Filters of lists of users: of a tenant, and of a connection.
import type { UserSearch } from '../../../directory/words/operations.ts'
import type { FilterValues } from '../../kit/filters.ts'
import { SIGN_IN_METHODS } from '../../kit/words.ts'

export const USER_FILTERS = {
  search: {
    kind: 'search',
    label: 'Name or e-mail',
    hint: 'How a word begins; SID or external ID',
  },
  method: { kind: 'choice', label: 'Sign-in method', any: 'Any', options: SIGN_IN_METHODS },
  signedIn: {
    kind: 'choice',
    label: 'Login by SSO',
    any: 'Any',
    options: { true: 'Signed in before', false: 'Never signed in' },
  },
} as const

export function searchOf(values: FilterValues<typeof USER_FILTERS>): UserSearch {
  const { search, method, signedIn } = values
  return { search, method, signedIn: signedIn && signedIn === 'true' }
}
