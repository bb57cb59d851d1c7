// On a user's page: the exception that keeps them on the password until a date.
import type { ExceptionRow } from '../../../directory/exceptions/operations.ts'
import type { User } from '../../../directory/store/users.ts'
import type { Problem } from '../../../problem.ts'
import { Instant, KeyValues, Section } from '../../kit/blocks.tsx'
import { ButtonForm, Form, SelectField, SubmitRow, TextField } from '../../kit/forms.tsx'
import { errorsOf } from './directory-context.ts'

export type EnteredException = { reason: string; expiresInDays: string }

const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
  { value: '365', label: '1 year' },
]

export function ExceptionSection(props: {
  path: string
  user: User
  exception: ExceptionRow | undefined
  values: EnteredException | undefined
  problem: Problem | undefined
  now: number
}) {
  const { path, user, exception, values, problem, now } = props
  const isNew = exception === undefined
  return (
    <Section
      id="exception"
      title="Exception from SSO"
      lead={
        <>
          For contractors and others whom the IdP does not have. The person stays on the password
          until a date. Then they sign in as a newcomer of their domain.
        </>
      }
      actions={
        !isNew && (
          <ButtonForm
            action={`${path}/exception/end`}
            label="End exception"
            about={`of ${user.email}`}
            tone="danger"
          />
        )
      }
    >
      {exception && (
        <KeyValues
          rows={[
            { name: 'Until', value: <Instant at={exception.expiresAt} now={now} /> },
            { name: 'Reason', value: exception.reason },
            { name: 'Added by', value: exception.createdBy },
          ]}
        />
      )}
      <details open={values !== undefined}>
        <summary>{isNew ? 'Add exception' : 'Change reason or date'}</summary>
        <Form action={`${path}/exception`}>
          <TextField
            name="reason"
            label="Reason"
            hint="The customer sees it."
            value={values?.reason ?? exception?.reason}
            required={true}
            error={errorsOf(problem)('reason')}
          />
          <SelectField
            name="expiresInDays"
            label="Ends in"
            options={LIVES}
            value={values?.expiresInDays ?? '90'}
            {...(user.signInMethod !== 'password' && {
              hint: 'The person has SSO now, and will have the password alone.',
            })}
          />
          <SubmitRow primary="Save exception" />
        </Form>
      </details>
    </Section>
  )
}
