// The fields of a user, to add one and to edit one.
import type { Problem } from '../../../problem.ts'
import { TextField } from '../../kit/forms.tsx'
import { errorsOf } from './directory-context.ts'

export type UserValues = {
  [Field in 'email' | 'firstName' | 'lastName' | 'externalID']: string | null
}

export function UserFields(props: { values: Partial<UserValues>; problem: Problem | undefined }) {
  const { values, problem } = props
  const errorOf = errorsOf(problem)
  const field = (name: keyof UserValues, label: string, more = {}) => (
    <TextField
      name={name}
      label={label}
      value={values[name] ?? ''}
      error={errorOf(name)}
      {...more}
    />
  )
  return (
    <>
      {field('email', 'Login e-mail', {
        hint: 'The address that the IdP sends. It must be unique across all tenants.',
        kind: 'email',
        required: true,
      })}
      {field('firstName', 'First name')}
      {field('lastName', 'Last name')}
      {field('externalID', 'External ID', { hint: 'The user’s ID in your own system.' })}
    </>
  )
}
